import { deliveryId } from '../../dispatch/delivery-id.ts';
import { inEnglish, saying, sayPlaces } from '../../failure/saying.ts';
import { EVERYTHING } from '../../flow/compile-flow.ts';
import type { Flow } from '../../flow/compiled.ts';
import type { Target, TargetKind } from '../../flow/target.ts';
import { quarantineId } from '../../intake/aside/quarantine.ts';
import { entityMessageId } from '../../intake/merge/invalid-entity.ts';
import type { OutboundMapping } from '../../mapping/compiled.ts';
import type { Entity, EntityRef, JsonObject, Problem, Saying } from '../../message/message.ts';
import { type Engine, liveViewsOf, sightOf, targetOfFlow } from '../../run/engine.ts';
import type { Part } from '../../store/intake-store.ts';
import { hintOf, type PersonHint } from './find-person.ts';
import { type Foremost, foremostOf } from './foremost.ts';
import { setAsideOf } from './set-aside.ts';
import {
  entriesOf,
  type ObjectTrace,
  parkedObject,
  type TraceContext,
  traceObject,
} from './trace-object.ts';
import { firstDayOf, whyNot } from './trace-selection.ts';

/** Where an entity comes from, and what became of it in every target: "why is Anna not there?" */
export interface Trace {
  readonly entity: EntityRef;
  /** Nothing is told of a protected one but that it is. */
  readonly isProtected: boolean;
  /** Who it is; null of a protected person, of one who is not stored, and of all else. */
  readonly person: PersonHint | null;
  /** What each source says, by file and line. */
  readonly sources: readonly Pick<Part, 'source' | 'stream' | 'externalId' | 'file' | 'line'>[];
  /** Why newer data of it are not taken in: bad records, sources that wait for a person. */
  readonly notTaken: readonly Problem[];
  readonly targets: readonly TargetTrace[];
}

/** What a flow makes of an entity, and why. */
export interface TargetTrace {
  readonly flow: string;
  readonly target: string;
  readonly module: string;
  readonly verdict: 'sent' | 'protected' | 'not selected' | 'nothing wanted';
  /** Where that was decided: the flow's condition, or the mappings that give nothing. */
  readonly because: readonly string[];
  /** What that is made of, for a face that says it in its language. */
  readonly becauseSaid: readonly Saying[];
  /** `YYYY-MM-DD` on which it will be otherwise, within a year, if nothing changes; or null. */
  readonly begins: string | null;
  /** What keeps the target as a whole from being told: a hold, how the last run ended. */
  readonly obstacles: readonly Problem[];
  readonly objects: readonly ObjectTrace[];
  readonly foremost: Foremost;
}

type Judgement = Pick<TargetTrace, 'verdict' | 'because' | 'becauseSaid'>;

/** Follows one entity from its sources to every target. Reads only. */
export async function traceEntity(engine: Engine, entity: EntityRef): Promise<Trace> {
  const { store, workspace } = engine;
  const [stored] = await store.entities.get(entity.kind, [entity.id]);
  const schema = workspace.canonical.get(entity.kind);
  const aside = stored === undefined ? await setAsideOf(engine, entity) : null;
  const isMarked = stored !== undefined && schema?.isProtected(stored.entity) === true;
  const isProtected = isMarked || aside?.isProtected === true;
  const targets: TargetTrace[] = [];
  for (const flow of workspace.flows) {
    const told = await traceTarget(engine, flow, entity, stored?.entity ?? null, isProtected);
    const [problem] = aside?.problems ?? [];
    targets.push(problem === undefined || isProtected ? told : ofSetAside(told, problem));
  }
  if (isProtected) return { entity, isProtected, person: null, sources: [], notTaken: [], targets };
  const parts = await store.entities.parts(entity);
  const sources = parts.map(({ source, stream, externalId, file, line }) => {
    return { source, stream, externalId, file, line };
  });
  const problems = aside?.problems ?? (await notTaken(engine, entity, parts));
  const isPerson = stored !== undefined && entity.kind === 'person';
  const person = isPerson ? hintOf(stored.entity, isProtected) : null;
  return { entity, isProtected, person, sources, notTaken: problems, targets };
}

/** Of whom nothing is taken in, no flow's condition has anything to say. */
function ofSetAside(told: TargetTrace, { code, text, said, place }: Problem): TargetTrace {
  const values = { code, text: said ?? text };
  const reason =
    place === null
      ? saying('wasSetAside', values)
      : saying('wasSetAsideAt', { ...values, place: sayPlaces([place], 1) });
  return { ...told, ...judgement(told.verdict, [reason]) };
}

