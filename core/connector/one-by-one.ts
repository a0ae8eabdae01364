import { Failure, RefusedFailure, TransientFailure } from '../failure/failure.ts';
import { isObject } from '../message/digest.ts';
import type { Json, JsonObject } from '../message/message.ts';
import { referencePaths } from '../schema/annotation/references.ts';
import type { ReferencePath } from '../schema/canonical.ts';
import { redact } from '../transport/http/redact.ts';
import type { ObjectSink, Operation, Outcome, RemoteObject } from './connector.ts';
import { HeldIds, idIn, type Names } from './held-ids.ts';
import { notTaken } from './taken.ts';
import { withTargetIds } from './target-ids.ts';

/** One object as a target is to be told of it. */
export interface Write {
  /** The object kind, as the manifest names it. */
  readonly kind: string;
  /** Our key of the object. */
  readonly key: string;
  /** The target's id of the object; null where it is not known to hold it. */
  readonly remoteId: string | null;
  /** The wanted object, with the target's ids where it refers to others; null: it is to go. */
  readonly object: JsonObject | null;
  /** True where the target does not hold it yet. */
  readonly isNew: boolean;
  /** The operation that the core has planned. */
  readonly action: Operation['action'];
  /** The object as the target confirmed it last, with the target's ids; null where not known. */
  readonly previous: JsonObject | null;
  /** Fires when the run is to stop. */
  readonly signal: AbortSignal;
}

/** The target's answer to a write; an answer of the JSON service is one. */
export interface Written {
  /** The status by HTTP's rules: 404 says that there is no such object, 409 that there is one. */
  readonly status: number;
  /** The target's id of the object, where the answer tells it. */
  readonly id?: string | null;
  /** What the answer shows of the object: fields with other values than were sent are a failure. */
  readonly body?: Json;
  /** What the answer means where it is no success. */
  readonly failure?: Failure | null;
  /** The target's own words about a failure: they are told without any value of the object. */
  readonly detail?: string;
}

/** A target that is told of one object at a time. */
export interface SingleObjects extends Partial<Names> {
  /** True: the objects of one call are told side by side, as where several share a request. */
  readonly sideBySide?: boolean;
  /** Tells the target of one object. Whatever it throws is that object's failure, or the hold's. */
  write(one: Write): Promise<Written>;
  /** All objects of a kind, page by page: what is there already is found by it. */
  list?(kind: string, signal: AbortSignal): AsyncIterable<readonly JsonObject[]>;
  /** The objects of a kind with this key, where the target can look one up: `list` is spared. */
  find?(kind: string, key: string, signal: AbortSignal): AsyncIterable<readonly JsonObject[]>;
}

/** A sink in waiting: it is one as soon as it knows the schemas of its objects. */
export type SinkOfObjects = (context: {
  readonly objectSchema: (kind: string) => JsonObject;
}) => ObjectSink;

/**
 * A sink that tells its target of one object at a time. It keeps the promises of `ObjectSink`: what
 * the target holds already is not made twice, what is gone is made anew, a failure of one object is
 * its outcome, and one that holds the whole target is thrown.
 */
export function oneByOne(target: SingleObjects): SinkOfObjects {
  return ({ objectSchema }) => {
    const sink = new SingleObjectSink(target, objectSchema);
    const { list } = target;
    if (list === undefined) return sink;
    const readBack = (kind: string, signal: AbortSignal) => sink.readAll(list(kind, signal));
    return Object.assign(sink, { readBack });
  };
}

class SingleObjectSink implements ObjectSink {
  readonly mode = 'operations';
  readonly #target: SingleObjects;
  readonly #held: HeldIds;
  readonly #pathsOf: (kind: string) => readonly ReferencePath[];

  constructor(target: SingleObjects, schemaOf: (kind: string) => JsonObject) {
    this.#target = target;
    this.#held = new HeldIds(target);
    this.#pathsOf = (kind) => referencePaths(schemaOf(kind));
  }

  async apply(operations: readonly Operation[], signal: AbortSignal): Promise<readonly Outcome[]> {
    if (this.#target.sideBySide === true) return this.#attemptAll(operations, signal);
    const outcomes: Outcome[] = [];
    for (const operation of operations) outcomes.push(await this.#attempt(operation, signal));
    return outcomes;
  }

  /** All of them have ended when it answers, or throws what holds the whole target. */
  async #attemptAll(
    operations: readonly Operation[],
    signal: AbortSignal,
  ): Promise<readonly Outcome[]> {
    const attempts = operations.map((operation) => this.#attempt(operation, signal));
    await Promise.allSettled(attempts);
    return Promise.all(attempts);
  }

  readAll(pages: AsyncIterable<readonly JsonObject[]>): AsyncGenerator<RemoteObject> {
    return this.#held.readAll(pages);
  }

  async close(): Promise<void> {}

  async #attempt(operation: Operation, signal: AbortSignal): Promise<Outcome> {
    try {
      signal.throwIfAborted();
      return await this.#operate(this.#writeOf(operation, signal), operation.suspends === true);
    } catch (failure) {
      if (!(failure instanceof Failure) || failure.recovery === 'hold') throw failure;
      // What has become of it is not known: it is looked for anew.
      if (failure.recovery === 'retry') this.#held.forgetKind(operation.objectKind);
      return { kind: 'failed', failure };
    }
  }

  #writeOf(operation: Operation, signal: AbortSignal): Write {
    const { objectKind: kind, key, remoteId, action, references } = operation;
    const paths = this.#pathsOf(kind);
    const object =
      operation.object === null ? null : withTargetIds(operation.object, paths, references);
    const previous = previousOf(operation, paths);
    return { kind, key, remoteId, object, isNew: false, action, previous, signal };
  }

