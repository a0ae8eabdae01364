import type { Operation } from '../../connector/sink.ts';
import type { Target, TargetKind } from '../../flow/target.ts';
import { sameJson } from '../../message/digest.ts';
import {
  type EntityRef,
  entityName,
  type JsonObject,
  type Message,
} from '../../message/message.ts';
import { compare, type Entry } from '../../plan/compare.ts';
import { NOTHING, projectNow } from '../../plan/project.ts';
import { type LedgerRow, plainRow } from '../../store/ledger-store.ts';
import type { Store } from '../../store/store.ts';
import type { HandleContext } from './handling.ts';
import { findReferences, type Prerequisite, type References } from './references.ts';

/** What is to be done about a message, judged by what is wanted at this moment. */
export type Decision =
  | {
      readonly kind: 'operate';
      readonly message: Message;
      readonly entry: Entry;
      readonly operation: Operation;
      /** What is left out of it, and it waits for afterwards. */
      readonly without: Prerequisite | null;
    }
  /** The target has it already: only the ledger's row changes. */
  | { readonly kind: 'moved'; readonly message: Message; readonly row: LedgerRow }
  /** Nothing to do any more. */
  | { readonly kind: 'superseded'; readonly message: Message }
  /** The target may hold it, and it cannot be said now whether it should: that is asked later. */
  | { readonly kind: 'open'; readonly message: Message }
  /** A person must say first which object of the target it is. */
  | { readonly kind: 'ambiguous'; readonly message: Message }
  /** It refers to an object that the target does not hold yet. */
  | { readonly kind: 'blocked'; readonly message: Message; readonly waitsFor: Prerequisite };

export type Operate = Extract<Decision, { kind: 'operate' }>;

type DecideContext = Pick<
  HandleContext,
  'store' | 'canonical' | 'views' | 'today' | 'ambiguous' | 'withheld' | 'lenient'
>;

/** Decides messages of one object kind anew: a retry delivers what is right now. */
export async function decide(
  target: Target,
  kind: TargetKind,
  messages: readonly Message[],
  context: DecideContext,
): Promise<readonly Decision[]> {
  const { entryOf, isParked } = await presentEntries(target, kind, messages, context);
  const found = messages.map((message) => ({ message, entry: entryOf(message) }));
  const isOthers = await heldByOthers(target, kind, messages, context.store);
  // What an object referred to before counts too: it may have to be taken out there by its id.
  const objects = found.flatMap(({ entry }) => present([entry?.object, entry?.row?.object]));
  const references = await findReferences(target.name, kind, objects, context.store);
  return found.map(({ message, entry }): Decision => {
    if (entry === undefined) {
      if (!message.inDoubt || isOthers(message)) return { kind: 'superseded', message };
      return isParked(message) ? { kind: 'open', message } : takenBack(message, kind);
    }
    if (context.withheld.has(entry.unit)) {
      return { kind: message.inDoubt ? 'open' : 'superseded', message };
    }
    const isAmbiguous = context.ambiguous.get(kind.kind)?.has(entry.key) === true;
    if (isAmbiguous && entry.action === 'create') return { kind: 'ambiguous', message };
    return decideEntry(message, entry, kind, references, context.lenient());
  });
}

function present(objects: readonly (JsonObject | null | undefined)[]): readonly JsonObject[] {
  return objects.filter((object) => object != null);
}

function decideEntry(
  message: Message,
  entry: Entry,
  kind: TargetKind,
  references: References,
  lenient: boolean,
): Decision {
  if (entry.action === 'kept' && message.inDoubt) return { kind: 'open', message };
  if (entry.action === 'kept' || entry.action === 'suspended')
    return { kind: 'superseded', message };
  const suspends = entry.action === 'suspend';
  // The same but for its references: what it referred to may have gone meanwhile.
  const action = suspends || entry.action === 'same' ? 'update' : entry.action;
  const { key, formerKey } = entry;
  const { fields } = kind;
  const common = { action, objectKind: kind.kind, key, formerKey, suspends, fields };
  const before = message.inDoubt ? NOTHING_KNOWN : lastDelivered(entry.row, references);
  const remoteId = entry.row?.remoteId ?? null;
  if (entry.object === null) {
    const operation = { ...common, object: null, ...before, remoteId, references: {} };
    return { kind: 'operate', message, entry, operation, without: null };
  }
  const resolved = references.resolve(entry.object, lenient);
  if (resolved.kind === 'waits') return { kind: 'blocked', message, waitsFor: resolved.for };
  if (resolved.kind === 'void') return goneWithReference(message, entry, kind);
  const { object, hash, without } = resolved;
  const remoteIds = references.remoteIdsOf(object);
  // What the target did not take of it is told again where a person asks for that.
  const isHeld = hash === entry.row?.hash && sameJson(object, entry.row.object);
  if (entry.row !== null && isHeld && !message.inDoubt) {
    if (!hasOtherIds(entry.row, remoteIds)) {
      if (without !== null) return { kind: 'blocked', message, waitsFor: without };
      return settled(message, entry.row, entry);
    }
  }
  const operation = { ...common, object, ...before, remoteId, references: remoteIds };
  return { kind: 'operate', message, entry: { ...entry, object, hash }, operation, without };
}

/** What the target held last, with the ids that it was told. */
type Before = Pick<Operation, 'previous' | 'formerReferences'>;

export const NOTHING_KNOWN: Before = { previous: null };

/**
 * What an older version delivered is known as long as all that it refers to is there. Of what has
 * gone since, nobody knows the target's id: the whole object is brought about then.
 */
