import { randomUUID } from 'node:crypto';
import { RefusedFailure } from '../../failure/failure.ts';
import { inEnglish, saying } from '../../failure/saying.ts';
import { daysAfter, isDate } from '../../message/dates.ts';
import type { Json, Saying } from '../../message/message.ts';
import { valueAt, withoutValue, withValue } from '../../message/reference-walk.ts';
import {
  ended,
  type Given,
  givenBy,
  isInForce,
  type OverrideFault,
  overrideFaults,
} from '../../plan/override/given.ts';
import type { OverrideField } from '../../plan/override/locks.ts';
import { type Engine, todayOf } from '../../run/engine.ts';
import type { Override } from '../../store/override-store.ts';
import type { AuditEntry } from '../../store/run-store.ts';
import { audit } from '../audit.ts';
import type { OverrideRequest, OverrideTrial } from '../control-bus.ts';
import { type FoundObject, findObject, makeObject } from './editable.ts';
import { sayValue, typedValue } from './override-fields.ts';

const MOST_SIGNS = 10_000;
/** So many are no exceptions any more: their mapping is wrong. */
const MOST_OPEN = 1000;

/** A field, and what is to be in it. */
interface Said {
  readonly field: OverrideField;
  readonly value: Json;
}

type Listed = Omit<Override, 'value'>;

/** All of them, newest first, without their values. */
export async function overrides({ store }: Engine): Promise<readonly Listed[]> {
  const all = await store.overrides.list({});
  return all.map(({ value: _value, ...rest }) => rest);
}

/** One of them, open or not; null if there is none. */
export async function override(engine: Engine, id: string): Promise<Listed | null> {
  return (await overrides(engine)).find((one) => one.id === id) ?? null;
}

/** What a request would change; null where no object of that key is wanted. Nothing is kept. */
export async function tryOverride(
  engine: Engine,
  request: OverrideRequest,
): Promise<OverrideTrial | null> {
  const found = await findObject(engine, request);
  if (found === null) return null;
  return (await judge(engine, found, request)).trial;
}

/**
 * Keeps what a person sets in the place of mappings, one override a field; audited without values.
 * Throws OVERRIDE_REFUSED with the first reason.
 */
export async function setOverride(
  engine: Engine,
  request: OverrideRequest,
): Promise<readonly Override[]> {
  const { store, now } = engine;
  const found = await findObject(engine, request);
  if (found === null) throw refused(saying('noSuchObject', { kind: request.objectKind }));
  const { said, trial } = await judge(engine, found, request);
  const [fault] = trial.faults;
  if (fault !== undefined) {
    const { field, text, said: what = text } = fault;
    throw refused(field === '' ? what : saying('atField', { field, what }));
  }
  const open = await store.overrides.list({ isOpen: true });
  if (open.length + said.length > MOST_OPEN) {
    throw refused(saying('manyOpen', { open: open.length, most: MOST_OPEN }));
  }
  const { target, kind, origin, key } = found;
  const { until, reason, who } = request;
  const set: Override[] = [];
  for (const { field, value } of said) {
    const one: Override = {
      ...{ id: randomUUID(), target: target.name, objectKind: kind.kind, key, origin },
      ...{ field: field.field, value, reason: reason.trim(), who, from: now(), until },
      ...{ needs: target.flow.overrides.approvals, approvals: [who], end: null, version: 0 },
    };
    await auditOf(engine, one, { action: 'override set', who, reason: one.reason });
    await store.overrides.add(one);
    await endOthers(engine, one, who);
    set.push(one);
  }
  return set;
}

/** Another person wants it too; null where there is no such open override. Audited. */
export async function approveOverride(
  engine: Engine,
  id: string,
  who: string,
): Promise<Override | null> {
  const entry = { action: 'override approved', who, reason: '' };
  const approved = await change(engine, id, entry, (one) => {
    if (one.approvals.length >= one.needs) throw refused(saying('countsAlready', {}));
    if (one.approvals.includes(who)) {
      throw refused(saying('wantedAlready', { who }));
    }
    return { ...one, approvals: [...one.approvals, who] };
  });
  if (approved !== null) await endOthers(engine, approved, who);
  return approved;
}

/** Ends it: the next plan brings back what the mapping makes. Null if none is open. Audited. */
export function endOverride(
  engine: Engine,
  id: string,
  who: string,
  reason: string,
): Promise<Override | null> {
  const end = { how: 'ended', at: engine.now(), who } as const;
  return change(engine, id, { action: 'override ended', who, reason }, (one) => ended(one, end));
}

