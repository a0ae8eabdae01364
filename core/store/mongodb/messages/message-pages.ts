import type { Collection, Document, Filter } from 'mongodb';
import { type Message, TROUBLED } from '../../../message/message.ts';
import type {
  GroupName,
  GroupPart,
  MessagePage,
  OfOrigins,
  OfPart,
  PageKey,
  PageWish,
  UnitFilter,
} from '../../message-store.ts';
import type { Named } from '../database.ts';

export interface MessageDocument extends Named, Omit<Message, 'id'> {
  /** In the order in which messages came. */
  number: number;
  /** The problem's, for lists. */
  code: string | null;
}

export function messageOf({
  _id,
  number: _number,
  code: _code,
  ...message
}: MessageDocument): Message {
  return { id: _id, ...message };
}

/** The index that has all by which the messages of a group are sorted and filtered. */
export const PART = {
  ...{ target: 1, type: 1, state: 1, code: 1, objectKind: 1 },
  ...{ 'problem.place.file': 1, 'problem.place.field': 1, run: 1, 'problem.place.line': 1 },
  ...{ unit: 1, updatedAt: 1, number: 1 },
} as const;

const orNone = (path: string, none: string | number) => ({ $ifNull: [`$${path}`, none] });
const FILE = orNone('problem.place.file', '');
const FIELD = orNone('problem.place.field', '');

/** What a page is ordered by; the last of them is its alone. */
const KEYS = {
  number: ['$number'],
  updated: ['$updatedAt', '$number'],
  place: [FILE, FIELD, orNone('problem.place.line', 0), '$number'],
} as const;

/** Where a message is in the order of its page. */
interface KeyOfMessage {
  readonly number: number;
  readonly key: PageKey;
}

/** What comes after a key of a group, or of a part of it. */
export async function pageOf(
  messages: Collection<MessageDocument>,
  group: GroupName & OfPart & OfOrigins,
  wish: PageWish,
): Promise<MessagePage> {
  const keys = await keysOfPage(messages, group, wish);
  const numbers = keys.slice(0, wish.limit).map(({ number }) => number);
  const found = await messages.find({ number: { $in: numbers } }).toArray();
  const byNumber = new Map(found.map((one) => [one.number, one]));
  const shown = numbers.map((number) => byNumber.get(number)).filter((one) => one !== undefined);
  const last = keys.length > wish.limit ? keys[wish.limit - 1] : undefined;
  return { messages: shown.map(messageOf), next: last === undefined ? null : last.key };
}

/** Of one more message than the page has, so that one knows whether another page follows. */
function keysOfPage(
  messages: Collection<MessageDocument>,
  group: GroupName & OfPart & OfOrigins,
  { by, isDown = false, after, limit }: PageWish,
): Promise<KeyOfMessage[]> {
  const key: Record<string, unknown> = Object.fromEntries(
    KEYS[by].map((part, at) => [`k${at}`, part]),
  );
  const names = Object.keys(key);
  const order = Object.fromEntries(names.map((name) => [name, isDown ? -1 : 1] as const));
  const cursor = messages.aggregate<KeyOfMessage>([
    { $match: partCondition(group) },
    { $project: { _id: 0, number: 1, ...key } },
    ...(after === null ? [] : [{ $match: keyCondition(names, isDown, after) }]),
    { $sort: order },
    { $limit: limit + 1 },
    { $project: { number: 1, key: names.map((name) => `$${name}`) } },
  ]);
  return cursor.toArray();
}

/** The first key is beyond, or it is the same and the second is, and so on. */
function keyCondition(names: readonly string[], isDown: boolean, after: PageKey): Document {
  const beyond = isDown ? '$lt' : '$gt';
  const ways = names.map((name, at) => {
    const same = names.slice(0, at).map((one, place) => [one, after[place]]);
    return { ...Object.fromEntries(same), [name]: { [beyond]: after[at] } };
  });
  return { $or: ways };
}

/** Of which school units a group is, or a part of it. */
export async function unitsOf(
  messages: Collection<MessageDocument>,
  group: GroupName & OfPart,
): Promise<readonly string[]> {
  const found = messages.aggregate<{ _id: string }>([
    { $match: partCondition(group) },
    { $group: { _id: orNone('unit', '') } },
  ]);
  return (await found.toArray()).map(({ _id }) => _id);
}

/** Of which runs and places a group is. */
export async function partsOf(
  messages: Collection<MessageDocument>,
  group: GroupName,
): Promise<readonly GroupPart[]> {
  const about = { run: '$run', file: FILE, field: FIELD };
  const found = messages.aggregate<{ _id: Omit<GroupPart, 'count'>; count: number }>([
    { $match: partCondition(group) },
    { $group: { _id: about, count: { $sum: 1 } } },
    { $sort: { _id: 1 } },
  ]);
  return (await found.toArray()).map(({ _id, count }) => ({ ..._id, count }));
}

/** Messages with a problem, as far as they are meant. */
export function partCondition(of: UnitFilter): Filter<MessageDocument> {
  const { origins, unit, place, target, type, state, code, objectKind, run } = of;
  const named = { target, type, state, code, objectKind, run };
  const equal = Object.entries(named).filter(([, value]) => value !== undefined);
  // A field that there is not is found by null.
  const ofPlace = {
    'problem.place.file': place?.file || null,
    'problem.place.field': place?.field || null,
  };
  return {
    $and: [
      { state: { $in: TROUBLED } },
      Object.fromEntries(equal),
      ...(unit === undefined ? [] : [{ unit: unit === '' ? { $exists: false } : unit }]),
      ...(place === undefined ? [] : [ofPlace]),
      ...(origins === undefined ? [] : [{ 'origin.id': { $in: [...origins] } }]),
    ],
  };
}
