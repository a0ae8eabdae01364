import type { EntityRef, Message } from '../../message/message.ts';
import type { Explanation, ObjectQuestion } from './explain.ts';
import type { FieldUse } from './explain-field.ts';
import type { PersonHint } from './find-person.ts';
import type { GroupDay } from './members.ts';
import type { ObjectStory } from './object-story.ts';
import type { Past } from './past.ts';
import type { Trace } from './trace.ts';

/** Looks at persons and other entities, and at what targets hold of them: each is audited. */
export interface EntityLooks {
  /**
   * Persons that a word may mean. The look-up is audited, also where it finds nobody, with how many
   * it found and without the word.
   */
  findPersons(word: string, who: string, reason: string): Promise<readonly PersonHint[]>;
  /** What is still known of an entity as it was when a day (`YYYY-MM-DD`) ended. Audited. */
  past(entity: EntityRef, day: string, who: string): Promise<Past>;
  /** Who is a member of a group on a day, today where none is given; null: none such. Audited. */
  members(group: string, day: string | undefined, who: string): Promise<GroupDay | null>;
  /** Follows an entity from its sources to every target. Audited. */
  trace(entity: EntityRef, who: string): Promise<Trace>;
  /** Why a target holds an object, or a field of it; null if it does not. Audited. */
  explain(question: ObjectQuestion, who: string): Promise<Explanation | null>;
  /** Which fields of which targets are made from this field of an entity kind. */
  uses(kind: string, field: string): readonly FieldUse[];
  /** What stands behind a delivery, before and now; null for what may not be seen. Audited. */
  objectStory(message: Message, who: string): Promise<ObjectStory | null>;
}