async function notTaken(
  { store }: Engine,
  entity: EntityRef,
  parts: readonly Part[],
): Promise<readonly Problem[]> {
  const records = parts.map((one) => quarantineId(one.source, one.stream, one.externalId));
  const messages = await store.messages.get([...new Set([entityMessageId(entity), ...records])]);
  const problems = messages.flatMap(({ problem }) => (problem === null ? [] : [problem]));
  for (const source of new Set(parts.map((one) => one.source))) {
    const holds = await store.runs.holds({ subject: `intake ${source}`, state: 'open' });
    problems.push(...holds.flatMap(({ reasons }) => reasons));
  }
  return problems;
}

async function traceTarget(
  engine: Engine,
  flow: Flow,
  of: EntityRef,
  entity: Entity | null,
  isProtected: boolean,
): Promise<TargetTrace> {
  const holds = await engine.store.runs.holds({ subject: `flow ${flow.name}`, state: 'open' });
  const context = contextOf(engine, flow, holds);
  const { target } = context;
  const [view = null] = entity === null ? [] : await context.views.of(of.kind, [entity]);
  const found = await traceObjects(of, context);
  const others =
    view === null && entity !== null ? await ofOtherSchools(engine, flow, of, entity) : null;
  const judged = isProtected ? protectedIn(flow) : (others ?? judge(of, view, found, context));
  const { verdict } = judged;
  const isThere = verdict === 'sent' || view === null || isProtected;
  const viewsOn = (day: string) => liveViewsOf(engine, flow, () => day);
  const begins = isThere ? null : await firstDayOf(of.kind, entity ?? view, context, viewsOn);
  const objects = isProtected ? concealed(found, flow) : found;
  const obstacles = await obstaclesOf(context);
  const foremost = foremostOf(of, objects, itselfIn(target, of.kind), obstacles);
  const about = { flow: flow.name, target: target.name, module: flow.to };
  return { ...about, ...judged, begins, obstacles, objects, foremost };
}

function contextOf(engine: Engine, flow: Flow, holds: TraceContext['holds']) {
  return { ...sightOf(engine, flow), target: targetOfFlow(engine, flow), holds };
}

/** Of whoever is not selected, what waits comes to nothing; what the target holds is there. */
export function isTold({ verdict, objects }: Pick<TargetTrace, 'verdict' | 'objects'>): boolean {
  return verdict === 'sent' || objects.some(({ confirmed }) => confirmed !== null);
}

/**
 * Those of whom the target is told that is a flow's, of entities of one kind that nothing protects;
 * nothing else of them is looked at, so that it takes little time.
 */
export async function toldBy(
  engine: Engine,
  flow: Flow,
  kind: string,
  ids: readonly string[],
): Promise<readonly string[]> {
  const context = contextOf(engine, flow, []);
  const stored = await engine.store.entities.get(kind, ids);
  const views = await context.views.of(
    kind,
    stored.map(({ entity }) => entity),
  );
  const told: string[] = [];
  for (const id of ids) {
    const of = { kind, id };
    const objects = await traceObjects(of, context);
    const view = views.find((one) => one?.id === id) ?? null;
    if (isTold({ objects, ...judge(of, view, objects, context) })) told.push(id);
  }
  return told;
}

/** Of the kinds that an entity gives, those that refer to no other: a user, not its roles. */
function itselfIn({ kinds }: Target, entityKind: string): readonly string[] {
  const own = kinds.filter(({ mappings }) => mappings.some(({ from }) => from.kind === entityKind));
  const names = own.map(({ kind }) => kind);
  const isOfAnother = ({ kind, references }: TargetKind) =>
    references.some((to) => to.kind !== kind && names.includes(to.kind));
  return own.filter((one) => !isOfAnother(one)).map(({ kind }) => kind);
}

/** No more than that: also where a flow includes protected persons. */
function protectedIn({ to, protectedPersons }: Flow): Judgement {
  const name = protectedPersons === 'include' ? 'toldUnshown' : 'nothingTold';
  return judgement('protected', [saying(name, { module: to })]);
}

/** What belongs to a school unit of another than the flow is about; null if it does not. */
async function ofOtherSchools(
  engine: Engine,
  flow: Flow,
  { kind }: EntityRef,
  entity: Entity,
): Promise<Judgement | null> {
  const [view = null] = await liveViewsOf(engine, { ...flow, schools: 'all' }).of(kind, [entity]);
  if (view === null) return null;
  const { file, schools } = flow;
  return judgement('not selected', [saying('otherSchools', { file, kind, schools })]);
}

