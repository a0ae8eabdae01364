import type { Json, JsonObject } from '../../core/plugin.ts';
import type { ReadElement } from './ims-element.ts';
import { inOrder } from './ims-membership.ts';

interface Pieces {
  /** So many are still to come. */
  left: number;
  readonly read: ReadElement[];
}

/**
 * Joins what several memberships of one file say of a group: many senders write one for each
 * member. Only those of groups in pieces wait, until the last has come.
 */
export class MembershipPieces {
  readonly #waiting: ReadonlyMap<string, Pieces>;

  /** `counts`: how many memberships speak of each group that has more than one. */
  constructor(counts: ReadonlyMap<string, number>) {
    this.#waiting = new Map([...counts].map(([group, left]) => [group, { left, read: [] }]));
  }

  /** What is to be passed on now that a membership has been read. */
  take(group: string, read: ReadElement): ReadElement {
    const pieces = this.#waiting.get(group);
    if (pieces === undefined) return read;
    pieces.left -= 1;
    // Of units each member is a record of its own.
    const isOfGroup = [...read.records, ...read.faults].every(
      ({ stream }) => stream === 'group-membership',
    );
    if (isOfGroup) pieces.read.push(read);
    const joined = pieces.left === 0 ? join(pieces.read) : { records: [], faults: [] };
    return isOfGroup ? joined : { ...read, records: [...read.records, ...joined.records] };
  }
}

/** A group with one bad piece is bad as a whole, as it is with one bad member. */
function join(pieces: readonly ReadElement[]): ReadElement {
  const faults = pieces.flatMap((piece) => piece.faults);
  const records = pieces.flatMap((piece) => piece.records);
  const [first] = records;
  if (faults.length > 0 || first === undefined) return { records: [], faults };
  const complete = records.some(({ value }) => value['complete'] === true);
  const members = inOrder(records.flatMap(({ value }) => membersOf(value['members'])));
  return { records: [{ ...first, value: { ...first.value, complete, members } }], faults };
}

function membersOf(members: Json | undefined): readonly JsonObject[] {
  // SAFETY: the reader of memberships has made this list, of objects.
  return (members ?? []) as readonly JsonObject[];
}
