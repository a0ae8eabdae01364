import { deliverObjects } from '../../dispatch/deliver-objects.ts';
import { REWRITE } from '../../dispatch/deliver-snapshot.ts';
import { deliveryId } from '../../dispatch/delivery-id.ts';
import { changesAsWhole } from '../../flow/target.ts';
import type { Message } from '../../message/message.ts';
import { flowsNamed } from '../../night/sync.ts';
import { forgetScope } from '../../plan/scope/plan-scope.ts';
import { flowContext, limitsOf } from '../../run/context.ts';
import { type Engine, flowOfTarget, targetOfFlow } from '../../run/engine.ts';
import { underLease } from '../../run/leases/lease.ts';
import { plainRow } from '../../store/ledger-store.ts';
import { lookWhereMoved } from '../../withdraw/moved-target.ts';
import { audit } from '../audit.ts';
import type {
  GroupReport,
  GroupRequest,
  ObjectRequest,
  ResendRequest,
  Resent,
  Retried,
} from '../control-bus.ts';
import { groupFilter } from './groups.ts';
import {
  type GroupRetry,
  keepRetry,
  keptRetry,
  nextStep,
  putWish,
  type RetryName,
  type RetryWish,
  retryOf,
  wishOf,
} from './kept-retry.ts';
import { partOf } from './requests.ts';

/** A message that has its turn with the next delivery, as if it had not failed. */
const AGAIN = { state: 'waiting', attempts: 0, notBefore: 0 } as const;

/**
 * Tries a group of failures again as a canary goes down a mine: one, a twentieth, the rest. Stops
 * at the first that fails as before, so that a fault that is not mended is not repeated ten
 * thousand times. Delivers what is right now, not what was right when it failed. Each step is kept:
 * a retry that was paused, or whose process died, can be resumed.
 */
export async function retryGroup(engine: Engine, request: GroupRequest): Promise<GroupReport> {
  const { now, owner } = engine;
  const { target, code, who, objectKind = null, until = now() } = request;
  const ofPart = partOf(request);
  await audit(engine, who, 'failed retry', `${target} ${code}`);
  return underLease(engine, request, async (held) => {
    const name = { target, code, objectKind, ...ofPart };
    const { deliveries, others } = await openOf(engine, name, until);
    const found = deliveries.length + others;
    const none = { stage: 1, tried: 0, mended: 0, trying: [] } as const;
    const begun = { state: 'running', found, others, ...none } as const;
    await putWish(engine.store, name, null);
    const retry = { ...name, ...begun, until, owner, who, at: now() };
    return reportOf(await goOn(engine, await keepRetry(engine, retry), deliveries, held));
  });
}

/** Goes on where a retry was paused, or its process died. Null if there is no such retry. */
export async function resumeRetry(
  engine: Engine,
  request: GroupRequest,
): Promise<GroupReport | null> {
  const { target, code, who, objectKind = null } = request;
  const name = { target, code, objectKind, ...partOf(request) };
  if ((await retryOf(engine, name))?.state !== 'paused') return null;
  await audit(engine, who, 'failed retry resume', `${target} ${code}`);
  return underLease(engine, request, async (held) => {
    // Nobody else has the lease: what is kept as running is nobody's any more.
    const paused = await keptRetry(engine.store, name);
    if (paused?.state !== 'paused' && paused?.state !== 'running') return null;
    const { deliveries } = await openOf(engine, name, paused.until);
    await putWish(engine.store, name, null);
    const { owner } = engine;
    const retry = await keepRetry(engine, { ...paused, state: 'running', owner, who });
    const ids = deliveries.filter((id) => !paused.trying.includes(id));
    return reportOf(await goOn(engine, retry, ids, held));
  });
}

/** Asks a retry to pause or to end before its next step; false if there is none to ask. */
export async function askRetry(
  engine: Engine,
  name: RetryName,
  wish: RetryWish,
  who: string,
): Promise<boolean> {
  const retry = await retryOf(engine, name);
  const isOpen = retry?.state === 'running' || (retry?.state === 'paused' && wish === 'cancel');
  if (!isOpen) return false;
  await audit(engine, who, `failed retry ${wish}`, `${name.target} ${name.code}`);
  if (retry.state === 'paused') await keepRetry(engine, { ...retry, state: 'cancelled' });
  else await putWish(engine.store, name, wish);
  return true;
}

/** What of a group was there at an instant and was not tried since: ids, and how many others. */
async function openOf(
  engine: Engine,
  { target, code, objectKind, ...ofPart }: RetryName,
  until: number,
): Promise<{ readonly deliveries: readonly string[]; readonly others: number }> {
  const deliveries: string[] = [];
  let others = 0;
  const isDelivery = ({ type }: Message) => type === 'deliver';
  const ofKind = objectKind === null ? {} : { objectKind };
  const isMeant = await groupFilter(engine, { ...ofKind, ...ofPart, until });
  const failed = { target, code, state: ['failed'] } as const;
  for await (const all of engine.store.messages.scan(failed)) {
    const batch = all.filter(isMeant);
    const own = batch.filter(isDelivery);
    deliveries.push(...own.map(({ id }) => id));
    others += batch.length - own.length;
  }
  return { deliveries, others };
}

