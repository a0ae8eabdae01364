import { daysAfter } from '../../message/dates.ts';
import { type Engine, todayOf } from '../../run/engine.ts';
import type { GroupName, Seen } from '../../store/message-store.ts';
import { keptValue } from '../../store/store.ts';
import { audit } from '../audit.ts';

/** What people and days have left behind of failures of one code, kind and target. */
export interface GroupStory {
  /** How many were open at the end of the last run of each day; oldest first, the last is today. */
  readonly days: readonly { readonly day: string; readonly count: number }[];
  readonly remark: Remark | null;
  /** Null where nothing is left of the group. */
  readonly seen: Seen | null;
}

/** Who sees to a group, and what there is to say of it. */
export interface Remark {
  readonly owner: string;
  readonly note: string;
  readonly who: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Failures that are told of together, whether they have failed for good or are tried again. */
export type StoryName = Pick<GroupName, 'target' | 'code' | 'objectKind'>;

type Counts = Readonly<Record<string, number>>;

const DAYS = 14;
const KEPT = 'failures by day';
/** By group. */
const REMARKS = keptValue<Remark>('remark');

/** Counts what is open, for the trend: the last count of a day stays. */
export async function countToday(engine: Engine): Promise<void> {
  const { store } = engine;
  const today = todayOf(engine);
  const counts: Record<string, number> = {};
  for (const group of await store.messages.summary()) {
    const name = keyOf(group);
    counts[name] = (counts[name] ?? 0) + group.count;
  }
  const kept = await countsByDay(engine);
  const recent = Object.entries(kept).filter(([day]) => day > daysAfter(today, -DAYS));
  await store.putValue(KEPT, { ...Object.fromEntries(recent), [today]: counts });
}

/** The stories of groups, in their order. */
export async function storiesOf(
  engine: Engine,
  groups: readonly GroupName[],
): Promise<readonly GroupStory[]> {
  const kept = await countsByDay(engine);
  const today = todayOf(engine);
  const days = Array.from({ length: DAYS }, (_, at) => daysAfter(today, at + 1 - DAYS));
  return Promise.all(
    groups.map(async (group) => ({
      days: days.map((day) => ({ day, count: kept[day]?.[keyOf(group)] ?? 0 })),
      remark: await REMARKS.read(engine.store, keyOf(group)),
      seen: await engine.store.messages.seen(group),
    })),
  );
}

/** Says who sees to a group, and a note; audited. Two empty texts take both away. */
export async function putRemark(
  engine: Engine,
  group: StoryName,
  remark: Omit<Remark, 'at'>,
): Promise<void> {
  const { store, now } = engine;
  const { who, owner, note } = remark;
  const { target, code, objectKind } = group;
  const subject = `${target} ${code} ${objectKind}`;
  const reason = [owner, note].filter((text) => text !== '').join(': ');
  await audit(engine, who, 'failed remark', subject, reason);
  const isNone = owner === '' && note === '';
  await REMARKS.write(store, keyOf(group), isNone ? null : { ...remark, at: now() });
}

async function countsByDay({ store }: Engine): Promise<Readonly<Record<string, Counts>>> {
  // SAFETY: only `countToday` writes it.
  return ((await store.getValue(KEPT)) ?? {}) as Readonly<Record<string, Counts>>;
}

function keyOf({ target, code, objectKind }: StoryName): string {
  return JSON.stringify([target, code, objectKind]);
}
