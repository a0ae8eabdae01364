import { Forbidden } from '../connector/objects/forbidden.ts';
import { HeldIds, idIn, type Names } from '../connector/objects/held-ids.ts';
import { notYetThere, stillThere } from '../connector/objects/late.ts';
import { withTargetIds } from '../connector/objects/target-ids.ts';
import {
  type ObjectSink,
  type Operation,
  type Outcome,
  type RemoteObject,
  withId,
} from '../connector/sink.ts';
import { Failure, ForbiddenFailure, RefusedFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import { isObject } from '../message/digest.ts';
import type { JsonObject } from '../message/message.ts';
import { referencePaths } from '../schema/annotation/references.ts';
import type { ReferencePath } from '../schema/canonical.ts';
import { isGone } from '../transport/http/http-failure.ts';
import {
  aboutAnother,
  failed,
  outcomeOf,
  type Write,
  type Written,
  withDetail,
} from './written.ts';

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
    const { list, find } = target;
    if (find !== undefined) Object.assign(sink, { isThere: sink.looksUp });
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
  readonly #forbidden = new Forbidden();
  /** `<kind>/<id>` of what was made -> our key. */
  readonly #made = new Map<string, string>();

  constructor(target: SingleObjects, schemaOf: (kind: string) => JsonObject) {
    this.#target = target;
    this.#held = new HeldIds(target);
    this.#pathsOf = (kind) => referencePaths(schemaOf(kind));
  }

  async apply(operations: readonly Operation[], signal: AbortSignal): Promise<readonly Outcome[]> {
    if (this.#target.sideBySide === true) return this.#attemptAll(operations, signal);
    const outcomes: Outcome[] = [];
    for (const operation of operations) {
      const tried = await this.#attempt(operation, signal);
      outcomes.push(await this.#judged(operation, tried, signal));
    }
    return outcomes;
  }

  /** All of them have ended when it answers, or throws what holds the whole target. */
  async #attemptAll(
    operations: readonly Operation[],
    signal: AbortSignal,
  ): Promise<readonly Outcome[]> {
    const attempts = operations.map((operation) => this.#attempt(operation, signal));
    await Promise.allSettled(attempts);
    const tried = await Promise.all(attempts);
    const outcomes: Outcome[] = [];
    for (const [at, operation] of operations.entries()) {
      const one = tried[at];
      if (one !== undefined) outcomes.push(await this.#judged(operation, one, signal));
    }
    return outcomes;
  }

  looksUp: Required<ObjectSink>['isThere'] = (kind, held, signal) =>
    this.#held.isThere(kind, held, signal);

  readAll(pages: AsyncIterable<readonly JsonObject[]>): AsyncGenerator<RemoteObject> {
    return this.#held.readAll(pages);
  }

  async close(): Promise<void> {}

  async #attempt(operation: Operation, signal: AbortSignal): Promise<Outcome | ForbiddenFailure> {
    try {
      signal.throwIfAborted();
      const write = this.#writeOf(operation, signal);
      const outcome = await this.#operate(write, operation.suspends === true);
      if (outcome.kind === 'done') this.#forbidden.took();
      return outcome;
    } catch (failure) {
      if (failure instanceof ForbiddenFailure) return failure;
      if (!(failure instanceof Failure) || failure.recovery === 'hold') throw failure;
      // What has become of it is not known: it is looked for anew.
      if (failure.recovery === 'retry') this.#held.forgetKind(operation.objectKind);
      return { kind: 'failed', failure };
    }
  }

  /** One object that is not ours to change is refused; a whole target of such is thrown. */
  async #judged(
    { objectKind, key }: Operation,
    tried: Outcome | ForbiddenFailure,
    signal: AbortSignal,
  ): Promise<Outcome> {
    if (!(tried instanceof ForbiddenFailure)) return tried;
    const knock = () => this.#held.knock(objectKind, key, signal);
    await this.#forbidden.judge(`${objectKind}/${key}`, tried, knock);
    const { text, said: why = text } = tried.toProblem();
    const said = saying('notLetChange', { kind: objectKind, why });
    return failed(new RefusedFailure('TARGET_REFUSED', said, { hint: FORBIDDEN_HINT }));
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
    if (written !== null && !isGone(written.status)) {
      const outcome = outcomeOf({ ...write, remoteId }, written, this.#held.names);
      return remoteId === write.remoteId ? outcome : takenOver(outcome, remoteId);
    }
    const isLeft = written?.hadOthersId === true;
    const found = isLeft ? null : await this.#foundAnew({ ...write, remoteId });
    const isMeant = written?.hadOthersId !== undefined;
    const anew = isMeant && found === remoteId ? null : found;
    if (!isMeant && remoteId !== null && (anew ?? this.#madeAs(kind, remoteId)) === remoteId)
      return failed(notYetThere(kind));
    if (anew !== null)
      return takenOver(await this.#operate({ ...write, remoteId: anew }, isLeaving), anew);
    this.#held.forget(kind, key);
    if (isLeaving) return NOT_THERE;
    const made = await this.#make({ ...write, remoteId: null, isNew: true });
    if (made.kind === 'failed' || !isLeft) return made;
    return { ...made, hadOthersId: true };
  }

  async #delete(write: Write): Promise<Outcome> {
    if (write.remoteId === null && this.#held.canAsk) return NOT_THERE;
    const written = await this.#tell(write);
    const anew = isGone(written.status) ? await this.#foundAnew(write) : null;
    if (anew !== null && anew === write.remoteId) return failed(stillThere(write.kind));
    if (anew !== null) return this.#delete({ ...write, remoteId: anew });
    this.#held.forget(write.kind, write.key);
    this.#made.delete(`${write.kind}/${write.remoteId}`);
    return isGone(written.status) ? NOT_THERE : outcomeOf(write, written, this.#held.names);
  }

  /** Of what is gone by the id that we know: the id by which it is there all the same, or null. */
  async #foundAnew({ kind, key, remoteId, signal }: Write): Promise<string | null> {
    if (remoteId === null || !this.#held.canAsk) return null;
    const found = await this.#held.find(kind, key, signal);
    if (found !== remoteId) return found;
    // A list that was read before may be behind.
    this.#held.forgetKind(kind);
    return this.#held.find(kind, key, signal);
  }

  /** The id, where something was made by it here, so that it may not show everywhere yet. */
  #madeAs(kind: string, id: string): string | null {
    return this.#made.has(`${kind}/${id}`) ? id : null;
  }

  async #make(write: Write): Promise<Outcome> {
    const { kind, key, signal } = write;
    const made = await this.#tell(write);
    if (made.status === 409) return this.#whereTaken(write, made);
    const told = outcomeOf(write, made, this.#held.names);
    if (told.kind === 'failed' && told.notTaken === undefined) return told;
    const isAnother = made.isAnother === true && told.kind !== 'failed';
    const outcome = isAnother ? { ...told, isAnother } : told;
    const shown = isObject(made.body) ? idIn(made.body[this.#held.names.idField]) : null;
    const remoteId = shown ?? made.id ?? (await this.#held.look(kind, key, signal));
    if (remoteId === null) return outcome;
    // A target that mixes up its answers gives the id of what another has just made.
    const isOthers = (this.#made.get(`${kind}/${remoteId}`) ?? key) !== key;
    if (shown !== null && isOthers) throw aboutAnother(kind);
    if (!isOthers) this.#made.set(`${kind}/${remoteId}`, key);
    this.#held.add(kind, key, remoteId);
    return withId(outcome, remoteId);
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
    const what = saying('valueTaken', { kind });
    return failed(new RefusedFailure('KEY_TAKEN', withDetail(what, made, write)));
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

const FORBIDDEN_HINT =
  'Ask the target’s people who may change it: an administrator’s account may be out of our reach. If we are not to change it, leave it out of the flow; then `skolnav sync`.';

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

function takenOver(outcome: Outcome, found: string | null): Outcome {
  if (found === null) return outcome;
  if (outcome.kind === 'failed') return withId(outcome, outcome.notTaken?.remoteId ?? found);
  const { remoteId = found } = outcome;
  return { kind: 'already', remoteId, remark: 'was there already and is ours now' };
}
