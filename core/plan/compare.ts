import { sameJson } from '../message/digest.ts';
import type { EntityRef, JsonObject } from '../message/message.ts';
import type { LedgerRow } from '../store/store.ts';
import type { Projected, Wanted } from './project.ts';
import type { TargetKind } from './target.ts';

/** One object, as it is wanted and as the target has it. */
export interface Entry {
  /** `same`: nothing to do; `kept`: cannot be made now, the last delivered one stays. */
  readonly action: 'create' | 'update' | 'delete' | 'rekey' | 'same' | 'kept';
  readonly origin: EntityRef;
  /** The organisation that it belongs to, or that its row belonged to; '' if none. */
  readonly unit: string;
  readonly key: string;
  /** For `rekey`: the key that the target knows. */
  readonly formerKey: string | null;
  /** The wanted object; null for `delete`; for `kept` see the row. */
  readonly object: JsonObject | null;
  readonly hash: string;
  readonly row: LedgerRow | null;
}

/**
 * Compares what one entity should give with the rows that it gave. A row of a parked object is
 * kept: failure is never deletion. A single deletion beside a single creation is a changed key,
 * where the target can change keys in place.
 */
export function compare(
  kind: Pick<TargetKind, 'rekey'>,
  origin: EntityRef,
  { unit, wanted, parked }: Omit<Projected, 'until'>,
  rows: readonly LedgerRow[],
): readonly Entry[] {
  // Who is in no unit any more still belongs where it last was.
  const unitOf = (row: LedgerRow | null) => (unit === '' ? (row?.unit ?? '') : unit);
  const held = new Map(rows.map((row) => [row.ref.key, row]));
  const entries = wanted.map((one): Entry => {
    const row = held.get(one.key) ?? null;
    held.delete(one.key);
    return { action: actionFor(one, row), origin, unit: unitOf(row), ...one, formerKey: null, row };
  });
  const parkedKeys = new Set(parked.map((one) => one.key));
  for (const [key, row] of held) {
    const isKept = parkedKeys.has(null) || parkedKeys.has(key);
    const action = isKept ? 'kept' : 'delete';
    const about = { action, origin, unit: row.unit === '' ? unit : row.unit } as const;
    entries.push({ ...about, key, formerKey: null, object: null, hash: row.hash, row });
  }
  return kind.rekey ? joinRekey(entries) : entries;
}

function actionFor(wanted: Wanted, row: LedgerRow | null): 'create' | 'update' | 'same' {
  if (row === null) return 'create';
  // A row without a hash: what the target holds is not certain.
  if (row.hash === '') return 'update';
  if (row.hash === wanted.hash || sameJson(row.object, wanted.object)) return 'same';
  return 'update';
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
