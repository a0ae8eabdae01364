import { deliveryId } from '../dispatch/delivery-id.ts';
import type { Flow } from '../flow/compiled.ts';
import type { OutboundMapping } from '../mapping/compiled.ts';
import type { Entity, EntityRef, Message, Trouble } from '../message/message.ts';
import { compare, type Entry, isChange } from '../plan/compare.ts';
import { PointViews } from '../plan/point-views.ts';
import { projectBatch } from '../plan/project.ts';
import { valuesAt } from '../plan/reference-walk.ts';
import type { Target, TargetKind } from '../plan/target.ts';
import type { Part } from '../store/store.ts';
import { type Engine, targetOfFlow, todayOf, viewNeedsOf } from './engine.ts';

/** Where an entity comes from, and what became of it in every target: "why is Anna not there?" */
export interface Trace {
  readonly entity: EntityRef;
  /** What each source says, by file and line. */
  readonly sources: readonly Pick<Part, 'source' | 'stream' | 'externalId' | 'file' | 'line'>[];
  readonly targets: readonly TargetTrace[];
}

export interface TargetTrace {
  readonly flow: string;
  readonly target: string;
  readonly verdict: 'sent' | 'protected' | 'not selected' | 'nothing wanted';
  /** Where that was decided: the flow's condition, or the mappings that give nothing. */
  readonly because: readonly string[];
  readonly objects: readonly ObjectTrace[];
}

export interface ObjectTrace {
  readonly objectKind: string;
  readonly key: string;
  /** The mapping that makes it. */
  readonly mapping: string;
  /**
   * `open`: goes with the next delivery; `waits`: for what it refers to; `leaving`: shut, and deleted
   * after its grace; else see the message.
   */
  readonly state:
    | 'delivered'
    | 'open'
    | 'waits'
    | 'leaving'
    | 'to go'
    | 'parked'
    | Message['state'];
  /** Epoch milliseconds: of the target's confirmation, or of the next attempt. */
  readonly at: number | null;
  readonly run: string | null;
  readonly trouble: Trouble | null;
  /** An object that this one refers to and that the target does not hold. */
  readonly waitsFor: string | null;
}

/** Follows one entity from its sources to every target. Reads only. */
export async function traceEntity(engine: Engine, entity: EntityRef): Promise<Trace> {
  const { store, workspace } = engine;
  const parts = await store.entities.parts(entity);
  const targets: TargetTrace[] = [];
  for (const flow of workspace.flows) targets.push(await traceTarget(engine, flow, entity));
  const sources = parts.map(({ source, stream, externalId, file, line }) => {
    return { source, stream, externalId, file, line };
  });
  return { entity, sources, targets };
}

async function traceTarget(engine: Engine, flow: Flow, of: EntityRef): Promise<TargetTrace> {
  const { store, workspace } = engine;
  const target = targetOfFlow(engine, flow);
  const views = new PointViews(store.entities, workspace.canonical, viewNeedsOf(engine, flow));
  const about = { flow: flow.name, target: target.name };
  const [stored] = await store.entities.get(of.kind, [of.id]);
  const [view] = stored === undefined ? [] : await views.of(of.kind, [stored.entity]);
  const objects: ObjectTrace[] = [];
  const silent: string[] = [];
  for (const origin of [of, ...(await store.entities.referrers(of))]) {
    for (const kind of target.kinds) {
      for (const mapping of kind.mappings) {
        if (mapping.from.kind !== origin.kind) continue;
        const found = await traceMapping(engine, target, kind, mapping, origin, views, of);
        if (found.length === 0 && origin === of) silent.push(mapping.file);
        objects.push(...found);
      }
    }
  }
  if (view === null) {
    const because = ['the person is protected: no road leads there'];
    return { ...about, verdict: 'protected', because, objects };
  }
  const selection = flow.selects.get(of.kind);
  const isSelected = view !== undefined && selection?.where(view, todayOf(engine)) === true;
  if (!isSelected) {
    return { ...about, verdict: 'not selected', because: [whyNotSelected(flow, of.kind)], objects };
  }
  const because = silent.map((file) => `${file} gives nothing for this ${of.kind}`);
  return { ...about, verdict: objects.length > 0 ? 'sent' : 'nothing wanted', because, objects };
}

