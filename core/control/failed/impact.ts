import { unitNames } from '../../guard/unit-names.ts';
import { isObject, objectsIn } from '../../message/digest.ts';
import type { Entity, Message } from '../../message/message.ts';
import { type Engine, todayOf } from '../../run/engine.ts';
import type { GroupName, OfPart, UnitGroup } from '../../store/message-store.ts';
import { liveViews } from '../../view/live.ts';
import { HiddenOrigins } from './groups.ts';

/** Of more messages of a group no classes are told: each person is looked up. */
const MOST = 200;

/**
 * What it means that something has failed. `missing`: the target does not have it; `outdated`: it
 * has what was right before; `remains`: it has what should be gone; `kept`: it cannot be made, or
 * a record not taken in, and what was there stays.
 */
export type Consequence = 'missing' | 'outdated' | 'remains' | 'kept';

/** Failures of one group in one school unit that mean the same there. */
export interface UnitImpact extends GroupName {
  /** Of an organisation; '' where it is not known, or must not be. */
  readonly unit: string;
  readonly name: string;
  /** What they tell of: `person`, `group`; '' for records. */
  readonly originKind: string;
  readonly consequence: Consequence;
  readonly count: number;
}

/** Persons of one class, or of the staff, whom failures concern. */
export interface ClassImpact {
  /** The organisation's name; '' where none may be told. */
  readonly unit: string;
  /** The class's name; '' for who is in none. */
  readonly name: string;
  readonly who: 'pupil' | 'staff' | 'other';
  readonly consequence: Consequence;
  readonly count: number;
}

export interface ClassImpacts {
  /** The most first. */
  readonly classes: readonly ClassImpact[];
  /** So many messages were looked at, the oldest. */
  readonly looked: number;
}

/** Whom failures concern. */
export interface ImpactLooks {
  /** By group and school unit, and what that means there; of all failures, or of those named. */
  impacts(of?: Partial<GroupName> & OfPart): Promise<readonly UnitImpact[]>;
  /** Which classes a group concerns, or a part of it; of its oldest messages. */
  classesOf(group: GroupName & OfPart): Promise<ClassImpacts>;
}

/** Whom failures concern, school unit by school unit, and what it means there; the most first. */
export async function impactsOf(
  engine: Engine,
  { unit: only, ...of }: Partial<GroupName> & OfPart = {},
): Promise<readonly UnitImpact[]> {
  const { messages } = engine.store;
  const hidden = await HiddenOrigins.read(engine);
  const told = new Map<string, Omit<UnitImpact, 'name'>>();
  const add = (group: UnitGroup, unit: string, more: number) => {
    const { target, type, state, code, objectKind, originKind, action, count } = group;
    const about = { target, type, state, code, objectKind, originKind, unit };
    const consequence = consequenceOf({ type, action });
    const key = JSON.stringify([...Object.values(about), consequence]);
    const before = told.get(key)?.count ?? 0;
    told.set(key, { ...about, consequence, count: before + more * count });
  };
  const named = only === undefined ? of : { ...of, unit: only };
  for (const group of await messages.unitSummary(named)) add(group, group.unit, 1);
  const origins = hidden.ids;
  const secret = origins.length === 0 ? [] : await messages.unitSummary({ ...of, origins });
  for (const group of secret.filter(({ unit }) => unit !== '')) {
    add(group, group.unit, -1);
    add(group, '', 1);
  }
  const found = [...told.values()].filter(
    ({ count, unit }) => count > 0 && (only === undefined || unit === only),
  );
  const names = await unitNames(
    engine.store,
    found.map(({ unit }) => unit),
  );
  return found
    .map((one) => ({ ...one, name: names.get(one.unit) ?? '' }))
    .sort((a, b) => b.count - a.count);
}

function consequenceOf({ type, action }: Pick<Message, 'type' | 'action'>): Consequence {
  if (type !== 'deliver') return 'kept';
  switch (action) {
    case 'create':
      return 'missing';
    case 'update':
      return 'outdated';
    case 'suspend':
    case 'delete':
      return 'remains';
    case null:
      return 'kept';
  }
}

/** The persons among them, class by class; of the oldest messages of a group. */
export async function classesOf(engine: Engine, group: GroupName & OfPart): Promise<ClassImpacts> {
  const wish = { by: 'number', after: null, limit: MOST } as const;
  const { messages } = await engine.store.messages.page(group, wish);
  const hidden = await HiddenOrigins.read(engine);
  const about = messages.filter((one) => one.origin.kind === 'person' && one.origin.id !== '');
  const shown = about.filter(
    (one) => group.unit === undefined || hidden.unitOf(one) === group.unit,
  );
  const views = await personViews(engine, shown);
  const names = await unitNames(
    engine.store,
    shown.map((one) => hidden.unitOf(one)),
  );
  const counts = new Map<string, ClassImpact>();
  for (const message of shown) {
    const view = views.get(message.origin.id);
    const unit = names.get(hidden.unitOf(message)) ?? '';
    const one = { unit, ...roleOf(view), consequence: consequenceOf(message) };
    const key = JSON.stringify(one);
    counts.set(key, { ...one, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  const classes = [...counts.values()].sort((a, b) => b.count - a.count);
  return { classes, looked: messages.length };
}

/** Persons as those see them who may see no protected one. */
async function personViews(
  engine: Engine,
  messages: readonly Message[],
): Promise<ReadonlyMap<string, Entity>> {
  const { store, workspace } = engine;
  const needs = new Map([['person', new Set(['groupMemberships', 'duties'])]]);
  const seen = { protectedPersons: 'exclude', schools: 'all', inverses: needs } as const;
  const views = liveViews(store.entities, workspace.canonical, seen, () => todayOf(engine));
  const ids = [...new Set(messages.map(({ origin }) => origin.id))];
  const stored = await store.entities.get('person', ids);
  const found = await views.of(
    'person',
    stored.map(({ entity }) => entity),
  );
  return new Map(found.flatMap((view) => (view === null ? [] : [[view.id, view] as const])));
}

function roleOf(view: Entity | undefined): Pick<ClassImpact, 'name' | 'who'> {
  if (view === undefined) return { name: '', who: 'other' };
  if (objectsIn(view['enrolments']).length > 0) return { name: classOf(view), who: 'pupil' };
  return { name: '', who: objectsIn(view['duties']).length > 0 ? 'staff' : 'other' };
}

/** Of a pupil; '' for who is in none, or in several. */
function classOf(view: Entity): string {
  const groups = objectsIn(view['groupMemberships']).map(({ group }) => group);
  const classes = groups.filter(isObject).filter(({ groupType }) => groupType === 'Klass');
  const [name, ...others] = classes.map(({ displayName }) => String(displayName));
  return name === undefined || others.length > 0 ? '' : name;
}
