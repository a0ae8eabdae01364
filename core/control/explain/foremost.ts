import type { EntityRef, Problem } from '../../message/message.ts';
import type { ObjectTrace } from './trace-object.ts';

/** What is to be known first of an entity in a target: whatever face tells it, it tells this. */
export interface Foremost {
  /** The target holds the entity itself, or what the flow makes of it. */
  readonly isIn: boolean;
  /** The object that most needs a person, of those that are the entity; null if there is none. */
  readonly object: ObjectTrace | null;
  /** Where that one needs nobody: another object that does. */
  readonly also: ObjectTrace | null;
  /** Why what goes by itself does not: the target as a whole is not told. */
  readonly obstacle: Problem | null;
}

/** States from the one that most needs a person to the one that needs nobody. */
const URGENCY: readonly ObjectTrace['state'][] = [
  ...(['failed', 'parked', 'held', 'blocked', 'retrying', 'waits', 'waiting', 'open'] as const),
  ...(['to go', 'superseded', 'suspended', 'delivered'] as const),
];

/** What is under way, unless the target as a whole is not told. */
const GOES_BY_ITSELF: ReadonlySet<string> = new Set(['retrying', 'waiting', 'open', 'to go']);

/** `itself`: the object kinds that are the entity in the target; all others only speak of it. */
export function foremostOf(
  of: EntityRef,
  objects: readonly ObjectTrace[],
  itself: readonly string[],
  obstacles: readonly Problem[],
): Foremost {
  const own = objects.filter(({ origin }) => origin.kind === of.kind && origin.id === of.id);
  const being = own.filter(({ objectKind }) => itself.includes(objectKind));
  const meant = byUrgency(being.length > 0 ? being : own.length > 0 ? own : objects);
  const [object = null] = meant;
  const [other = null] = byUrgency(objects.filter((one) => one !== object && needsSaying(one)));
  return {
    isIn: meant.some(({ confirmed }) => confirmed !== null),
    object,
    also: object?.state === 'delivered' ? other : null,
    obstacle: object !== null && GOES_BY_ITSELF.has(object.state) ? (obstacles[0] ?? null) : null,
  };
}

/** What speaks of somebody who is not wanted in the target is left out there, and well so. */
function needsSaying({ state, waitsFor }: ObjectTrace): boolean {
  return state !== 'delivered' && !(state === 'waits' && waitsFor?.state === null);
}

function byUrgency(objects: readonly ObjectTrace[]): readonly ObjectTrace[] {
  return [...objects].sort((a, b) => URGENCY.indexOf(a.state) - URGENCY.indexOf(b.state));
}
