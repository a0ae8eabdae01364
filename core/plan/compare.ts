import type { Leave, TargetKind } from '../flow/target.ts';
import { daysAfter } from '../message/dates.ts';
import { digestOf, sameJson } from '../message/digest.ts';
import type { EntityRef, JsonObject } from '../message/message.ts';
import { withListsInOrder } from '../message/reference-walk.ts';
import type { LedgerRow } from '../store/ledger-store.ts';
import type { Projected, Wanted } from './project.ts';

/** One object, as it is wanted and as the target has it. */
export interface Entry {
  /**
   * `same`: nothing to do; `kept`: cannot be made now, the last delivered one stays; `suspend`:
   * the first step of a deletion; `suspended`: between its two steps.
   */
  readonly action: Change['action'] | 'same' | 'kept' | 'suspended';
  readonly origin: EntityRef;
  /** The organisation that it belongs to, or that its row belonged to; '' if none. */
  readonly unit: string;
  /** The same as the flow sees it today: '' where the entity is gone, or nobody may know. */
  readonly unitNow: string;
  readonly key: string;
  /** For `rekey`: the key that the target knows. */
  readonly formerKey: string | null;
  /** The wanted object; null for `delete`; for `kept` see the row. */
  readonly object: JsonObject | null;
  readonly hash: string;
  readonly row: LedgerRow | null;
  /** For `suspend`: the day on which its grace began. */
  readonly suspendedSince: string | null;
}

/** An entry that the target must be told of. */
export interface Change extends Omit<Entry, 'action'> {
  readonly action: 'create' | 'update' | 'delete' | 'rekey' | 'suspend';
}

export function isChange<E extends Entry>(entry: E): entry is E & Change {
  return entry.action !== 'same' && entry.action !== 'kept' && entry.action !== 'suspended';
}

/**
 * Compares what one entity should give with the rows that it gave. A row of a parked object is
 * kept: failure is never deletion. A single deletion beside a single creation is a changed key,
 * where the target can change keys in place. Where the flow gives a grace, a deletion has two
 * steps, of which the first is an update.
 */
export function compare(
  { rekey, leave, references }: Pick<TargetKind, 'rekey' | 'leave' | 'references'>,
  origin: EntityRef,
  { unit, atOnce, wanted, parked }: Omit<Projected, 'until'>,
  rows: readonly LedgerRow[],
  today: string,
): readonly Entry[] {
  // Who is in no unit any more still belongs where it last was.
  const unitOf = (row: LedgerRow | null) => (unit === '' ? (row?.unit ?? '') : unit);
  const held = new Map(rows.map((row) => [row.ref.key, row]));
  const entries = wanted.map((one): Entry => {
    const row = held.get(one.key) ?? null;
    held.delete(one.key);
    const action = actionFor(one, row, references);
    return {
      action,
      origin,
      unit: unitOf(row),
      unitNow: unit,
      ...one,
      formerKey: null,
      row,
      suspendedSince: null,
    };
  });
  const parkedKeys = new Set(parked.map((one) => one.key));
  for (const [key, row] of held) {
    const isKept = parkedKeys.has(null) || parkedKeys.has(key);
    const action = isKept ? 'kept' : 'delete';
    const own = row.unit === '' ? unit : row.unit;
    const about = { action, origin, unit: own, unitNow: unit } as const;
    const gone = { formerKey: null, object: null, hash: row.hash, row, suspendedSince: null };
    entries.push({ ...about, key, ...gone });
  }
  const joined = rekey ? joinRekey(entries) : entries;
  if (leave === null || atOnce || held.size === 0) return joined;
  return joined.map((entry) => (entry.action === 'delete' ? stepOf(entry, leave, today) : entry));
}

/** Which step of its deletion an object is at; one that others have opened again is shut again. */
function stepOf(entry: Entry, { field, value, graceDays }: Leave, today: string): Entry {
  const { row } = entry;
  const suspendedSince = row?.suspendedSince ?? today;
  if (row === null || daysAfter(suspendedSince, graceDays) <= today) return entry;
  if (row.suspendedSince !== null && row.hash !== '') return { ...entry, action: 'suspended' };
  const object = { ...row.object, [field]: value };
  return { ...entry, action: 'suspend', object, hash: digestOf(object), suspendedSince };
}

/** The day of the second step of a deletion; null where none is under way. */
export function goesOn({ action, row, suspendedSince }: Entry, leave: Leave | null): string | null {
  const since = action === 'suspended' ? (row?.suspendedSince ?? null) : suspendedSince;
  return since === null || leave === null ? null : daysAfter(since, leave.graceDays);
}

function actionFor(
  wanted: Wanted,
  row: LedgerRow | null,
  references: TargetKind['references'],
): 'create' | 'update' | 'same' {
  if (row === null) return 'create';
  // Without a hash, what the target holds is not certain; and who was on the way out stays.
  if (row.hash === '' || row.suspendedSince !== null) return 'update';
  if (row.hash === wanted.hash || sameJson(row.object, wanted.object)) return 'same';
  // The same members in another order are no change.
  const inOrder = (object: JsonObject) =>
    references.reduce((sorted, { path }) => withListsInOrder(sorted, path), object);
  return sameJson(inOrder(row.object), inOrder(wanted.object)) ? 'same' : 'update';
}

function joinRekey(entries: readonly Entry[]): readonly Entry[] {
  const creations = entries.filter((entry) => entry.action === 'create');
  const deletions = entries.filter((entry) => entry.action === 'delete');
  const [creation, deletion] = [creations[0], deletions[0]];
  if (creations.length !== 1 || deletions.length !== 1) return entries;
  if (creation === undefined || deletion === undefined) return entries;
  const joined: Entry = {
    ...creation,
    action: 'rekey',
    formerKey: deletion.key,
    row: deletion.row,
  };
  return entries.flatMap((entry) => {
    if (entry === deletion) return [];
    return entry === creation ? [joined] : [entry];
  });
}

/**
 * Entries without the changes of withheld organisations: what the target holds of them stays as it
 * is, and what it does not hold is dropped.
 */
export function withhold(
  entries: readonly Entry[],
  withheld: ReadonlySet<string> | undefined,
): { readonly left: readonly Entry[]; readonly dropped: readonly Entry[] } {
  if (withheld === undefined || withheld.size === 0) return { left: entries, dropped: [] };
  const dropped: Entry[] = [];
  const left = entries.flatMap((entry): readonly Entry[] => {
    if (!isChange(entry) || !withheld.has(entry.unit)) return [entry];
    if (entry.row === null) dropped.push(entry);
    return entry.row === null ? [] : [keptAs(entry, entry.row)];
  });
  return { left, dropped };
}

function keptAs(entry: Entry, row: NonNullable<Entry['row']>): Entry {
  const { hash, ref } = row;
  const about = { key: ref.key, formerKey: null, suspendedSince: null };
  return { ...entry, action: 'kept', ...about, object: null, hash };
}