export function lastDelivered(row: LedgerRow | null, references: References): Before {
  if (row === null) return NOTHING_KNOWN;
  const { object: previous, references: sent } = row;
  if (sent !== undefined) return { previous, formerReferences: sent };
  if (!references.knowsAllOf(previous)) return NOTHING_KNOWN;
  return { previous, formerReferences: references.remoteIdsOf(previous) };
}

/** Whether the target was told ids that are others by now. */
function hasOtherIds(
  { references: sent = {} }: LedgerRow,
  now: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(sent).some(([name, id]) => name in now && now[name] !== id);
}

/** What is nothing without what it referred to goes, where the target holds it. */
function goneWithReference(message: Message, entry: Entry, kind: TargetKind): Decision {
  const { row, key } = entry;
  if (row === null) {
    return message.inDoubt ? takenBack(message, kind) : { kind: 'superseded', message };
  }
  const { object: previous, remoteId, references: formerReferences = {} } = row;
  const about = { action: 'delete', objectKind: kind.kind, key, formerKey: null } as const;
  const before = { previous, formerReferences };
  const operation = { ...about, object: null, ...before, remoteId, references: {} };
  return { kind: 'operate', message, entry: { ...entry, object: null }, operation, without: null };
}

/** The target may have made it, and nobody wants it: it goes by its key, the only thing known. */
function takenBack(message: Message, { kind: objectKind }: TargetKind): Decision {
  const { origin, key } = message;
  const about = { action: 'delete', formerKey: null, object: null, key } as const;
  const nobodys = { unit: '', unitNow: '', hash: '', row: null, suspendedSince: null };
  const entry = { ...about, origin, ...nobodys };
  const nothing = { previous: null, remoteId: null, references: {} };
  const operation = { ...about, objectKind, ...nothing };
  return { kind: 'operate', message, entry, operation, without: null };
}

/** Whether the key of a message in doubt is by now that of an object which another entity gave. */
async function heldByOthers(
  target: Target,
  { kind }: TargetKind,
  messages: readonly Message[],
  { ledger }: Store,
): Promise<(message: Message) => boolean> {
  const keys = messages.filter(({ inDoubt }) => inDoubt).map(({ key }) => key);
  const rows = keys.length === 0 ? [] : await ledger.byKeys(target.name, kind, keys);
  const held = new Set(rows.map(({ ref }) => ref.key));
  return ({ key }) => held.has(key);
}

/** The target has it so already; whose it is, or whether it is on its way out, may be new. */
function settled(message: Message, row: LedgerRow, { unit, suspendedSince }: Entry): Decision {
  const { origin } = message;
  const isOwn = row.ref.origin.kind === origin.kind && row.ref.origin.id === origin.id;
  if (isOwn && row.suspendedSince === suspendedSince) return { kind: 'superseded', message };
  const moved = { ...plainRow(row), ref: { ...row.ref, origin }, unit, suspendedSince };
  return { kind: 'moved', message, row: moved };
}

interface Present {
  readonly entryOf: (message: Message) => Entry | undefined;
  /** Whether something of the message's entity cannot be made now: what it gives is not known. */
  readonly isParked: (message: Message) => boolean;
}

/** The entries that a plan would give now for the messages' entities. */
async function presentEntries(
  target: Target,
  kind: TargetKind,
  messages: readonly Message[],
  context: DecideContext,
): Promise<Present> {
  const { store, canonical, views } = context;
  const today = context.today();
  const at = { store, canonical, views, today };
  const entries = new Map<string, Entry>();
  const parked = new Set<string>();
  for (const originKind of new Set(messages.map((message) => message.origin.kind))) {
    const ids = [...idsOf(messages, originKind)];
    const origins = ids.map((id): EntityRef => ({ kind: originKind, id }));
    const rows = await store.ledger.byOrigins(target.name, kind.kind, origins);
    const mapping = kind.mappings.find((one) => one.from.kind === originKind);
    const projected = mapping === undefined ? [] : await projectNow(target, mapping, ids, at);
    for (const [index, origin] of origins.entries()) {
      const found = projected[index] ?? NOTHING;
      if (found.parked.length > 0) parked.add(entityName(origin));
      const own = rows.filter((row) => row.ref.origin.id === origin.id);
      for (const entry of compare(kind, origin, found, own, today)) {
        entries.set(`${entityName(origin)}/${entry.key}`, entry);
      }
    }
  }
  await adoptMovedRows(target, kind, entries, store);
  return {
    entryOf: ({ origin, key }) => entries.get(`${entityName(origin)}/${key}`),
    isParked: ({ origin }) => parked.has(entityName(origin)),
  };
}

function idsOf(messages: readonly Message[], originKind: string): Set<string> {
  const own = messages.filter((message) => message.origin.kind === originKind);
  return new Set(own.map((message) => message.origin.id));
}

/** An object whose key another entity's row holds is changed in place, not created twice. */
async function adoptMovedRows(
  target: Target,
  kind: TargetKind,
  entries: Map<string, Entry>,
  store: Store,
): Promise<void> {
  const creations = [...entries].filter(([, entry]) => entry.action === 'create');
  if (creations.length === 0) return;
  const keys = creations.map(([, entry]) => entry.key);
  const held = await store.ledger.byKeys(target.name, kind.kind, keys);
  const byKey = new Map(held.map((row) => [row.ref.key, row]));
  for (const [name, entry] of creations) {
    const row = byKey.get(entry.key);
    if (row !== undefined) entries.set(name, { ...entry, action: 'update', row });
  }
}
