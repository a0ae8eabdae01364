import { heldAfter, withHeld } from '../plan/count/held-counts.ts';
import { Tally } from '../plan/count/totals.ts';
import type { Planned } from '../plan/scope/planned.ts';
import type { LedgerRow } from '../store/ledger-store.ts';
import type { Retraction } from './retraction.ts';

/**
 * The last settled plan as it stands once a retraction has been told to the end: its objects are
 * counted no more, and whatever gave them is planned anew.
 */
export function afterTaking(
  planned: Planned,
  { removals, updates }: Pick<Retraction, 'removals' | 'updates'>,
): Planned {
  const tally = new Tally();
  const origins = [...planned.retracted];
  for (const [kind, rows] of removals) {
    const lost = updates.get(kind) ?? [];
    const entries = [
      ...rows.map((row) => ({ ...about(row), action: 'delete' as const, object: null })),
      ...lost.map(({ row, object }) => ({ ...about(row), action: 'update' as const, object })),
    ];
    origins.push(...entries.map(({ origin }) => origin));
    tally.add({ kind, entries, ...NOTHING_ELSE });
  }
  const held = heldAfter(withHeld(tally.totals(), planned.held));
  return { ...planned, held, retracted: origins };
}

const NOTHING_ELSE = { parked: [], entities: 0, rechecks: [], unreferred: [] };

function about(row: LedgerRow) {
  const { ref, unit, hash } = row;
  const { origin, key } = ref;
  const none = { unitNow: '', formerKey: null, suspendedSince: null };
  return { origin, unit, key, hash, row, ...none };
}
