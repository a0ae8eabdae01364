import {
  Failure,
  type JsonObject,
  missingMembers,
  notYetThere,
  type ObjectSink,
  type Operation,
  type Outcome,
  RefusedFailure,
  type RemoteObject,
  saying,
  stillThere,
  withId,
} from '../../core/plugin.ts';
import { aboutAnother, unreadable } from './answer.ts';
import type { ScimClient } from './client.ts';
import { Identities } from './identities.ts';
import type { Lookup } from './known-resources.ts';
import { formerResource, type Task } from './members.ts';
import { failed, outcomeOf, Refusals, told } from './outcomes.ts';
import { pathOf, RESOURCES, toResource } from './resources.ts';
import { ShownAlone } from './shown-alone.ts';
import { Writing } from './writing.ts';
import type { Written } from './written.ts';

export interface SinkOptions {
  readonly lookup: Lookup;
  readonly memberChunk: number;
}

const NOT_KNOWN = 'the service does not know it';

/** Delivers single operations to a SCIM service, each with an outcome of its own. */
export class ScimSink implements ObjectSink {
  readonly mode = 'operations';
  readonly #client: ScimClient;
  readonly #identities: Identities;
  readonly #writing: Writing;
  readonly #refusals: Refusals;

  constructor(client: ScimClient, { lookup, memberChunk }: SinkOptions) {
    this.#client = client;
    this.#identities = new Identities(client, lookup);
    this.#writing = new Writing(client, memberChunk);
    this.#refusals = new Refusals(client);
  }

