import { fieldIn, isWithin, judgedUntil, mayChangeOn } from '../mapping/language/dates.ts';
import { FOREVER } from '../message/dates.ts';
import { isList } from '../message/digest.ts';
import type { Entity, Json } from '../message/message.ts';
import type { InForceRule } from '../schema/annotation/in-force.ts';

/** Until when a view stands, of those that the calendar alone will change. */
const untils = new WeakMap<Entity, string>();

/**
 * The entity without items that do not hold that day: a guardian whose responsibility has ended, or
 * begins later, is none to anybody. The same entity where all hold.
 */
export function inForce(entity: Entity, rules: readonly InForceRule[], today: string): Entity {
  if (rules.length === 0) return entity;
  const { result, until } = judgedUntil(() => {
    let seen = entity;
    for (const rule of rules) {
      const list = entity[rule.list];
      if (!isList(list) || list.length === 0) continue;
      const items = list.filter((item) => holds(item, rule, today));
      if (items.length < list.length) seen = { ...seen, [rule.list]: items };
    }
    return seen;
  });
  return standing(result, until);
}

/** Whether an item of the rule's list holds that day. */
export function holds(item: Json, { first, last, unless }: InForceRule, today: string): boolean {
  const isNever = ({ path, value }: InForceRule['unless'][number]) => at(item, path) === value;
  if (unless.length > 0 && unless.every(isNever)) return false;
  return isWithin(at(item, first), at(item, last), today);
}

/** The view, of which it is noted until when it stands; an earlier note of it goes on. */
export function standing(view: Entity, until: string): Entity {
  const known = untilOf(view);
  if (until >= known) return view;
  // The stored entity may be seen on another day as well: the note is that of this view alone.
  const own = { ...view };
  untils.set(own, until);
  return own;
}

/** The first day on which the calendar alone shows a view otherwise. */
export function untilOf(view: Entity): string {
  return untils.get(view) ?? FOREVER;
}

/** Notes that what is being judged rests on this view, and is another when the view is. */
export function restsOn<V extends Entity | undefined>(view: V): V {
  if (view !== undefined) mayChangeOn(untilOf(view));
  return view;
}

function at(item: Json, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(fieldIn, item);
}
