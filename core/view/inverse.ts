import { judgedUntil } from '../mapping/language/dates.ts';
import { narrowed, type Shown } from '../mapping/shown/shown.ts';
import { earlierOf, FOREVER } from '../message/dates.ts';
import { isList, isObject } from '../message/digest.ts';
import type { Entity, Json, JsonObject } from '../message/message.ts';
import type { InForceRule } from '../schema/annotation/in-force.ts';
import type { InverseRelation } from '../schema/canonical.ts';
import { holds, inForce, untilOf } from './in-force.ts';

/** What an entity is shown in an inverse relation. */
export interface Inverse {
  readonly items: readonly JsonObject[];
  /** The first day on which the calendar alone makes it otherwise. */
  readonly until: string;
}

/** One inverse relation, gathered from those that refer. */
export class Inverses {
  readonly #relation: InverseRelation;
  readonly #rules: readonly InForceRule[];
  readonly #today: string;
  readonly #shown: Shown;
  /** The items as JSON, each with a comma: as objects they take several times as much. */
  readonly #byId = new Map<string, { items: string; until: string }>();

  constructor(
    relation: InverseRelation,
    rules: readonly InForceRule[],
    today: string,
    shown: Shown = true,
  ) {
    this.#shown = shown;
    this.#relation = relation;
    this.#rules = rules;
    this.#today = today;
  }

  /** Adds what an entity gives to those that it refers to. */
  add(referring: Entity): void {
    const items = inverseItems(referring, this.#relation, this.#rules, this.#today);
    for (const { to, item, until } of items) {
      const known = this.#byId.get(to) ?? { items: '', until: FOREVER };
      this.#byId.set(to, known);
      if (item !== null) known.items += `${JSON.stringify(narrowed(item, this.#shown))},`;
      known.until = earlierOf(known.until, until);
    }
  }

  of(id: string): Inverse {
    const known = this.#byId.get(id);
    if (known === undefined) return NOTHING;
    return { items: JSON.parse(`[${known.items.slice(0, -1)}]`), until: known.until };
  }
}

const NOTHING: Inverse = { items: [], until: FOREVER };

/** One item of an inverse relation, and the entity that it belongs to. */
interface InverseItem {
  readonly to: string;
  /** Null for what does not hold that day. */
  readonly item: JsonObject | null;
  /** The first day on which the calendar alone makes it otherwise. */
  readonly until: string;
}

/**
 * What an entity adds to the inverse relations of those that it refers to. For a plain reference
 * (duty.person) the item is the referring entity; for one in a list
 * (group.groupMemberships[].person) it is the list's item with the referring entity, less that
 * list, under its kind's name.
 */
function inverseItems(
  entity: Entity,
  relation: InverseRelation,
  rules: readonly InForceRule[],
  today: string,
): readonly InverseItem[] {
  const [listField, mark, ...rest] = relation.path;
  if (mark !== '[]' || listField === undefined) {
    const to = idAt(entity, relation.path);
    if (to === null) return [];
    const item = inForce(entity, rules, today);
    return [{ to, item, until: untilOf(item) }];
  }
  const { [listField]: list, ...others } = entity;
  if (list === undefined || !isList(list)) return [];
  const owner = inForce({ ...others, id: entity.id }, rules, today);
  const rule = rules.find((one) => one.list === listField);
  return list.flatMap((item) => {
    const to = idAt(item, rest);
    if (to === null || !isObject(item)) return [];
    const { result, until } = judgedUntil(() => rule === undefined || holds(item, rule, today));
    const shown = result ? { ...item, [relation.kind]: owner } : null;
    return [{ to, item: shown, until: earlierOf(until, untilOf(owner)) }];
  });
}

function idAt(value: Json, path: readonly string[]): string | null {
  let at: Json | undefined = value;
  for (const step of [...path, 'id']) at = isObject(at) ? at[step] : undefined;
  return typeof at === 'string' ? at : null;
}
