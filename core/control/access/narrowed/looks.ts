import type { Message } from '../../../message/message.ts';
import type { Engine } from '../../../run/engine.ts';
import type { Run } from '../../../store/run-store.ts';
import type { ControlBus } from '../../control-bus.ts';
import type { PersonHint } from '../../explain/find-person.ts';
import type { PastTarget } from '../../explain/past.ts';
import { isTold, type Trace, toldBy } from '../../explain/trace.ts';
import { lookingOf } from '../../looking.ts';
import { overview } from '../../overview/overview.ts';
import { digestOf } from '../../serve/digest.ts';
import type { ModuleState } from '../../wiring/modules.ts';
import type { Wiring } from '../../wiring/wiring.ts';
import type { Gate } from './gate.ts';
import { aboutTarget } from './reach.ts';

/** What has failed, of the flows that the account sees. */
export function failureLooks(bus: ControlBus, gate: Gate) {
  const sees = ({ target }: { readonly target: string }) => gate.sees(aboutTarget(target));
  const shown = async (message: Message | null) => {
    const isShown = message !== null && (await gate.shows(aboutTarget(message.target)));
    return isShown ? message : null;
  };
  return {
    failureGroups: async () => (await bus.failureGroups()).filter(sees),
    storiesOf: async (groups) => {
      const unseen = { days: [], remark: null, seen: null };
      const stories = await bus.storiesOf(groups);
      return stories.map((story, at) => (groups.slice(at, at + 1).every(sees) ? story : unseen));
    },
    failurePage: async (group, wish) =>
      sees(group) ? bus.failurePage(group, wish) : { failures: [], next: null },
    partsOf: async (group) => (sees(group) ? bus.partsOf(group) : []),
    waitingFor: async (id, limit) => (await bus.waitingFor(id, limit)).filter(sees),
    blockages: async () => (await bus.blockages()).filter(({ cause }) => sees(cause)),
    causeOf: async (message) => {
      const cause = sees(message) ? await bus.causeOf(message) : null;
      return cause !== null && sees(cause) ? cause : null;
    },
    failures: async (filter) => (await bus.failures(filter)).filter(sees),
    failure: async (id) => shown(await bus.failure(id)),
    ending: async (id) => {
      const found = await bus.ending(id);
      return found !== null && (await shown(found.message)) !== null ? found : null;
    },
    tableGap: (message) => (sees(message) ? bus.tableGap(message) : null),
    impacts: async (of) => (await bus.impacts(of)).filter(sees),
    classesOf: async (group) => (sees(group) ? bus.classesOf(group) : { classes: [], looked: 0 }),
    retryOf: async (name) => (sees(name) ? bus.retryOf(name) : null),
  } satisfies Partial<ControlBus>;
}

/** How it went, and what waits. */
export function runLooks(bus: ControlBus, gate: Gate, engine: Engine) {
  const sees = ({ subject }: { readonly subject: string }) => gate.sees(subject);
  const isFindingSeen = (one: { readonly subject: string }) => gate.sees(aboutFinding(one.subject));
  const isStepSeen = ({ step }: { readonly step: string }) => gate.sees(aboutStep(step));
  return {
    overview: () => overview(engine, (subject) => gate.sees(subject)),
    underWay: async () => (await bus.underWay()).filter(isStepSeen),
    queues: async () => (await bus.queues()).filter(({ target }) => gate.sees(`target ${target}`)),
    workers: async () =>
      (await bus.workers()).map((worker) => ({
        ...worker,
        holds: worker.holds.filter((one) => !one.includes(' ') || gate.sees(one)),
        steps: worker.steps.filter(isStepSeen),
      })),
    runs: (limit, subject) => runsSeen(bus, gate, limit, subject),
    holds: async (state) => (await bus.holds(state)).filter(sees),
    driftOf: async (flow) => (gate.reach.may('act', `flow ${flow}`) ? bus.driftOf(flow) : null),
    adoptionOf: async (flow) =>
      gate.reach.may('act', `flow ${flow}`) ? bus.adoptionOf(flow) : null,
    hold: async (id) => {
      const found = await bus.hold(id);
      return found !== null && (await gate.shows(found.subject)) ? found : null;
    },
    holdBackground: async (id) => {
      const found = await bus.hold(id);
      return found !== null && sees(found) ? bus.holdBackground(id) : null;
    },
    identityHolds: async (source) => (await bus.identityHolds(source)).filter(sees),
    findings: async () => (await bus.findings()).filter(isFindingSeen),
    digest: async () => {
      const digest = await digestOf(lookingOf(engine), (subject) => gate.sees(subject));
      return { ...digest, findings: digest.findings.filter(isFindingSeen) };
    },
    timetable: async () => (await bus.timetable()).filter(({ flow }) => gate.sees(`flow ${flow}`)),
    auditTrail: async (limit, of) => {
      await gate.demand('protected');
      return bus.auditTrail(limit, of);
    },
    auditExport: async function* (who) {
      await gate.demand('protected');
      yield* bus.auditExport(who);
    },
    checkAudit: async (noted) => {
      await gate.demand('protected');
      return bus.checkAudit(noted);
    },
  } satisfies Partial<ControlBus>;
}

/** `deliver lms` and `plan lms` are about a flow, `intake register` about a source. */
function aboutStep(step: string): string {
  return step.startsWith('intake ') ? step : `flow ${step.split(' ')[1] ?? ''}`;
}

/** Failed messages are told by their target or source alone. */
function aboutFinding(subject: string): string {
  return subject.includes(' ') ? subject : aboutTarget(subject);
}