async function goOn(
  engine: Engine,
  begun: GroupRetry,
  ids: readonly string[],
  request: GroupRequest,
): Promise<GroupRetry> {
  let retry = begun;
  for (let at = 0; ; ) {
    const wish = await wishOf(engine.store, retry);
    if (wish !== null) {
      return keepRetry(engine, { ...retry, state: wish === 'pause' ? 'paused' : 'cancelled' });
    }
    if (retry.trying.length === 0) {
      const { stage, most } = nextStep(retry);
      const trying = ids.slice(at, at + most);
      if (trying.length === 0) return keepRetry(engine, { ...retry, state: 'done' });
      at += trying.length;
      retry = await keepRetry(engine, { ...retry, stage, trying });
    }
    const step = retry;
    retry = await tryStep(engine, step, request).catch(async (failure: unknown) => {
      await keepRetry(engine, { ...step, state: 'paused' });
      throw failure;
    });
    if (retry.state === 'stopped') return retry;
  }
}

/** Delivers the messages of one step; the retry stops where one still fails with the same code. */
async function tryStep(
  engine: Engine,
  retry: GroupRetry,
  request: GroupRequest,
): Promise<GroupRetry> {
  const { store } = engine;
  const { trying, tried, mended } = retry;
  const messages = await store.messages.get(trying);
  await store.messages.put(messages.map((message) => ({ ...message, ...AGAIN })));
  await deliverOpen(engine, request);
  request.signal.throwIfAborted();
  const still = (await store.messages.get(trying)).filter(({ problem, state }) => {
    return problem?.code === request.code && state !== 'waiting';
  }).length;
  return keepRetry(engine, {
    ...retry,
    state: still > 0 ? 'stopped' : 'running',
    trying: [],
    tried: tried + trying.length,
    mended: mended + trying.length - still,
  });
}

/** Lets messages have their turn again with the next run; answers of how many. Audited. */
export async function retry(engine: Engine, ids: readonly string[], who: string): Promise<number> {
  const messages = await engine.store.messages.get(ids);
  const deliveries = messages.filter((message) => message.type === 'deliver');
  await engine.store.messages.settle(
    deliveries
      .filter((message) => message.state === 'retrying')
      .map((message) => ({ message, result: { kind: 'superseded' } })),
  );
  const at = engine.now();
  await engine.store.messages.put(
    deliveries.map((message) => ({ ...message, ...AGAIN, updatedAt: at })),
  );
  for (const message of messages) await audit(engine, who, 'failed retry', message.id);
  return deliveries.length;
}

/**
 * Delivers one object at once, where a delivery of it is open: as it is wanted now. All else goes
 * with the next run. Audited.
 */
export async function retryNow(engine: Engine, request: ObjectRequest): Promise<Retried> {
  const { store } = engine;
  const { target, objectKind, key, who } = request;
  const id = deliveryId(target, objectKind, key);
  const [message] = await store.messages.get([id]);
  if (message === undefined) return 'next';
  await audit(engine, who, 'failed retry', id);
  return underLease(engine, request, async (held) => {
    await store.messages.put([{ ...message, ...AGAIN }]);
    await deliverOpen(engine, held);
    return (await store.messages.get([id])).length === 0 ? 'delivered' : 'failed';
  });
}

/** Delivers a target's open messages; nothing is read or planned. */
async function deliverOpen(
  engine: Engine,
  request: Pick<GroupRequest, 'target' | 'signal' | 'onProgress'>,
): Promise<void> {
  const flow = flowOfTarget(engine, request.target);
  if (flow === undefined) return;
  const target = targetOfFlow(engine, flow);
  if (changesAsWhole(target)) return;
  await lookWhereMoved(engine, flow, request.signal);
  const context = flowContext(engine, flow, { ...request, patienceMs: 0 });
  const sink = await engine.openSink(flow.to);
  try {
    if (sink.mode === 'operations')
      await deliverObjects(target, sink, limitsOf(engine, flow), context);
  } finally {
    await sink.close();
  }
}

function reportOf(retry: GroupRetry): GroupReport {
  const { found, others, tried, mended, state, stage } = retry;
  return {
    found,
    ...(others === 0 ? {} : { others }),
    tried,
    mended,
    stoppedAt: state === 'stopped' ? stage : null,
    ...(state === 'paused' || state === 'cancelled' ? { endedBy: state } : {}),
  };
}

/**
 * Lets an object go again with the next sync although the target has confirmed it: the ledger
 * forgets what it knew of it. Audited. BUSY while a sync is under way.
 */
export async function resend(engine: Engine, request: ResendRequest): Promise<Resent> {
  const { store } = engine;
  const { flow: name, objectKind, key, who, reason } = request;
  const [flow] = flowsNamed(engine, name);
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