/** What the words of a request come to, and what is wrong with them. */
async function judge(
  engine: Engine,
  found: FoundObject,
  request: OverrideRequest,
): Promise<{ readonly said: readonly Said[]; readonly trial: OverrideTrial }> {
  const { kind, present, fields, mapped } = found;
  const changed = [...request.values].filter(([name, text]) => {
    const field = fields.find((one) => one.field === name);
    const before = field && valueAt(present.object ?? undefined, field.path);
    return field === undefined || text.trim() !== (sayValue(before) ?? '');
  });
  const said = changed.flatMap(([name, text]): readonly Said[] => {
    const field = fields.find((one) => one.field === name);
    return field === undefined ? [] : [{ field, value: typedValue(text, field.schema) }];
  });
  const object = said.reduce(
    (whole, { field: { path }, value }) =>
      value === null ? withoutValue(whole, path) : withValue(whole, path, value),
    present.object ?? {},
  );
  const touched = said.map(({ field }) => field);
  const faults = [
    ...formFaults(engine, found, request),
    ...(changed.length > 0 ? [] : [faultOf('', saying('nothingChanged', {}))]),
    ...changed.flatMap(([name, text]) => fieldFaults(name, text, found, request)),
    ...overrideFaults(kind.schema, object, touched),
  ];
  const changes = said.map(({ field, value }) => {
    const before = sayValue(valueAt(present.object ?? mapped.object ?? undefined, field.path));
    return { field: field.field, before, after: sayValue(value) };
  });
  const made =
    faults.length > 0 ? null : await makeObject(engine, found, withSaid(engine, found, said));
  return { said, trial: { faults, changes, problem: made?.problem ?? null } };
}

/** What would count in the target if this were kept. */
function withSaid({ workspace, now }: Engine, found: FoundObject, said: readonly Said[]): Given {
  const { target, kind, origin, key, given } = found;
  const name = { target: target.name, objectKind: kind.kind, key, origin };
  const about = { id: '', reason: '', who: '', from: now(), until: '', needs: 0, approvals: [] };
  const more = said.map(({ field, value }) => {
    return { ...name, ...about, field: field.field, value, end: null, version: 0 };
  });
  const own = givenBy(target, more, workspace.canonical);
  const merged = new Map(given);
  for (const [origins, keys] of own) {
    const before = given.get(origins)?.get(key) ?? new Map();
    merged.set(
      origins,
      new Map([...keys].map(([at, fields]) => [at, new Map([...before, ...fields])])),
    );
  }
  return merged;
}

/** What is wrong with the request as a whole. */
function formFaults(
  engine: Engine,
  { target }: FoundObject,
  { until, reason }: OverrideRequest,
): readonly OverrideFault[] {
  const today = todayOf(engine);
  const { longestDays } = target.flow.overrides;
  const latest = daysAfter(today, longestDays);
  const faults: OverrideFault[] = [];
  if (!isDate(until) || until < today || until > latest) {
    faults.push(faultOf('until', saying('dayBetween', { from: today, until: latest })));
  }
  if (reason.trim() === '') faults.push(faultOf('reason', saying('isMissing', {})));
  return faults;
}

/** Whether this person may set this field, whatever is to be in it. */
function fieldFaults(
  name: string,
  text: string,
  { fields, key, mapped }: FoundObject,
  { mayContents }: OverrideRequest,
): readonly OverrideFault[] {
  const field = fields.find((one) => one.field === name);
  const fault = (said: Saying) => [faultOf(name, said)];
  if (field === undefined) return fault(saying('notFilled', {}));
  const isKey = valueAt(mapped.object ?? undefined, field.path) === key;
  const lock = field.lock ?? (isKey ? 'key' : null);
  if (lock !== null) return fault(saying('isLocked', { lock }));
  if (field.isSensitive && !mayContents) return fault(saying('needsContents', {}));
  return text.length > MOST_SIGNS ? fault(saying('mostSigns', { most: MOST_SIGNS })) : [];
}

function faultOf(field: string, said: Saying): OverrideFault {
  return { field, text: inEnglish(said), said };
}

/** Of one field one counts, and at most one waits for another person. */
async function endOthers(engine: Engine, one: Override, who: string): Promise<void> {
  const { store, now } = engine;
  const counts = isInForce(one, todayOf(engine));
  const open = await store.overrides.list({ target: one.target, isOpen: true });
  for (const other of open) {
    const isSame =
      other.objectKind === one.objectKind && other.key === one.key && other.field === one.field;
    if (!isSame || other.id === one.id) continue;
    if (!counts && other.approvals.length >= other.needs) continue;
    await store.overrides.replace(ended(other, { how: 'replaced', at: now(), who }));
  }
}

type Entry = Pick<AuditEntry, 'action' | 'who' | 'reason'>;

/** Another's word may come between: this one is said of what it has left then. */
async function change(
  engine: Engine,
  id: string,
  entry: Entry,
  next: (override: Override) => Override,
): Promise<Override | null> {
  const { overrides } = engine.store;
  for (let isFirst = true; ; isFirst = false) {
    const found = (await overrides.list({ isOpen: true })).find((one) => one.id === id);
    if (found === undefined) return null;
    const changed = next(found);
    if (isFirst) await auditOf(engine, found, entry);
    if (await overrides.replace(changed)) return changed;
  }
}

function refused(text: string | Saying): RefusedFailure {
  return new RefusedFailure('OVERRIDE_REFUSED', text);
}

/** Neither value nor key: a key may be the name of an account. */
async function auditOf(
  engine: Engine,
  { id, target, objectKind, origin, field, until }: Override,
  { who, action, reason }: Entry,
): Promise<void> {
  const subject = [target, objectKind, origin.kind, origin.id, field, `until ${until}`, id];
  await audit(engine, who, action, subject.join(' '), reason);
}
