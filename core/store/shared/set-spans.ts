import type { JsonObject } from '../../message/message.ts';
import type { SameSpans, SetSpan } from '../ledger-store.ts';

/** So many objects of a set are read and written anew where one of them has changed. */
const SPAN = 50;

/** A stretch of a set that is read: behind one place, up to another; null: as far as it goes. */
export interface ReadStretch {
  readonly after: string | null;
  readonly upTo: string | null;
}

/**
 * What of a set is read, and which of its former spans are as they were. `ends` are the places at
 * which these end, `changed` the places of all that has changed.
 */
export function* stretchesOf(
  ends: readonly string[],
  changed: Iterable<string>,
  compare: (one: string, other: string) => number,
): Generator<ReadStretch | SameSpans> {
  const read = new Set(Array.from(changed, (place) => spanOf(place, ends, compare)));
  for (let from = 0, to = 1; from < ends.length; from = to, to++) {
    const isRead = read.has(from);
    while (to < ends.length && read.has(to) === isRead) to++;
    const upTo = to === ends.length ? null : (ends[to - 1] ?? null);
    if (isRead) yield { after: ends[from - 1] ?? null, upTo };
    else yield { from, to };
  }
  if (ends.length === 0) yield { after: null, upTo: null };
}

/** The first span that does not end before the place; what lies behind all belongs to the last. */
function spanOf(
  place: string,
  ends: readonly string[],
  compare: (one: string, other: string) => number,
): number {
  let [from, to] = [0, ends.length - 1];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (compare(ends[middle] ?? '', place) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** An object, and where it stands. */
export type Placed = readonly [place: string, object: JsonObject];

/** The same in spans. */
export function* spansOf(placed: readonly Placed[]): Generator<SetSpan> {
  for (let at = 0; at < placed.length; at += SPAN) {
    const some = placed.slice(at, at + SPAN);
    const [end = ''] = some.at(-1) ?? [];
    yield { objects: some.map(([, object]) => object), end };
  }
}
