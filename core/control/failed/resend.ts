import { REWRITE } from '../../dispatch/deliver-snapshot.ts';
import { changesAsWhole } from '../../flow/target.ts';
import { forgetScope } from '../../plan/scope/planned.ts';
import { type Engine, targetOfFlow } from '../../run/engine.ts';
import { underLease } from '../../run/leases/lease.ts';
import { plainRow } from '../../store/ledger-store.ts';
import { audit } from '../audit.ts';
import type { ResendRequest, Resent } from '../control-bus.ts';

/**
 * Lets an object go again with the next sync although the target has confirmed it: the ledger
 * forgets what it knew of it. Audited. BUSY while a sync is under way.
 */
export async function resend(engine: Engine, request: ResendRequest): Promise<Resent> {
  const { store, workspace } = engine;
  const { flow: name, objectKind, key, who, reason } = request;
  const flow = workspace.flows.find((one) => one.name === name);
  if (flow === undefined) return 'unknown';
  const target = targetOfFlow(engine, flow);
  if ((await store.ledger.byKeys(target.name, objectKind, [key])).length === 0) return 'unknown';
  const subject = `${target.name} ${objectKind} ${key}`;
  await audit(engine, who, 'resend', subject, reason);
  if (changesAsWhole(target)) {
    await REWRITE.write(store, target.name, true);
    return 'set';
  }
  const { signal } = new AbortController();
  return underLease(engine, { signal }, async () => {
    const [row] = await store.ledger.byKeys(target.name, objectKind, [key]);
    if (row === undefined) return 'unknown';
    await forgetScope(store, target.name);
    await store.ledger.write([{ ...plainRow(row), hash: '', object: {} }], []);
    return 'object';
  });
}
