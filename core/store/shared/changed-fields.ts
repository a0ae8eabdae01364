import { type Entity, entityName } from '../../message/message.ts';
import type { Change } from '../entity-store.ts';

/** The fields that two contents of an entity differ in. */
export function changedFields(before: Entity, after: Entity): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

/** Each entity once, with all that is told of it; several changes are all of theirs. */
export function eachOnce(changes: Iterable<Change>): readonly Change[] {
  const found = new Map<string, Change>();
  for (const change of changes) {
    const name = entityName(change);
    const known = found.get(name);
    found.set(name, known === undefined ? change : both(known, change));
  }
  return [...found.values()];
}

function both(one: Change, other: Change): Change {
  const { kind, id } = one;
  if (one.what === 'referrers' && other.what === 'referrers') return one;
  if (one.fields === undefined || other.fields === undefined) return { kind, id, what: 'content' };
  return { ...one, fields: [...new Set([...one.fields, ...other.fields])] };
}
