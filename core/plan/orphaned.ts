import type { Target, TargetKind } from '../flow/target.ts';
import type { LedgerRow } from '../store/ledger-store.ts';
import type { Entry } from './compare.ts';
import type { PlanBatch, PlanContext } from './plan-batch.ts';
import { withhold } from './withhold.ts';

/** Rows from entity kinds that no mapping projects any more: their objects must go. */
export async function* planOrphaned(
  target: Target,
  kind: TargetKind,
  context: PlanContext,
): AsyncGenerator<PlanBatch> {
  const { ledger, only } = context;
  // A mapping that has gone is a changed rule: everything is planned then.
  if (only != null) return;
  const mapped = new Set(kind.mappings.map((mapping) => mapping.from.kind));
  for (const originKind of await ledger.originKinds(target.name, kind.kind)) {
    if (mapped.has(originKind)) continue;
    for await (const rows of ledger.scan(target.name, kind.kind, originKind)) {
      const entries = rows.map((row): Entry => ({ ...gone(row), action: 'delete' }));
      const { left } = withhold(entries, context.withheld);
      yield { kind, entries: left, parked: [], entities: 0, rechecks: [], unreferred: [] };
    }
  }
}

function gone(row: LedgerRow): Omit<Entry, 'action'> {
  const { origin, key } = row.ref;
  const about = { origin, unit: row.unit, unitNow: '', key };
  const none = { formerKey: null, suspendedSince: null };
  return { ...about, ...none, object: null, hash: '', row };
}
