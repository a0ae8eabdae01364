import { posix } from 'node:path';
import type { Engine } from '../../../run/engine.ts';
import type { ControlBus, Hold } from '../../control-bus.ts';
import type { RowRequest } from '../../failed/requests.ts';
import { tableGap } from '../../mend/table-gap.ts';
import type { PauseRequest } from '../../serve/pausing.ts';
import type { Gate } from './gate.ts';
import { aboutTarget } from './reach.ts';

/** What is done about failures: of what the account does not see, there is none. */
export function failureDeeds(bus: ControlBus, gate: Gate, engine: Engine) {
  const opens = ({ target }: { readonly target: string }) => gate.opens(aboutTarget(target));
  const nothing = { found: 0, tried: 0, mended: 0, stoppedAt: null };
  const opened = async (ids: readonly string[]) => {
    const found: string[] = [];
    for (const id of ids) {
      const message = (await bus.failure(id)) ?? (await bus.ending(id))?.message;
      if (message !== undefined && (await opens(message))) found.push(id);
    }
    return found;
  };
  return {
    retry: async (ids, who) => bus.retry(await opened(ids), who),
    discard: async (ids, who, reason) => bus.discard(await opened(ids), who, reason),
    restore: async (ids, who) => bus.restore(await opened(ids), who),
    retryGroup: async (request) => ((await opens(request)) ? bus.retryGroup(request) : nothing),
    resumeRetry: async (request) => ((await opens(request)) ? bus.resumeRetry(request) : null),
    askRetry: async (name, wish, who) => (await opens(name)) && bus.askRetry(name, wish, who),
    discardGroup: async (request) => ((await opens(request)) ? bus.discardGroup(request) : 0),
    restoreGroup: async (request) => ((await opens(request)) ? bus.restoreGroup(request) : 0),
    putRemark: async (group, remark) => {
      if (await opens(group)) await bus.putRemark(group, remark);
    },
    resend: async (request) =>
      (await gate.opens(`flow ${request.flow}`)) ? bus.resend(request) : 'unknown',
    tryRow: async (request) =>
      (await opensTable(bus, gate, engine, request)) ? bus.tryRow(request) : null,
    addRow: async (request) =>
      (await opensTable(bus, gate, engine, request)) ? bus.addRow(request) : null,
  } satisfies Partial<ControlBus>;
}

/** A row is for every mapping that asks the table. */
async function opensTable(
  bus: ControlBus,
  gate: Gate,
  engine: Engine,
  { id }: RowRequest,
): Promise<boolean> {
  const message = await bus.failure(id);
  if (message === null || !(await gate.opens(aboutTarget(message.target)))) return false;
  const gap = tableGap(engine, message);
  if (gap === null) return true;
  const { inbound, outbound } = engine.workspace;
  for (const [kind, all] of [['intake', inbound] as const, ['target', outbound] as const]) {
    for (const [module, mappings] of all) {
      const asks = mappings.some(({ file, rules }) =>
        rules.some(({ table }) => {
          return table !== null && posix.join(posix.dirname(file), table) === gap.file;
        }),
      );
      if (asks) await gate.demand('act', `${kind} ${module}`);
    }
  }
  return true;
}

/** What is done with flows as a whole; without a name it is about all of them. */
export function runDeeds(bus: ControlBus, gate: Gate) {
  const isOpen = (flow: string | null | undefined) =>
    flow == null ? gate.demand('act').then(() => true) : gate.opens(`flow ${flow}`);
  const seen = async (flow: string | null) => {
    if (flow === null || !gate.sees(`flow ${flow}`)) await gate.demand('list');
  };
  const masked = <T extends { readonly flow: string | null; readonly reveal: boolean }>(one: T) => {
    const subject = one.flow === null ? '' : `flow ${one.flow}`;
    return { ...one, reveal: one.reveal && gate.reach.may('contents', subject) };
  };
  const decided = (all: readonly Hold[]) => all.filter(({ subject }) => gate.sees(subject));
  return {
    sync: async (request) => {
      if (!(await isOpen(request.flow))) await gate.demand('act', `flow ${request.flow}`);
      return bus.sync(request);
    },
    pause: (request) => onFlows(gate, request, (one) => bus.pause(one)),
    resume: (request) => onFlows(gate, request, (one) => bus.resume(one)),
    decideHolds: async (ids, decision) =>
      decided(await bus.decideHolds(await decidable(bus, gate, ids), decision)),
    drift: async (request) => ((await isOpen(request.flow)) ? bus.drift(request) : null),
    adopt: async (request) => ((await isOpen(request.flow)) ? bus.adopt(request) : null),
    connect: async (limitMs, module) => {
      await gate.demand('act', module === undefined ? '' : `module ${module}`);
      return bus.connect(limitMs, module);
    },
    plan: async (request) => {
      await seen(request.flow);
      return bus.plan(masked(request));
    },
    whatIf: async (overlay, request) => {
      await seen(request.flow);
      return bus.whatIf(overlay, masked(request));
    },
    ahead: async (flow, signal) => {
      await seen(flow);
      return bus.ahead(flow, signal);
    },
  } satisfies Partial<ControlBus>;
}

async function decidable(
  bus: ControlBus,
  gate: Gate,
  ids: readonly string[],
): Promise<readonly string[]> {
  const holds = (await bus.holds()).filter(({ id }) => ids.includes(id));
  const open: string[] = [];
  for (const { id, subject } of holds) if (await gate.opens(subject)) open.push(id);
  return open;
}

/** All flows are all on which the account may act. */
async function onFlows(
  gate: Gate,
  request: PauseRequest,
  work: (request: PauseRequest) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  if (request.flow !== null) {
    return (await gate.opens(`flow ${request.flow}`)) ? work(request) : [];
  }
  const flows = gate.reach.flows('act');
  if (flows.length === 0) await gate.demand('act');
  const done: string[] = [];
  for (const flow of flows) done.push(...(await work({ ...request, flow })));
  return done;
}