function whyNotSelected(flow: Flow, kind: string): string {
  const selection = flow.selects.get(kind);
  if (selection === undefined) return `${flow.file} does not name ${kind}`;
  const { written } = selection;
  return written === null
    ? `${flow.file} selects every ${kind}, but no source speaks of this one any more`
    : `${flow.file}:${written.line} where: ${written.text}`;
}

/** The objects that one entity gives through one mapping and that are about the traced one. */
async function traceMapping(
  engine: Engine,
  target: Target,
  kind: TargetKind,
  mapping: OutboundMapping,
  origin: EntityRef,
  views: PointViews,
  about: EntityRef,
): Promise<readonly ObjectTrace[]> {
  const { store } = engine;
  const [stored = null] = await store.entities.get(origin.kind, [origin.id]);
  const rows = await store.ledger.byOrigins(target.name, kind.kind, [origin]);
  const groups = [{ id: origin.id, stored, rows }];
  const [projected] = await projectBatch(target, mapping, groups, {
    views,
    today: todayOf(engine),
  });
  if (projected === undefined) return [];
  const entries = compare(kind, origin, projected, rows, todayOf(engine));
  const told = entries.filter((entry) => origin === about || speaksOf(entry, about.id));
  const found: ObjectTrace[] = [];
  for (const entry of told) found.push(await traceObject(engine, target, kind, mapping, entry));
  for (const { key, trouble } of origin === about ? projected.parked : []) {
    const common = { objectKind: kind.kind, mapping: mapping.file, at: null, run: null };
    found.push({ ...common, key: key ?? '', state: 'parked', trouble, waitsFor: null });
  }
  return found;
}

function speaksOf({ key, object, row }: Entry, id: string): boolean {
  return [key, JSON.stringify(object), JSON.stringify(row?.object ?? null)].some((text) =>
    text.includes(id),
  );
}

async function traceObject(
  { store }: Engine,
  target: Target,
  kind: TargetKind,
  mapping: OutboundMapping,
  entry: Entry,
): Promise<ObjectTrace> {
  const { key, row, action } = entry;
  const common = { objectKind: kind.kind, key, mapping: mapping.file };
  const open = await openMessage(store, target.name, kind.kind, key);
  const waitsFor = await missingReference(store, target, kind, entry);
  if (open !== null) {
    const at = open.notBefore === 0 ? null : open.notBefore;
    const { state, trouble, run } = open;
    return { ...common, state, at, run, trouble, waitsFor };
  }
  const run = row?.run ?? null;
  if (!isChange(entry)) {
    const state = action === 'leaving' ? 'leaving' : 'delivered';
    const at = row?.confirmedAt ?? null;
    return { ...common, state, at, run, trouble: null, waitsFor: null };
  }
  const isGoing = action === 'delete' || action === 'deactivate';
  const state = isGoing ? 'to go' : waitsFor === null ? 'open' : 'waits';
  return { ...common, state, at: null, run, trouble: null, waitsFor };
}

async function openMessage(
  store: Engine['store'],
  target: string,
  objectKind: string,
  key: string,
): Promise<Message | null> {
  const [message] = await store.messages.get([deliveryId(target, objectKind, key)]);
  return message ?? null;
}

/** The first object that this one needs and that the target has not confirmed. */
async function missingReference(
  store: Engine['store'],
  target: Target,
  kind: TargetKind,
  { object }: Entry,
): Promise<string | null> {
  if (object === null) return null;
  for (const { path, kind: to } of kind.references) {
    const keys = [...valuesAt(object, path)].map(String);
    const held = await store.ledger.byKeys(target.name, to, keys);
    const missing = keys.find((key) => !held.some((row) => row.ref.key === key));
    if (missing !== undefined) return `${to} ${missing}`;
  }
  return null;
}

/** A person as a list for choosing shows one: enough to tell apart, nothing of protected ones. */
export interface PersonHint {
  readonly id: string;
  readonly name: string;
  readonly birthYear: string | null;
}

export function hintOf(person: Entity, isProtected: boolean): PersonHint {
  const { id, givenName, familyName, birthDate } = person;
  if (isProtected) return { id, name: '(protected)', birthYear: null };
  const birthYear = typeof birthDate === 'string' ? birthDate.slice(0, 4) : null;
  return { id, name: `${givenName} ${familyName}`, birthYear };
}