async function runsSeen(
  bus: ControlBus,
  gate: Gate,
  limit: number,
  only?: string,
): Promise<readonly Run[]> {
  const isSeen = ({ type, subject }: Run) => gate.sees(`${type} ${subject}`);
  if (gate.reach.hasAll('list')) return bus.runs(limit, only);
  const { flows } = bus.wiring();
  const known = new Set(flows.flatMap(({ name, from }) => [name, ...from]));
  const found = new Map<string, Run>();
  for (const subject of only === undefined ? known : [only]) {
    for (const run of await bus.runs(limit, subject)) if (isSeen(run)) found.set(run.id, run);
  }
  return [...found.values()].sort((a, b) => b.startedAt - a.startedAt).slice(0, limit);
}

/** Of persons, what the flows deliver whose contents the account may see; of an entity, no more. */
export function personLooks(bus: ControlBus, gate: Gate, engine: Engine) {
  const { reach } = gate;
  const mayAll = reach.hasAll('contents');
  const may = (flow: string) => reach.may('contents', `flow ${flow}`);
  const ours = async (found: readonly PersonHint[]) => {
    const open = found.filter(({ isProtected }) => !isProtected).map(({ id }) => id);
    const flows = engine.workspace.flows.filter(({ name }) => may(name));
    const told = flows.map((flow) => toldBy(engine, flow, 'person', open));
    const own = new Set((await Promise.all(told)).flat());
    return found.filter(({ id, isProtected }) => {
      return isProtected ? reach.hasAll('protected') : own.has(id);
    });
  };
  return {
    findPersons: async (word, who, reason) => {
      if (!reach.hasSome('contents')) await gate.demand('contents');
      const found = await bus.findPersons(word, who, reason);
      return mayAll ? found : ours(found);
    },
    trace: async (entity, who) => {
      if (!reach.hasSome('contents')) await gate.demand('contents');
      const trace = await bus.trace(entity, who);
      return mayAll ? trace : traceSeen(trace, may, engine);
    },
    past: async (entity, day, who) => {
      if (!reach.hasSome('contents')) await gate.demand('contents');
      const past = await bus.past(entity, day, who);
      if (mayAll) return past;
      const targets = past.targets.filter(({ flow }) => may(flow));
      return { ...past, groups: [], intakes: [], targets: targets.filter(wasTold) };
    },
    // Of a group all flows may have some members: who sees some flows alone is told of none.
    members: async (group, day, who) => {
      if (!reach.hasSome('contents')) await gate.demand('contents');
      return mayAll ? bus.members(group, day, who) : null;
    },
    explain: async (question, who) => (may(question.flow) ? bus.explain(question, who) : null),
    objectStory: async (message, who) => {
      if (!reach.may('contents', aboutTarget(message.target))) return null;
      const story = await bus.objectStory(message, who);
      return story === null || mayAll ? story : { ...story, entity: null };
    },
    heldChanges: async (id, request) => {
      const hold = await bus.hold(id);
      if (hold === null || !gate.sees(hold.subject)) return null;
      const reveal = request.reveal && reach.may('contents', hold.subject);
      return bus.heldChanges(id, { ...request, reveal });
    },
  } satisfies Partial<ControlBus>;
}

function wasTold({ verdict, objects }: PastTarget): boolean {
  return verdict === 'sent' || objects.some(({ was }) => was !== 'unknown');
}

/** Nobody answers where none of these flows tells its target of the person. */
function traceSeen(trace: Trace, may: (flow: string) => boolean, { workspace }: Engine): Trace {
  const targets = trace.targets.filter(({ flow }) => may(flow));
  if (!targets.some(isTold) && !trace.isProtected)
    return { ...trace, person: null, sources: [], notTaken: [], targets: [] };
  const read = workspace.flows.filter(({ name }) => may(name)).flatMap(({ from }) => from);
  return {
    ...trace,
    targets,
    sources: trace.sources.filter(({ source }) => read.includes(source)),
  };
}

/** Flows, and the modules around them. */
export function wiringLooks(bus: ControlBus, gate: Gate) {
  const isSeen = (flow: string) => gate.sees(`flow ${flow}`);
  const wiring = (): Wiring => {
    const { flows, mappings, remarks } = bus.wiring();
    const sees = { inbound: 'intake', outbound: 'target' } as const;
    return {
      flows: flows.filter(({ name }) => isSeen(name)),
      mappings: mappings.filter(({ module, direction }) => {
        return gate.sees(`${sees[direction]} ${module}`);
      }),
      // A remark may be on any file.
      remarks: gate.reach.hasAll('list') ? remarks : [],
    };
  };
  const seen = (state: ModuleState | null): readonly ModuleState[] => {
    if (state === null || !gate.sees(`module ${state.module}`)) return [];
    const { run } = state;
    const readBy = state.readBy.filter(isSeen);
    const fedBy = state.fedBy.filter(isSeen);
    const isRunSeen = run !== null && gate.sees(`${run.type} ${run.subject}`);
    const ledger = fedBy.length === state.fedBy.length ? state.ledger : [];
    const outage = fedBy.length === 0 ? null : state.outage;
    return [{ ...state, readBy, fedBy, ledger, outage, run: isRunSeen ? run : null }];
  };
  return {
    wiring,
    mapping: (file) =>
      wiring().mappings.some((one) => one.file === file) ? bus.mapping(file) : null,
    modules: async () => (await bus.modules()).flatMap(seen),
    module: async (name) => {
      const found = await bus.module(name);
      return found !== null && (await gate.shows(`module ${name}`))
        ? (seen(found)[0] ?? null)
        : null;
    },
    uses: (kind, field) => bus.uses(kind, field).filter(({ flow }) => isSeen(flow)),
  } satisfies Partial<ControlBus>;
}
