import { unitNames } from '../../guard/unit-names.ts';
import type { Message } from '../../message/message.ts';
import { type Engine, flowOfTarget, liveViewsOf } from '../../run/engine.ts';
import type { GroupName } from '../../store/message-store.ts';
import type { Views } from '../../view/views.ts';

/** Of more messages of a group nothing is said: each is looked up with whom it is about. */
const MOST = 200;

/**
 * What it means that something has failed. `missing`: the target does not have it; `outdated`: it
 * has what was right before; `remains`: it has what should be gone; `kept`: it cannot be made, or
 * a record not taken in, and what was there stays.
 */
export type Consequence = 'missing' | 'outdated' | 'remains' | 'kept';

export interface UnitImpact {
  /** Of an organisation; '' where it is not known, or must not be. */
  readonly unit: string;
  readonly name: string;
  readonly consequence: Consequence;
  readonly count: number;
}

export interface GroupImpact {
  /** By school unit and consequence, the most first. */
  readonly units: readonly UnitImpact[];
  /** So many messages were looked at, the oldest. */
  readonly looked: number;
}

/** Whom a group of failures concerns, school unit by school unit, and what it means there. */
export async function impactOf(engine: Engine, group: GroupName): Promise<GroupImpact> {
  const { messages } = await engine.store.messages.page(group, 0, MOST);
  const unitOf = await unitsOf(engine, group, messages);
  const counts = new Map<string, Omit<UnitImpact, 'name'>>();
  for (const message of messages) {
    const unit = unitOf(message);
    const consequence = consequenceOf(message);
    const name = `${unit} ${consequence}`;
    const count = (counts.get(name)?.count ?? 0) + 1;
    counts.set(name, { unit, consequence, count });
  }
  const ids = [...counts.values()].map(({ unit }) => unit);
  const names = await unitNames(engine.store, ids);
  const units = [...counts.values()].map((one) => ({ ...one, name: names.get(one.unit) ?? '' }));
  return { units: units.sort((a, b) => b.count - a.count), looked: messages.length };
}

function consequenceOf({ type, action }: Message): Consequence {
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

/** Through the views of the flow: of a protected person nobody learns the school. */
async function unitsOf(
  engine: Engine,
  { target }: GroupName,
  messages: readonly Message[],
): Promise<(message: Message) => string> {
  const { flows } = engine.workspace;
  const flow = flowOfTarget(engine, target) ?? flows.find(({ from }) => from.includes(target));
  if (flow === undefined) return () => '';
  const views = liveViewsOf(engine, flow);
  const units = new Map<string, string>();
  for (const kind of new Set(messages.map(({ origin }) => origin.kind))) {
    const own = messages.filter(({ origin }) => origin.kind === kind && origin.id !== '');
    const ids = [...new Set(own.map(({ origin }) => origin.id))];
    for (const [id, unit] of await unitsIn(engine, views, kind, ids))
      units.set(`${kind} ${id}`, unit);
  }
  return ({ origin }) => units.get(`${origin.kind} ${origin.id}`) ?? '';
}

async function unitsIn(
  { store }: Engine,
  views: Views,
  kind: string,
  ids: readonly string[],
): Promise<readonly (readonly [string, string])[]> {
  const stored = await store.entities.get(kind, ids);
  const seen = await views.of(
    kind,
    stored.map(({ entity }) => entity),
  );
  return seen.flatMap((view) =>
    view === null ? [] : [[view.id, views.unitOf(kind, view)] as const],
  );
}