  async apply(operations: readonly Operation[], signal: AbortSignal): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const operation of operations) outcomes.push(await this.#attempt(operation, signal));
    return outcomes;
  }

  /** What the service holds of a kind, page by page. */
  async *readBack(objectKind: string, signal: AbortSignal): AsyncGenerator<RemoteObject> {
    const kind = RESOURCES[objectKind];
    if (kind === undefined) return;
    const alone = new ShownAlone(this.#client, kind);
    for await (const page of this.#client.all(kind.endpoint, signal)) {
      for (const listed of page) {
        const resource = await alone.whole(listed, signal);
        const { id, externalId } = resource;
        const key = typeof externalId === 'string' ? externalId : null;
        yield { key, remoteId: id, object: resource };
      }
    }
  }

  async isThere(
    objectKind: string,
    { remoteId }: { readonly remoteId: string | null },
    signal: AbortSignal,
  ): Promise<boolean> {
    const kind = RESOURCES[objectKind];
    if (kind === undefined || remoteId === null) return true;
    return this.#client.has(pathOf(kind, remoteId), signal);
  }

  async close(): Promise<void> {}

  /** Failures are outcomes, but for those that hold the whole service. */
  async #attempt(operation: Operation, signal: AbortSignal): Promise<Outcome> {
    const outcome = await this.#operate(operation, signal).catch((failure: unknown) => {
      if (!(failure instanceof Failure) || failure.recovery === 'hold') throw failure;
      return failed(failure);
    });
    // What became of it is not known: it is looked for as of then, whatever was read before.
    const isOpen = outcome.kind === 'failed' && outcome.failure.recovery === 'retry';
    if (isOpen) this.#identities.doubt(operation);
    return outcome;
  }

  async #operate(operation: Operation, signal: AbortSignal): Promise<Outcome> {
    const kind = RESOURCES[operation.objectKind];
    if (kind === undefined) {
      const said = saying('connectorHasNo', { connector: 'scim', kind: operation.objectKind });
      return failed(new RefusedFailure('TARGET_REFUSED', said));
    }
    const { object, references } = operation;
    const wanted = toResource(kind, object ?? {}, references, this.#client.base);
    const task = { kind, operation, wanted, signal };
    if (operation.action === 'delete') return this.#delete(task);
    return operation.action === 'create' ? this.#create(task) : this.#update(task);
  }

  /** `known`: the id by which it was not there, and what we told of it last. */
  async #create(task: Task, known: Known | null = null): Promise<Outcome> {
    const { kind, operation, signal } = task;
    const found = await this.#identities.find(kind, operation, signal);
    if (found !== null)
      return this.#takeOver(task, found, found === known?.id ? known.before : null);
    if (operation.suspends === true) return { kind: 'already', remark: NOT_KNOWN };
    const { sent, ...made } = await this.#writing.make(task);
    if (made.kind === 'written') return this.#made(task, sent, made);
    if (made.kind !== 'conflict') return this.#outcome(task, made, sent);
    this.#identities.doubt(operation);
    const present = await this.#identities.find(kind, operation, signal);
    if (present !== null) return this.#takeOver(task, present);
    const words = told(made, operation);
    return failed(await this.#identities.taken(kind, operation, words, signal));
  }

  /** Something new: its id, and the members that it was not given, or did not take. */
  async #made(
    task: Task,
    sent: JsonObject,
    made: Extract<Written, { kind: 'written' }>,
  ): Promise<Outcome> {
    const { kind, operation, wanted, signal } = task;
    const id = await this.#identities.idOf(kind, operation, made.id, signal);
    this.#identities.add(kind, operation, id);
    const { [kind.members ?? '']: given, ...others } = sent;
    const members = wanted[kind.members ?? ''];
    const held = made.shown?.[kind.members ?? ''] ?? given;
    const isFull = missingMembers(members, held).length === 0;
    const outcome = await this.#outcome(task, made, isFull ? sent : others);
    if (isFull || isLost(outcome)) return withId(outcome, id);
    const filled = await this.#writing.fill(task, id, held, made.etag);
    if (filled.kind === 'gone') return failed(notYetThere(operation.objectKind));
    const full = await this.#outcome(task, filled, wanted);
    // What it did not take when it was made may not be shown again.
    return withId(full.kind === 'failed' ? full : outcome, id);
  }

  /** What is there already and is ours is not made twice: it becomes as it is wanted. */
  async #takeOver(task: Task, id: string, before: JsonObject | null = null): Promise<Outcome> {
    const written = await this.#writing.bringAbout(task, id, before);
    // It was shown a moment ago: what was found is not to be relied on.
    if (written.kind === 'gone') throw unreadable(`GET ${task.kind.endpoint}`);
    const outcome = await this.#outcome(task, written, task.wanted);
    if (outcome.kind === 'failed') return withId(outcome, id);
    return { kind: 'already', remoteId: id, remark: 'was there already and is ours now' };
  }

  async #update(task: Task): Promise<Outcome> {
    const { remoteId } = task.operation;
    if (remoteId === null) return this.#create(task);
    const before = formerResource(task, this.#client.base);
    const written =
      before === null
        ? await this.#writing.bringAbout(task, remoteId)
        : await this.#writing.change(task, remoteId, before);
    if (written.kind === 'gone' && this.#identities.hasMade(task.kind, remoteId))
      return failed(notYetThere(task.operation.objectKind));
    if (written.kind === 'gone') return this.#create(task, { id: remoteId, before });
    const outcome = await this.#outcome(task, written, task.wanted, before ?? {});
    if (isLost(outcome)) return outcome;
    const now = idAfter(task, written, remoteId);
    return now === remoteId ? outcome : withId(outcome, now);
  }

  async #delete(task: Task): Promise<Outcome> {
    const { kind, operation, signal } = task;
    const { remoteId } = operation;
    if (remoteId !== null) {
      const written = await this.#writing.remove(task, remoteId);
      if (written.kind === 'written') this.#identities.forget(kind, remoteId);
      if (written.kind !== 'gone') return this.#outcome(task, written, {});
      // There are services that answer so to a method which they do not know.
      if ((await this.#client.read(pathOf(kind, remoteId), signal)) !== null)
        return failed(stillThere(operation.objectKind));
    }
    // What came back from a backup, or was made anew by hand, carries our key and another id.
    const id = await this.#identities.ours(kind, operation, remoteId === null, signal);
    if (id === null || id === remoteId) return { kind: 'already', remark: NOT_KNOWN };
    const written = await this.#writing.remove(task, id);
    return written.kind === 'gone' ? { kind: 'already' } : this.#outcome(task, written, {});
  }

  async #outcome(
    { kind, operation, signal }: Task,
    written: Written,
    sent: JsonObject,
    before: JsonObject = {},
  ): Promise<Outcome> {
    await this.#refusals.judge(written, kind, operation, signal);
    return outcomeOf(written, operation, sent, before);
  }
}

/** An id of the service, and what it was told of that last. */
interface Known {
  readonly id: string;
  readonly before: JsonObject | null;
}

/** It was not taken, and not just a part of it. */
function isLost(outcome: Outcome): boolean {
  return outcome.kind === 'failed' && outcome.notTaken === undefined;
}

/**
 * The service's id of what was changed: there are services that give another with another name. An
 * answer about something that is not ours says nothing.
 */
function idAfter({ kind, operation }: Task, written: Written, remoteId: string): string {
  if (written.kind !== 'written' || written.id === null) return remoteId;
  if (written.id.toLowerCase() === remoteId.toLowerCase()) return remoteId;
  const [ours, shown] = [operation.object?.['externalId'], written.shown?.['externalId']];
  if (ours === undefined || shown !== ours) throw aboutAnother(`change of ${kind.endpoint}`);
  return written.id;
}
