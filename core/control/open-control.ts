import { openKeepers } from '../intake/keepers.ts';
import { applyCommitted } from '../intake/merge/apply.ts';
import { flowsNamed, sync } from '../night/sync.ts';
import { intakeContext } from '../run/context.ts';
import type { Engine } from '../run/engine.ts';
import { underLease } from '../run/leases/lease.ts';
import type { SyncReport, SyncRequest } from '../run/sync-request.ts';
import { narrowed } from './access/narrowed/narrowed.ts';
import { openAccess } from './access/open-access.ts';
import { audit } from './audit.ts';
import { connectAll } from './connect.ts';
import type { ControlBus, DriftRequest, ServeRequest } from './control-bus.ts';
import { decideHolds, identityHolds } from './decide-holds.ts';
import { explainObject } from './explain/explain.ts';
import { usesOf } from './explain/explain-field.ts';
import { findPersons } from './explain/find-person.ts';
import { membersOn } from './explain/members.ts';
import { objectStory } from './explain/object-story.ts';
import { pastOf } from './explain/past.ts';
import { traceEntity } from './explain/trace.ts';
import { discard, restore, restoreGroup } from './failed/discard.ts';
import { failurePagesOf } from './failed/failure-page.ts';
import { idsOfGroup } from './failed/groups.ts';
import { classesOf, impactsOf } from './failed/impact.ts';
import { retryOf } from './failed/kept-retry.ts';
import { resend } from './failed/resend.ts';
import { askRetry, resumeRetry, retry, retryGroup } from './failed/retry.ts';
import { countToday, putRemark, storiesOf } from './failed/stories.ts';
import { findFindings } from './findings/findings.ts';
import { lookingOf } from './looking.ts';
import { overridesOf } from './mend/override-control.ts';
import { tableGap } from './mend/table-gap.ts';
import { addRow, tryRow } from './mend/table-row.ts';
import { checkMapping, mappingText, tryMapping } from './mend/try-mapping.ts';
import { overview } from './overview/overview.ts';
import { bePresent } from './overview/presence.ts';
import { timetable } from './overview/timetable.ts';
import { UnderWay } from './overview/under-way.ts';
import { findUnreached } from './overview/unreached.ts';
import { queuesOf, stepsOf } from './overview/workers.ts';
import { lookAhead } from './preview/ahead.ts';
import { holdLooksOf } from './preview/hold-looks.ts';
import { planFlows, whatIf } from './preview/plans.ts';
import { type AdoptionReport, type AdoptionRequest, adopt } from './reconcile/adoption.ts';
import { type DriftReport, findDrift } from './reconcile/drift.ts';
import { adoptionOf, driftOf, keepAdoption, keepDrift } from './reconcile/inspection.ts';
import { recordsIn } from './records.ts';
import { digestOf } from './serve/digest.ts';
import { pause, resume } from './serve/pausing.ts';
import { purge } from './serve/purge.ts';
import { TurnScheduler } from './serve/scheduler.ts';
import { ENGLISH } from './serve/speech.ts';
import { testMail } from './serve/tell-findings.ts';
import { outlineOf } from './wiring/mapping-outline.ts';
import { moduleOf, modulesOf } from './wiring/modules.ts';
import { wiringOf } from './wiring/wiring.ts';

/** The control bus of a running hub. */
export function openControl(engine: Engine): ControlBus {
  const { store } = engine;
  const underWay = new UnderWay();
  const bus: ControlBus = {
    plan: (request) => planFlows(engine, request),
    ahead: (flow, signal) => {
      const modules = flowsNamed(engine, flow).flatMap(({ from }) => from);
      return lookAhead(engine, modules, signal);
    },
    whatIf: (overlay, request) => whatIf(engine, overlay, request),
    sync: (request) => syncAudited(engine, request, underWay),
    overview: () => overview(engine),
    underWay: () => stepsOf(engine, underWay),
    queues: () => queuesOf(engine),
    unreached: () => findUnreached(engine),
    ...failedOf(engine),
    ...overridesOf(engine),
    ...holdLooksOf(engine, (id) => bus.hold(id)),
    decideHold: async (id, decision) => (await decideHolds(engine, [id], decision))[0] ?? null,
    decideHolds: (ids, decision) => decideHolds(engine, ids, decision),
    identityHolds: (source) => identityHolds(engine, source),
    ...looksOf(engine),
    drift: (request) => drift(engine, request),
    driftOf: (flow) => driftOf(engine, flow),
    adopt: (request) => adoptAudited(engine, request),
    adoptionOf: (flow) => adoptionOf(engine, flow),
    connect: (limitMs, module) => connectAll(engine, limitMs, module),
    ...wiredIn(engine),
    findings: () => findFindings(lookingOf(engine)),
    digest: () => digestOf(lookingOf(engine)),
    serve: (request) => serveHere(engine, request, underWay),
    scheduler: (role = 'all', speech = ENGLISH) =>
      new TurnScheduler(engine, underWay, role, speech),
    ...recordsIn(store, engine.now),
    ...upkeepOf(engine),
    as: (account) => narrowed(bus, engine, account),
    may: () => true,
    opens: async () => true,
  };
  return bus;
}

async function serveHere(engine: Engine, request: ServeRequest, underWay: UnderWay): Promise<void> {
  // The clock's library is loaded where there is a clock, and no other command waits for it.
  const { serve } = await import('./serve/service.ts');
  const presence = bePresent(engine, request.role, underWay);
  try {
    const { role, speech = ENGLISH } = request;
    await serve(engine, new TurnScheduler(engine, underWay, role, speech), request);
  } finally {
    await presence.stop();
  }
}

