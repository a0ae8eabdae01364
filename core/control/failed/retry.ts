import { deliverObjects } from '../../dispatch/deliver-objects.ts';
import { rewriteName } from '../../dispatch/deliver-snapshot.ts';
import { forgetScope } from '../../plan/scope/planned.ts';
import { flowContext, limitsOf } from '../../run/context.ts';
import { type Engine, targetOfFlow } from '../../run/engine.ts';
import { underLease } from '../../run/lease.ts';
import { plainRow } from '../../store/ledger-store.ts';
import type { GroupReport, GroupRequest, ResendRequest, Resent } from '../control-bus.ts';
import { isOfGroup } from './groups.ts';

/** One, then a twentieth, then the rest. */
const SECOND_SHARE = 0.05;
const BATCH = 500;

/**
 * Tries a group of failures again as a canary goes down a mine: one, a twentieth, the rest. Stops
 * at the first that fails as before, so that a fault that is not mended is not repeated ten
 * thousand times. Delivers what is right now, not what was right when it failed.
 */
export async function retryGroup(engine: Engine, request: GroupRequest): Promise<GroupReport> {
  const { store, now } = engine;
  const { target, code, who, objectKind, until } = request;
  const ids: string[] = [];
  let others = 0;
  for await (const all of store.messages.scan({ target, code, state: ['failed'] })) {
    const batch = all.filter((one) => isOfGroup(one, objectKind, until));
    const deliveries = batch.filter(({ type }) => type === 'deliver');
    ids.push(...deliveries.map(({ id }) => id));
    others += batch.length - deliveries.length;
  }
  const subject = `${target} ${code}`;
  await store.runs.audit({ at: now(), who, action: 'failed retry', subject, reason: '' });
  const second = Math.max(1, Math.ceil(ids.length * SECOND_SHARE));
  const stages = [ids.slice(0, 1), ids.slice(1, 1 + second), ids.slice(1 + second)];
  const untried = others === 0 ? {} : { others };
  const report = { found: ids.length + others, ...untried, tried: 0, mended: 0 };
  return underLease(engine, async () => {
    for (const [index, stage] of stages.entries()) {
      if (stage.length === 0) continue;
      const still = await retryStage(engine, stage, request);
      report.tried += stage.length;
      report.mended += stage.length - still;
      if (still > 0) return { ...report, stoppedAt: index + 1 };
    }
    return { ...report, stoppedAt: null };
  });
}

/** Delivers these messages; answers how many still fail with the same code. */
async function retryStage(
  engine: Engine,
  ids: readonly string[],
  request: GroupRequest,
): Promise<number> {
  const { store } = engine;
  for (let at = 0; at < ids.length; at += BATCH) {
    const messages = await store.messages.get(ids.slice(at, at + BATCH));
    const again = { state: 'waiting', attempts: 0, notBefore: 0 } as const;
    await store.messages.put(messages.map((message) => ({ ...message, ...again })));
  }
  await deliverOpen(engine, request);
  let still = 0;
  for (let at = 0; at < ids.length; at += BATCH) {
    const messages = await store.messages.get(ids.slice(at, at + BATCH));
    still += messages.filter(({ problem, state }) => {
      return problem?.code === request.code && state !== 'waiting';
    }).length;
  }
  return still;
}

/** Delivers a target's open messages; nothing is read or planned. */
async function deliverOpen(engine: Engine, request: GroupRequest): Promise<void> {
  const { flows } = engine.workspace;
  const flow = flows.find((one) => targetOfFlow(engine, one).name === request.target);
  if (flow === undefined) return;
  const target = targetOfFlow(engine, flow);
  const context = flowContext(engine, flow, { ...request, patienceMs: 0 });
  const sink = await engine.openSink(flow.to);
  try {
    if (sink.mode === 'operations')
      await deliverObjects(target, sink, limitsOf(engine, flow), context);
  } finally {
    await sink.close();
  }
}

/**
 * Lets an object go again with the next sync although the target has confirmed it: the ledger
 * forgets what it knew of it. Audited.
 */
export async function resend(engine: Engine, request: ResendRequest): Promise<Resent> {
  const { store, now, workspace } = engine;
  const { flow: name, objectKind, key, who, reason } = request;
  const flow = workspace.flows.find((one) => one.name === name);
  if (flow === undefined) return 'unknown';
  const target = targetOfFlow(engine, flow);
  const [row] = await store.ledger.byKeys(target.name, objectKind, [key]);
  if (row === undefined) return 'unknown';
  const subject = `${target.name} ${objectKind} ${key}`;
  await store.runs.audit({ at: now(), who, action: 'resend', subject, reason });
  if (target.mode === 'full') {
    await store.putValue(rewriteName(target.name), true);
    return 'set';
  }
  await forgetScope(store, target.name);
  await store.ledger.write([{ ...plainRow(row), hash: '', object: {} }], []);
  return 'object';
}
