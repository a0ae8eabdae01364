import { comparableId, idIn } from '../connector/objects/held-ids.ts';
import type { ObjectSink, RemoteObject } from '../connector/sink.ts';
import { RefusedFailure } from '../failure/failure.ts';
import type { Flow } from '../flow/compiled.ts';
import { changesAsWhole, type Target, type TargetKind } from '../flow/target.ts';
import { isList, isObject, sameJson } from '../message/digest.ts';
import type { Json, JsonObject, Problem } from '../message/message.ts';
import { replaceReferences, valuesAt } from '../message/reference-walk.ts';
import { type Engine, targetOfFlow } from '../run/engine.ts';
import { rowsOf } from '../store/ledger-store.ts';

/** What a target holds of a kind; what a list shows twice comes once. */
export type ReadKind = (objectKind: string) => AsyncIterable<RemoteObject>;

/** Does something with what a flow's target holds; null where it cannot be asked. */
export async function withReadBack<T>(
  engine: Engine,
  flow: Flow,
  signal: AbortSignal,
  work: (read: ReadKind) => Promise<T>,
): Promise<T | null> {
  if (changesAsWhole(targetOfFlow(engine, flow))) return null;
  const sink = await engine.openSink(flow.to);
  try {
    if (sink.mode !== 'operations' || sink.readBack === undefined) return null;
    return await work((objectKind) => readOnce(sink, objectKind, signal));
  } finally {
    await sink.close();
  }
}

/** A kind of which the target did not say what it holds, and why. */
export interface UnreadKind {
  readonly objectKind: string;
  readonly problem: Problem;
}

/** Why a kind is refused; throws what may go away by itself, or is the whole target's. */
export function unreadKind({ kind }: TargetKind, error: unknown): UnreadKind {
  if (!(error instanceof RefusedFailure)) throw error;
  return { objectKind: kind, problem: error.toProblem() };
}

/** Whether a target may hold objects of a kind: the flow makes some, or made some once. */
export async function mayHold(
  { store: { ledger } }: Engine,
  { name, flow }: Target,
  { kind, mappings }: TargetKind,
): Promise<boolean> {
  if (mappings.some(({ from }) => flow.selects.has(from.kind))) return true;
  return (await ledger.originKinds(name, kind)).length > 0;
}

async function* readOnce(
  sink: ObjectSink,
  objectKind: string,
  signal: AbortSignal,
): AsyncGenerator<RemoteObject> {
  const seen = new Set<string>();
  for await (const remote of sink.readBack?.(objectKind, signal) ?? []) {
    signal.throwIfAborted();
    const id = remote.remoteId ?? remote.key;
    if (id !== null && seen.has(id)) continue;
    if (id !== null) seen.add(id);
    yield remote;
  }
}

/** The target's ids of the objects that a kind refers to, as they are compared -> our keys. */
export async function keysByRemoteId(
  { store: { ledger } }: Engine,
  target: Target,
  kind: TargetKind,
): Promise<ReadonlyMap<string, string>> {
  const keys = new Map<string, string>();
  for (const to of new Set(kind.references.map((reference) => reference.kind))) {
    for await (const rows of rowsOf(ledger, target.name, to)) {
      for (const { ref, remoteId } of rows)
        if (remoteId !== null) keys.set(comparableId(remoteId), ref.key);
    }
  }
  return keys;
}

/**
 * What refers to objects that the hub does not know keeps the target's own ids, as texts: there are
 * services that show them as numbers.
 */
export function withOurKeys(
  object: JsonObject,
  { references }: TargetKind,
  keys: ReadonlyMap<string, string>,
): JsonObject {
  return references.reduce(
    (changed, { path }) =>
      replaceReferences(changed, path, (value) => {
        const id = idIn(value);
        return id === null ? value : (keys.get(comparableId(id)) ?? id);
      }),
    object,
  );
}

/** The ids in it, under the names that `withOurKeys` gives what it refers to. */
export function sentReferences(
  object: JsonObject,
  kind: TargetKind,
  keys: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  const ids = idsReferredTo(object, kind);
  return Object.fromEntries(
    ids.map(({ kind: to, id }) => [`${to}/${keys.get(comparableId(id)) ?? id}`, id]),
  );
}

/** The target's ids of all that an object refers to, as texts whatever they are shown as. */
export function idsReferredTo(
  object: JsonObject,
  { references }: Pick<TargetKind, 'references'>,
): readonly { readonly kind: string; readonly id: string }[] {
  return references.flatMap(({ path, kind }) =>
    [...valuesAt(object, path)].flatMap((value) => {
      const id = idIn(value);
      return id === null ? [] : [{ kind, id }];
    }),
  );
}

/**
 * Of what the target holds, the fields that the hub has delivered; lists with all their items. A
 * list that the hub has filled and that is shown empty is left out, as what is not shown: there are
 * services that never show the members of a group, so that it is not known what they hold.
 */
export function asDelivered(actual: JsonObject, delivered: JsonObject): JsonObject {
  const kept: Record<string, Json> = {};
  for (const [name, ours] of Object.entries(delivered)) {
    const theirs = actual[name];
    if (theirs === undefined || theirs === null) continue;
    const isHidden = isList(theirs) && theirs.length === 0 && isList(ours) && ours.length > 0;
    if (!isHidden) kept[name] = alike(theirs, ours);
  }
  return kept;
}

function alike(theirs: Json, ours: Json): Json {
  if (isList(theirs) && isList(ours)) {
    const [example] = ours;
    return example === undefined ? theirs : theirs.map((item) => alike(item, example));
  }
  if (!isObject(theirs) || !isObject(ours)) return theirs;
  return asDelivered(theirs, ours);
}

/** Fields of an object that the target holds otherwise. */
export function differing(ours: JsonObject, theirs: JsonObject): readonly string[] {
  return Object.keys(ours).filter((name) => !same(ours[name], theirs[name]));
}

/** Lists are sets here: services give members in an order of their own. */
function same(a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || b === undefined || !isList(a) || !isList(b)) return sameJson(a, b);
  const texts = (list: readonly Json[]) => list.map((item) => JSON.stringify(item)).sort();
  return sameJson(texts(a), texts(b));
}
