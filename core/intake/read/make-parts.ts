import type { SourceRecord } from '../../connector/connector.ts';
import type { InboundContext, PartDraft } from '../../mapping/compiled.ts';
import { digestOf } from '../../message/digest.ts';
import type { JsonObject } from '../../message/message.ts';
import type { Part } from '../../store/intake-store.ts';
import type { Quarantine } from '../aside/quarantine.ts';
import { type IntakeContext, type IntakeTask, inboundContext } from '../intake-task.ts';
import type { RecordPrint } from '../known/record-print.ts';
import { type Duplicate, followDuplicates } from '../merge/duplicates.ts';
import type { Protections } from '../protection/protections.ts';
import { blame } from '../stream/blame.ts';
import type { Deletions } from '../stream/deletions.ts';
import { numberOf } from '../stream/delivery-order.ts';
import { Patcher } from './patch.ts';
import type { Change } from './staging.ts';

interface Keeping {
  readonly protections: Protections;
  readonly quarantine: Quarantine;
  readonly deletions: Deletions;
}

/** The record of which parts are made, and which of the stream's mappings makes them. */
interface Making {
  readonly stream: string;
  readonly record: SourceRecord;
  readonly print: RecordPrint | null;
  readonly mapping: number;
}

/** Makes the parts of records, and hears what they say of protection and of duplicates. */
export class PartMaker {
  readonly #task: IntakeTask;
  readonly #context: IntakeContext;
  readonly #keeping: Keeping;
  readonly mapping: InboundContext;
  readonly patcher: Patcher;
  /** Who has been found to be one with whom in this run. */
  readonly merged: Duplicate[] = [];

  constructor(task: IntakeTask, context: IntakeContext, keeping: Keeping) {
    this.#task = task;
    this.#context = context;
    this.#keeping = keeping;
    this.mapping = inboundContext(task, context);
    this.patcher = new Patcher(context.store, task.module);
  }

  /** Whether the run has changed a part itself: whoever it spoke of has left. */
  readonly isOurs = (part: Part): boolean => this.patcher.has(part);

  async changesOf(drafts: readonly PartDraft[], making: Making): Promise<readonly Change[]> {
    const { deletions, protections } = this.#keeping;
    const changes: Change[] = [];
    for (const draft of drafts) {
      deletions.takeBack(draft.entity);
      // Nearly none names duplicates or patches: to wait for each costs more than to look.
      if (draft.duplicates !== null) changes.push(...(await this.#followDuplicates(draft, making)));
      const content = draft.patch === null ? draft.content : await this.#patched(draft, making);
      const part = this.#part(draft, content, making);
      // Whoever is protected must be heard of whenever the record comes.
      if (protections.hear(part)) making.print?.spoil();
      changes.push({ put: part });
    }
    return changes;
  }

  async #followDuplicates(
    draft: PartDraft,
    { stream, record, print }: Making,
  ): Promise<readonly Change[]> {
    const followed = await followDuplicates(
      draft,
      this.#task.module,
      this.#context,
      this.#keeping.protections,
    );
    const { parts, removals, refused, merged } = followed;
    for (const duplicate of merged) this.merged.push({ duplicate, entity: draft.entity });
    if (refused !== null) {
      print?.spoil();
      const name = `${draft.externalId} (merger)`;
      this.#keeping.quarantine.add({ stream, ids: [name], by: [] }, blame(refused, record));
    }
    // Removals first: a part may be removed under the duplicate and staged under the survivor.
    return [...removals.map((remove) => ({ remove })), ...parts.map((put) => ({ put }))];
  }

  async #patched(draft: PartDraft, { stream, print }: Making): Promise<JsonObject> {
    // What it changes stands on what was there.
    print?.spoil();
    return await this.patcher.patched(stream, draft);
  }

  #part(draft: PartDraft, content: JsonObject, { stream, record, print, mapping }: Making): Part {
    const { entity, part, externalId } = draft;
    const { file, line } = record;
    const said = { externalId, file, line, hash: digestOf(content), content };
    const made = { entity, source: this.#task.module, stream, part, ...said };
    return print === null ? made : { ...made, print: print.next(mapping, numberOf(draft)) };
  }
}