/** Looks at what concerns persons: each is audited. */
function looksOf(engine: Engine) {
  return {
    findPersons: (word, who, reason) => findPersons(engine, word, who, reason),
    trace: async (entity, who) => {
      await audit(engine, who, 'trace', `${entity.kind} ${entity.id}`);
      return traceEntity(engine, entity);
    },
    past: async (entity, day, who) => {
      await audit(engine, who, 'trace past', `${entity.kind} ${entity.id}`, day);
      return pastOf(engine, entity, day);
    },
    members: async (group, day, who) => {
      await audit(engine, who, 'show group', `group ${group}`, day ?? '');
      return membersOn(engine, group, day);
    },
    explain: async (question, who) => {
      const found = await explainObject(engine, question);
      const about = found === null ? '' : `${found.target} ${found.origin.kind} ${found.origin.id}`;
      await audit(engine, who, 'explain', about);
      return found;
    },
    objectStory: async (message, who) => {
      const { kind, id } = message.origin;
      await audit(engine, who, 'show object', `${message.id} ${kind} ${id}`);
      return objectStory(engine, message);
    },
    uses: (kind, field) => usesOf(engine, kind, field),
  } satisfies Partial<ControlBus>;
}

async function syncAudited(
  engine: Engine,
  request: SyncRequest,
  underWay: UnderWay,
): Promise<SyncReport> {
  const { who, flow } = request;
  if (who !== undefined) await audit(engine, who, 'sync', flow ?? 'all flows');
  const onProgress = underWay.noting(request.onProgress);
  const presence = bePresent(engine, 'sync', underWay);
  try {
    const report = await sync(engine, { ...request, onProgress });
    await countToday(engine);
    return report;
  } finally {
    underWay.forget();
    await presence.stop();
  }
}

/** What stands between which systems, and when it runs. */
function wiredIn(engine: Engine) {
  return {
    wiring: () => wiringOf(engine),
    mapping: (file) => outlineOf(engine, file),
    mappingText: (file) => mappingText(engine, file),
    checkMapping: (text) => checkMapping(engine, text),
    tryMapping: (request) => tryMapping(engine, request),
    modules: () => modulesOf(engine),
    module: (name) => moduleOf(engine, name),
    timetable: () => timetable(lookingOf(engine)),
    pause: (request) => pause(engine, request),
    resume: (request) => resume(engine, request),
  } satisfies Partial<ControlBus>;
}

/** What a person does about what could not be delivered or taken in. */
function failedOf(engine: Engine) {
  const { messages } = engine.store;
  return {
    ...failurePagesOf(engine),
    waitingFor: (id, limit) => messages.waitingFor(id, limit),
    retry: (ids, who) => retry(engine, ids, who),
    retryGroup: (request) => retryGroup(engine, request),
    resumeRetry: (request) => resumeRetry(engine, request),
    askRetry: (name, wish, who) => askRetry(engine, name, wish, who),
    retryOf: (name) => retryOf(engine, name),
    resend: (request) => resend(engine, request),
    discard: (ids, who, reason) => discard(engine, ids, who, reason),
    tableGap: (message) => tableGap(engine, message),
    tryRow: (request) => tryRow(engine, request),
    addRow: (request) => addRow(engine, request),
    impacts: (of) => impactsOf(engine, of),
    classesOf: (group) => classesOf(engine, group),
    storiesOf: (groups) => storiesOf(engine, groups),
    putRemark: (group, remark) => putRemark(engine, group, remark),
    restore: (ids, who) => restore(engine, ids, who),
    restoreGroup: (request) => restoreGroup(engine, request),
    discardGroup: async (request) =>
      discard(engine, await idsOfGroup(engine, request), request.who, request.reason),
  } satisfies Partial<ControlBus>;
}

/** What is done for the hub itself, and who hears of it. */
function upkeepOf(engine: Engine) {
  const { store } = engine;
  return {
    purge: async (who) => {
      await audit(engine, who, 'purge', '');
      return purge(engine);
    },
    backup: (file, who) =>
      underLease(engine, { signal: new AbortController().signal }, async ({ signal }) => {
        const context = intakeContext(engine, { signal, onProgress: () => undefined });
        await applyCommitted(await openKeepers(context), context);
        await store.backup(file);
        await audit(engine, who, 'backup', file);
      }),
    access: openAccess(engine),
    testMail: async (who) => {
      await audit(engine, who, 'test mail', '');
      return testMail(engine);
    },
  } satisfies Partial<ControlBus>;
}

async function drift(engine: Engine, request: DriftRequest): Promise<DriftReport | null> {
  const { flow, repair, who } = request;
  await audit(engine, who, repair ? 'drift repair' : 'drift', flow);
  return keepDrift(engine, request, repair, (held) => findDrift(engine, held));
}

/** Candidates are shown by our keys: who only looks is noted as well. */
async function adoptAudited(
  engine: Engine,
  request: AdoptionRequest,
): Promise<AdoptionReport | null> {
  const { flow, who, apply, choose } = request;
  const isLook = !apply && choose.size === 0;
  if (isLook) await audit(engine, who, 'adoption shown', flow);
  return keepAdoption(engine, request, !isLook, (held) => adopt(engine, held));
}
