import { deliveryId } from '../../dispatch/delivery-id.ts';
import type { Target, TargetKind } from '../../flow/target.ts';
import type { OutboundMapping } from '../../mapping/compiled.ts';
import { daysAfter } from '../../message/dates.ts';
import type { EntityRef, JsonObject, Problem } from '../../message/message.ts';
import { valueAt } from '../../message/reference-walk.ts';
import { flowsNamed } from '../../night/sync.ts';
import { type Given, NOTHING_GIVEN, readGiven } from '../../plan/override/given.ts';
import { type OverrideField, overrideFields } from '../../plan/override/locks.ts';
import { projectNow } from '../../plan/project.ts';
import { type Engine, flowOfTarget, sightOf, targetOfFlow, todayOf } from '../../run/engine.ts';
import { readConcealment } from '../../view/preloaded.ts';
import { audit } from '../audit.ts';
import type { EditableField, EditableObject, ObjectName } from '../control-bus.ts';
import { choicesOf, columnsOf, formOf, isRequired, sayValue } from './override-fields.ts';

/** An object that a person may change, with all that stands behind it. */
export interface FoundObject {
  readonly target: Target;
  readonly kind: TargetKind;
  readonly mapping: OutboundMapping;
  readonly origin: EntityRef;
  readonly key: string;
  readonly fields: readonly OverrideField[];
  /** As its mapping makes it, and as it is with what counts today. */
  readonly mapped: Made;
  readonly present: Made;
  /** What counts today in its target. */
  readonly given: Given;
}

/** An object, or why it cannot be made. */
export interface Made {
  readonly object: JsonObject | null;
  readonly problem: Problem | null;
}

/**
 * An object as a person may change it; null where no object of that key is wanted, and just so
 * where nobody may know of whom it tells. Audited.
 */
export async function editable(
  engine: Engine,
  name: ObjectName,
  who: string,
): Promise<EditableObject | null> {
  const found = await findObject(engine, name);
  const { kind: entityKind = '', id = '' } = found?.origin ?? {};
  const subject = `${name.target} ${name.objectKind} ${entityKind} ${id}`.trim();
  await audit(engine, who, 'show object', subject);
  if (found === null) return null;
  const { target, kind, origin, key, present } = found;
  const { approvals, longestDays } = target.flow.overrides;
  const all = await engine.store.overrides.list({ target: target.name });
  return {
    ...{ target: target.name, objectKind: kind.kind, key, origin, needs: approvals },
    fields: found.fields.map((one) => fieldOf(one, found)),
    latest: daysAfter(todayOf(engine), longestDays),
    problem: present.problem,
    overrides: all.filter((one) => one.objectKind === kind.kind && one.key === key),
  };
}

function fieldOf(
  { field, path, schema, lock, isSensitive }: OverrideField,
  { kind, key, mapped, present }: FoundObject,
): EditableField {
  const made = valueAt(mapped.object ?? undefined, path);
  return {
    ...{ field, isSensitive, form: formOf(schema), choices: choicesOf(schema) },
    columns: columnsOf(schema),
    // What happens to be the key tells the object from others, whatever rule has made it.
    lock: lock ?? (made === key ? 'key' : null),
    isRequired: isRequired(kind.schema, path),
    mapped: sayValue(made),
    present: sayValue(valueAt(present.object ?? undefined, path)),
  };
}

export async function findObject(engine: Engine, name: ObjectName): Promise<FoundObject | null> {
  const { workspace, store } = engine;
  const { canonical } = workspace;
  const [named] = flowsNamed(engine, name.target);
  const flow = named ?? flowOfTarget(engine, name.target);
  if (flow === undefined) return null;
  const target = targetOfFlow(engine, flow);
  const kind = target.kinds.find((one) => one.kind === name.objectKind);
  const origin = kind === undefined ? null : await originOf(engine, target, kind, name.key);
  const mapping = kind?.mappings.find(({ from }) => from.kind === origin?.kind);
  if (kind === undefined || origin === null || mapping === undefined) return null;
  const { hidden } = await readConcealment(store.entities, canonical);
  if (hidden.get(origin.kind)?.has(origin.id) === true) return null;
  const given = await readGiven(target, todayOf(engine), { store, canonical });
  const about = { target, kind, mapping, origin, key: name.key, given };
  const mapped = await makeObject(engine, about, NOTHING_GIVEN);
  const present = await makeObject(engine, about, given);
  if (mapped === null || present === null) return null;
  return { ...about, mapped, present, fields: overrideFields(target, kind, mapping, canonical) };
}

/** The object as it would be with what is given; null where nothing of its key is wanted. */
export async function makeObject(
  engine: Engine,
  { target, mapping, origin, key }: Pick<FoundObject, 'target' | 'mapping' | 'origin' | 'key'>,
  given: Given,
): Promise<Made | null> {
  const sight = sightOf(engine, target.flow);
  const [projected] = await projectNow(target, mapping, [origin.id], { ...sight, given });
  const object = projected?.wanted.find((one) => one.key === key)?.object;
  if (object !== undefined) return { object, problem: null };
  const parked = projected?.parked.find((one) => one.key === key);
  return parked === undefined ? null : { object: null, problem: parked.problem };
}

/** By what the target holds, by what is on its way there, or by what cannot be made. */
async function originOf(
  { store }: Engine,
  { name }: Target,
  { kind }: TargetKind,
  key: string,
): Promise<EntityRef | null> {
  const [message] = await store.messages.get([deliveryId(name, kind, key)]);
  if (message !== undefined) return message.origin;
  const [row] = await store.ledger.byKeys(name, kind, [key]);
  if (row !== undefined) return row.ref.origin;
  for await (const batch of store.messages.scan({ target: name, type: ['parked'] })) {
    const parked = batch.find((one) => one.objectKind === kind && one.key === key);
    if (parked !== undefined) return parked.origin;
  }
  return null;
}
