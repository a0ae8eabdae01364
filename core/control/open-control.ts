import { openKeepers } from '../intake/keepers.ts';
import { applyCommitted } from '../intake/merge/apply.ts';
import { sync } from '../night/sync.ts';
import { intakeContext } from '../run/context.ts';
import type { Engine } from '../run/engine.ts';
import { underLease } from '../run/leases/lease.ts';
import type { SyncReport, SyncRequest } from '../run/sync-request.ts';
import { narrowed } from './access/narrowed/narrowed.ts';
import { openAccess } from './access/open-access.ts';
import { audit } from './audit.ts';
import { connectAll } from './connect.ts';
import type { ControlBus, ServeRequest } from './control-bus.ts';
import { decideHolds, identityHolds } from './decide-holds.ts';
import { explainObject } from './explain/explain.ts';
import { usesOf } from './explain/explain-field.ts';
import { findPersons } from './explain/find-person.ts';
import { membersOn } from './explain/members.ts';
import { objectStory } from './explain/object-story.ts';
import { pastOf } from './explain/past.ts';
import { traceEntity } from './explain/trace.ts';
import { discard, discardGroup, restore, restoreGroup } from './failed/discard.ts';
import { failurePage, partsOf } from './failed/failure-page.ts';
import { classesOf, impactsOf } from './failed/impact.ts';
import { retryOf } from './failed/kept-retry.ts';
import { askRetry, resend, resumeRetry, retry, retryGroup, retryNow } from './failed/retry.ts';
import { countToday, putRemark, storiesOf } from './failed/stories.ts';
import { findFindings } from './findings/findings.ts';
import { lookingOf } from './looking.ts';
import { editable } from './mend/editable.ts';
import {
  approveOverride,
  endOverride,
  override,
  overrides,
  setOverride,
  tryOverride,
} from './mend/override.ts';
import { tableGap } from './mend/table-gap.ts';
import { addRow, tryRow } from './mend/table-row.ts';
import { checkMapping, mappingText, tryMapping } from './mend/try-mapping.ts';
import { overview } from './overview/overview.ts';
import { bePresent, UnderWay } from './overview/presence.ts';
import { timetable } from './overview/timetable.ts';
import { findUnreached } from './overview/unreached.ts';
import { queuesOf, stepsOf } from './overview/workers.ts';
import { ahead } from './preview/ahead.ts';
import { holdBackground } from './preview/hold-looks.ts';
import { heldChanges, planFlows, whatIf } from './preview/plans.ts';
import { adoptionOf, driftOf } from './reconcile/inspection.ts';
import { adopt, drift } from './reconcile/reconcile-control.ts';
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
    ...boundTo(engine, {
      ...{ plan: planFlows, ahead, whatIf, overview, queues: queuesOf, unreached: findUnreached },
      ...{ decideHolds, identityHolds, heldChanges, holdBackground, connect: connectAll },
      ...{ drift, driftOf, adopt, adoptionOf },
      ...{ wiring: wiringOf, mapping: outlineOf, mappingText, checkMapping, tryMapping },
      ...{ modules: modulesOf, module: moduleOf, pause, resume },
      ...{ failurePage, partsOf, impacts: impactsOf, classesOf, storiesOf, putRemark },
      ...{ retry, retryGroup, resumeRetry, askRetry, retryOf, retryNow, resend },
      ...{ discard, discardGroup, restore, restoreGroup, tableGap, tryRow, addRow },
      ...{ editable, tryOverride, setOverride, approveOverride, endOverride, overrides, override },
      ...{ findPersons, uses: usesOf },
    }),
    ...looksOf(engine),
    ...upkeepOf(engine),
    ...recordsIn(store, engine.now),
    sync: (request) => syncAudited(engine, request, underWay),
    underWay: () => stepsOf(engine, underWay),
    waitingFor: (id, limit) => store.messages.waitingFor(id, limit),
    timetable: () => timetable(lookingOf(engine)),
    findings: () => findFindings(lookingOf(engine)),
    digest: () => digestOf(lookingOf(engine)),
    serve: (request) => serveHere(engine, request, underWay),
    scheduler: (role = 'all', speech = ENGLISH) =>
      new TurnScheduler(engine, underWay, role, speech),
    as: (account) => narrowed(bus, engine, account),
    may: () => true,
    opens: async () => true,
  };
  return bus;
}

type OnEngine = (engine: Engine, ...rest: never[]) => unknown;

/** The same functions, each without the engine that it works on. */
type Bound<F> = {
  readonly [K in keyof F]: F[K] extends (engine: Engine, ...rest: infer A) => infer R
    ? (...rest: A) => R
    : never;
};

function boundTo<F extends Readonly<Record<string, OnEngine>>>(
  engine: Engine,
  functions: F,
): Bound<F> {
  const bound = Object.entries(functions).map(([name, one]) => [name, one.bind(null, engine)]);
  // SAFETY: nothing of them has changed but that their first parameter is given.
  return Object.fromEntries(bound) as Bound<F>;
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