  async #operate(write: Write, isLeaving: boolean): Promise<Outcome> {
    const { kind, key, object, action, signal } = write;
    const remoteId = write.remoteId ?? (await this.#held.find(kind, key, signal));
    const isMissing = remoteId === null && (this.#held.canAsk || action === 'create');
    if (object === null) return this.#delete({ ...write, remoteId });
    const written = isMissing ? null : await this.#tell({ ...write, remoteId });
    if (written !== null && written.status !== 404) {
      const outcome = outcomeOf({ ...write, remoteId }, written, this.#held.names);
      return remoteId === write.remoteId ? outcome : takenOver(outcome, remoteId);
    }
    this.#held.forget(kind, key);
    return isLeaving ? NOT_THERE : this.#make({ ...write, remoteId: null, isNew: true });
  }

  async #delete(write: Write): Promise<Outcome> {
    if (write.remoteId === null && this.#held.canAsk) return NOT_THERE;
    const written = await this.#tell(write);
    this.#held.forget(write.kind, write.key);
    return written.status === 404 ? NOT_THERE : outcomeOf(write, written, this.#held.names);
  }

  async #make(write: Write): Promise<Outcome> {
    const { kind, key, signal } = write;
    const made = await this.#tell(write);
    if (made.status === 409) return this.#whereTaken(write, made);
    const outcome = outcomeOf(write, made, this.#held.names);
    if (outcome.kind === 'failed') return outcome;
    const shown = isObject(made.body) ? idIn(made.body[this.#held.names.idField]) : null;
    const remoteId = shown ?? made.id ?? (await this.#held.look(kind, key, signal));
    if (remoteId === null) return outcome;
    this.#held.add(kind, key, remoteId);
    return { ...outcome, remoteId };
  }

  /** A 409 to a create: it is there by now, or another has what must be unique. */
  async #whereTaken(write: Write, made: Written): Promise<Outcome> {
    const { kind, key, signal } = write;
    if (!this.#held.canAsk) return { kind: 'already' };
    this.#held.forgetKind(kind);
    const remoteId = await this.#held.find(kind, key, signal);
    if (remoteId !== null) {
      const present = { ...write, remoteId, isNew: false };
      const outcome = outcomeOf(present, await this.#tell(present), this.#held.names);
      return takenOver(outcome, remoteId);
    }
    const text = `another ${kind} of the target has a value that must be unique`;
    return failed(new RefusedFailure('KEY_TAKEN', withDetail(text, made, write)));
  }

  /** A write is given up as soon as the signal fires: what became of it is in doubt. */
  async #tell(write: Write): Promise<Written> {
    write.signal.throwIfAborted();
    const { promise: stopped, reject } = Promise.withResolvers<never>();
    const stop = () => reject(write.signal.reason);
    write.signal.addEventListener('abort', stop, { once: true });
    try {
      return await Promise.race([this.#target.write(write), stopped]);
    } finally {
      write.signal.removeEventListener('abort', stop);
    }
  }
}

const NOT_THERE: Outcome = { kind: 'already', remark: 'the target does not know it' };

/** Nothing is said of what it was where it referred to something that has no id any more. */
function previousOf(
  { previous, references, formerReferences = references }: Operation,
  paths: readonly ReferencePath[],
): JsonObject | null {
  if (previous === null) return null;
  try {
    return withTargetIds(previous, paths, formerReferences);
  } catch {
    return null;
  }
}

function outcomeOf(write: Write, written: Written, names: Names): Outcome {
  const { kind, key, object, previous } = write;
  const { failure = null, body = null, status } = written;
  if (failure?.recovery === 'dead-letter') {
    const { code, hint } = failure;
    const text = withDetail(failure.message, written, write);
    return failed(new RefusedFailure(code, text, { hint }));
  }
  if (failure !== null) throw failure;
  if (object === null || !isObject(body)) return { kind: 'done', remark: `HTTP ${status}` };
  const shownKey = body[names.keyField];
  if (typeof shownKey === 'string' && names.keyField in object && shownKey !== key) {
    const text = `${kind}: the answer is about another object than was sent.`;
    throw new TransientFailure('TARGET_ANSWER_UNREADABLE', text);
  }
  const missed = notTaken(object, body, previous ?? {});
  if (missed.length === 0) return { kind: 'done', remark: `HTTP ${status}` };
  const text = `the target answers ${status}, and shows that it did not take this of the ${kind}: ${missed.join(', ')}`;
  return failed(new RefusedFailure('TARGET_REFUSED', text));
}

/** The target's words beside ours, without any value of the object. */
function withDetail(text: string, { detail = '' }: Written, write: Write): string {
  const known = [write.object, write.previous].flatMap((one) => [...textsIn(one)]);
  return `${text} ${redact(detail, [write.key, ...known])}`.trim();
}

function* textsIn(value: Json): Generator<string> {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) yield* textsIn(inner);
  } else if (value !== null) {
    yield String(value);
  }
}

function takenOver(outcome: Outcome, remoteId: string | null): Outcome {
  if (outcome.kind === 'failed' || remoteId === null) return outcome;
  return { kind: 'already', remoteId, remark: 'was there already and is ours now' };
}

function failed(failure: Failure): Outcome {
  return { kind: 'failed', failure };
}