function judge(
  of: EntityRef,
  view: Entity | null,
  objects: readonly ObjectTrace[],
  context: TraceContext,
): Judgement {
  const { reason, silent } = whyNot(of.kind, view, context);
  if (reason !== null) return judgement('not selected', [reason]);
  const own = objects.filter(({ origin }) => origin === of);
  const isSent = own.some(({ state }) => state !== 'superseded' && state !== 'to go');
  const given = new Set(objects.map(({ mapping }) => mapping));
  const because = silent.filter(({ file }) => !given.has(file)).map(({ said }) => said);
  return judgement(isSent ? 'sent' : 'nothing wanted', because);
}

function judgement(verdict: TargetTrace['verdict'], becauseSaid: readonly Saying[]): Judgement {
  return { verdict, because: becauseSaid.map(inEnglish), becauseSaid };
}

/** The objects that the entity gives, and those of entities that refer to it and speak of it. */
async function traceObjects(of: EntityRef, context: TraceContext): Promise<readonly ObjectTrace[]> {
  const objects: ObjectTrace[] = [];
  const referrers = (await context.store.entities.referrers([of])).flat();
  for (const origin of [of, ...referrers]) {
    for (const kind of context.target.kinds) {
      for (const mapping of kind.mappings) {
        if (mapping.from.kind !== origin.kind) continue;
        objects.push(...(await traceMapping(kind, mapping, origin, of, context)));
      }
    }
  }
  return objects;
}

async function traceMapping(
  kind: TargetKind,
  mapping: OutboundMapping,
  origin: EntityRef,
  of: EntityRef,
  context: TraceContext,
): Promise<readonly ObjectTrace[]> {
  const isOwn = origin === of;
  const { entries, parked } = await entriesOf(kind, mapping, origin, context);
  const objects: ObjectTrace[] = [];
  for (const entry of entries) {
    const isHeld = isOwn || (entry.row !== null && speaksOf(entry.key, entry.row.object, of.id));
    if (!isHeld && !speaksOf(entry.key, entry.object, of.id)) continue;
    const object = await traceObject(kind, mapping, entry, context);
    // What the target holds of another entity is this one's where it speaks of it.
    objects.push(isHeld ? object : { ...object, confirmed: null });
  }
  if (!isOwn) return objects;
  const known = new Set(objects.map(({ key }) => key));
  objects.push(...parked.map((one) => parkedObject(kind, mapping, origin, one)));
  return [...objects, ...(await voidObjects(kind, mapping, origin, known, context))];
}

function speaksOf(key: string, object: JsonObject | null, id: string): boolean {
  return key.includes(id) || JSON.stringify(object).includes(id);
}

/** Open messages about objects that are not wanted any more: the next run takes them away. */
async function voidObjects(
  kind: TargetKind,
  mapping: OutboundMapping,
  origin: EntityRef,
  known: ReadonlySet<string>,
  context: TraceContext,
): Promise<readonly ObjectTrace[]> {
  const selects = new Map([[origin.kind, EVERYTHING]]);
  const target = { ...context.target, flow: { ...context.target.flow, selects } };
  const { entries } = await entriesOf(kind, mapping, origin, { ...context, target });
  const gone = entries.filter(({ key }) => !known.has(key));
  const ids = new Map(gone.map((one) => [deliveryId(target.name, kind.kind, one.key), one]));
  return (await context.store.messages.get([...ids.keys()])).flatMap((message) => {
    const { key, attempts, run, problem } = message;
    const about = { objectKind: kind.kind, key, mapping: mapping.file, origin };
    const nothing = { at: null, waitsFor: null, hold: null, confirmed: null } as const;
    return [{ ...about, state: 'superseded', run, attempts, problem, ...nothing } as const];
  });
}

/** What keeps the whole target waiting. */
async function obstaclesOf({ store, target }: TraceContext): Promise<readonly Problem[]> {
  const holds = await store.runs.holds({ subject: `target ${target.name}`, state: 'open' });
  const held = holds.flatMap(({ reasons }) => reasons);
  const [last] = await store.runs.list({ subject: target.flow.name, type: 'flow', limit: 1 });
  const isOver = last === undefined || last.problem === null || held.length > 0;
  return isOver || last.outcome === 'done' ? held : [last.problem];
}

/** Whether a target still holds something of a protected person, and nothing that shows the way. */
function concealed(objects: readonly ObjectTrace[], flow: Flow): readonly ObjectTrace[] {
  if (flow.protectedPersons === 'include') return [];
  return objects.flatMap((object) => {
    if (object.confirmed === null) return [];
    const problem = object.problem === null ? null : { ...object.problem, place: null };
    const confirmed = { ...object.confirmed, remoteId: null, answer: null };
    return [{ ...object, key: '', problem, waitsFor: null, hold: null, confirmed }];
  });
}
