import {
  Failure,
  type JsonObject,
  type ObjectSink,
  type Operation,
  type Outcome,
  RefusedFailure,
  type RemoteObject,
  redact,
} from '../../core/plugin.ts';
import { quoted, type ScimClient, type Written } from './client.ts';
import type { Resource } from './paged-list.ts';
import {
  PATCH_SCHEMA,
  type PatchOperation,
  patchOperations,
  RESOURCES,
  type ResourceKind,
  toResource,
} from './resources.ts';

export interface SinkOptions {
  readonly lookup: 'externalId' | 'userName' | 'none';
  readonly memberChunk: number;
}

const NOT_KNOWN = 'the service does not know it';

/** Delivers single operations to a SCIM service, each with an outcome of its own. */
export class ScimSink implements ObjectSink {
  readonly mode = 'operations';
  readonly #client: ScimClient;
  readonly #options: SinkOptions;

  constructor(client: ScimClient, options: SinkOptions) {
    this.#client = client;
    this.#options = options;
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
    for await (const page of this.#client.pages(kind.endpoint, null, signal)) {
      for (const resource of page) {
        const { id, externalId } = resource;
        const key = typeof externalId === 'string' ? externalId : null;
        yield { key, remoteId: id, object: resource };
      }
    }
  }

  async close(): Promise<void> {}

  /** Failures are outcomes, but for those that hold the whole service. */
  async #attempt(operation: Operation, signal: AbortSignal): Promise<Outcome> {
    const kind = RESOURCES[operation.objectKind];
    if (kind === undefined) {
      const text = `the SCIM connector has no ${operation.objectKind}`;
      return { kind: 'failed', failure: new RefusedFailure('TARGET_REFUSED', text) };
    }
    try {
      if (operation.action === 'create') return await this.#create(kind, operation, signal);
      if (operation.action === 'delete') return await this.#delete(kind, operation, signal);
      return await this.#update(kind, operation, signal);
    } catch (failure) {
      if (!(failure instanceof Failure) || failure.recovery === 'hold') throw failure;
      return { kind: 'failed', failure };
    }
  }

  async #create(kind: ResourceKind, operation: Operation, signal: AbortSignal): Promise<Outcome> {
    const found = await this.#lookUp(kind, operation, signal);
    if (found !== null) return this.#adopt(kind, operation, found, signal);
    if (operation.leaving === true) return { kind: 'already', remark: NOT_KNOWN };
    const body = toResource(kind, operation.object ?? {}, operation.references);
    const written = await this.#client.write('POST', kind.endpoint, body, null, signal);
    if (written.kind !== 'conflict') return outcomeOf(written, operation);
    const present = await this.#lookUp(kind, operation, signal, true);
    if (present !== null) return this.#adopt(kind, operation, present, signal);
    return takenByAnother(operation);
  }

  /** The one resource that answers to our key; several are a finding for a person. */
  async #lookUp(
    kind: ResourceKind,
    operation: Operation,
    signal: AbortSignal,
    afterConflict = false,
  ): Promise<Resource | null> {
    const { lookup } = this.#options;
    if (lookup === 'none' && !afterConflict) return null;
    const { filter } = await this.#client.abilities(signal);
    if (!filter) return null;
    const names = afterConflict ? ['externalId', 'userName', 'displayName'] : [lookup];
    for (const name of names) {
      const value = operation.object?.[name];
      if (typeof value !== 'string') continue;
      const found = await this.#client.find(kind.endpoint, `${name} eq ${quoted(value)}`, signal);
      if (found.length > 1) {
        const text = `${found.length} ${operation.objectKind} of the service have the same ${name}`;
        throw new RefusedFailure('AMBIGUOUS_MATCH', text);
      }
      if (found[0] !== undefined) return found[0];
    }
    return null;
  }

  /** The one resource that carries our key; a service that cannot search is read to its end. */
  async #ours(
    kind: ResourceKind,
    { objectKind, key }: Operation,
    signal: AbortSignal,
  ): Promise<Resource | undefined> {
    const { filter } = await this.#client.abilities(signal);
    const asked = filter ? `externalId eq ${quoted(key)}` : null;
    const found: Resource[] = [];
    for await (const page of this.#client.pages(kind.endpoint, asked, signal)) {
      found.push(...page.filter(({ externalId }) => externalId === key));
    }
    if (found.length <= 1) return found[0];
    const text = `${found.length} ${objectKind} of the service have the same externalId`;
    throw new RefusedFailure('AMBIGUOUS_MATCH', text);
  }

  /**
   * What is there already becomes ours instead of being created twice; but not what carries another
   * system's or another person's id, unless the binding says that the name decides.
   */
  async #adopt(
    kind: ResourceKind,
    operation: Operation,
    { id, externalId }: Resource,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const ours = operation.object?.['externalId'];
    const isOthers = typeof externalId === 'string' && externalId !== '' && externalId !== ours;
    if (isOthers && this.#options.lookup !== 'userName') {
      const text = `another ${operation.objectKind} of the service, with an externalId of its own, has this name`;
      return { kind: 'failed', failure: new RefusedFailure('KEY_TAKEN', text) };
    }
    const path = `${kind.endpoint}/${encodeURIComponent(id)}`;
    const body = { ...toResource(kind, operation.object ?? {}, operation.references), id };
    const outcome = outcomeOf(await this.#client.write('PUT', path, body, null, signal), operation);
    if (outcome.kind === 'failed') return outcome;
    return { kind: 'already', remoteId: id, remark: 'was there already and is ours now' };
  }

  async #update(kind: ResourceKind, operation: Operation, signal: AbortSignal): Promise<Outcome> {
    const { remoteId } = operation;
    if (remoteId === null) return this.#create(kind, operation, signal);
    const path = `${kind.endpoint}/${encodeURIComponent(remoteId)}`;
    const { patch, etag } = await this.#client.abilities(signal);
    for (let attempt = 1; ; attempt++) {
      const version = etag ? ((await this.#client.read(path, signal))?.etag ?? null) : null;
      // A patch says what differs: there must be something known that it differs from.
      const written =
        patch && operation.previous !== null
          ? await this.#patch(kind, path, operation, version, signal)
          : await this.#put(kind, path, operation, version, signal);
      if (written.kind === 'changed' && attempt === 1) continue;
      if (written.kind === 'gone') return this.#create(kind, operation, signal);
      return outcomeOf(written, operation);
    }
  }

  #put(
    kind: ResourceKind,
    path: string,
    operation: Operation,
    etag: string | null,
    signal: AbortSignal,
  ): Promise<Written> {
    const body = {
      ...toResource(kind, operation.object ?? {}, operation.references),
      id: operation.remoteId,
    };
    return this.#client.write('PUT', path, body, etag, signal);
  }

  /** Long lists of members go in several requests; each can be repeated without harm. */
  async #patch(
    kind: ResourceKind,
    path: string,
    operation: Operation,
    etag: string | null,
    signal: AbortSignal,
  ): Promise<Written> {
    const before = toResource(
      kind,
      operation.previous ?? {},
      operation.formerReferences ?? operation.references,
    );
    const wanted = toResource(kind, operation.object ?? {}, operation.references);
    let written: Written = { kind: 'written', resource: null };
    const all = patchOperations(kind, before, wanted);
    for (const operations of chunks(all, this.#options.memberChunk)) {
      const body: JsonObject = { schemas: [PATCH_SCHEMA], Operations: operations };
      written = await this.#client.write('PATCH', path, body, etag, signal);
      if (written.kind !== 'written') return written;
    }
    return written;
  }

  async #delete(kind: ResourceKind, operation: Operation, signal: AbortSignal): Promise<Outcome> {
    const id = operation.remoteId ?? (await this.#ours(kind, operation, signal))?.id;
    if (id === undefined) return { kind: 'already', remark: NOT_KNOWN };
    const path = `${kind.endpoint}/${encodeURIComponent(id)}`;
    const written = await this.#client.write('DELETE', path, null, null, signal);
    return written.kind === 'gone' ? { kind: 'already' } : outcomeOf(written, operation);
  }
}

/** Splits the values of `add` operations, and then the operations, into requests of that size. */
function chunks(
  operations: readonly PatchOperation[],
  size: number,
): readonly (readonly PatchOperation[])[] {
  const single = operations.flatMap((operation) => {
    const { value } = operation;
    if (operation['op'] !== 'add' || !Array.isArray(value)) return [operation];
    const parts: PatchOperation[] = [];
    for (let at = 0; at < value.length; at += size) {
      parts.push({ ...operation, value: value.slice(at, at + size) });
    }
    return parts;
  });
  if (operations.length <= size && single.length === operations.length) {
    return single.length === 0 ? [] : [single];
  }
  const requests: PatchOperation[][] = [];
  for (const operation of single) {
    const last = requests.at(-1);
    const isLong = Array.isArray(operation['value']);
    if (last === undefined || last.length >= size || isLong) requests.push([operation]);
    else last.push(operation);
  }
  return requests;
}

function outcomeOf(written: Written, { object, previous, key, objectKind }: Operation): Outcome {
  switch (written.kind) {
    case 'written': {
      const { resource, status } = written;
      const remark = status === undefined ? {} : { remark: `HTTP ${status}` };
      return { kind: 'done', ...(resource === null ? {} : { remoteId: resource.id }), ...remark };
    }
    case 'failed': {
      if (written.failure.recovery === 'hold') throw written.failure;
      if (written.failure.recovery === 'retry') return { kind: 'failed', failure: written.failure };
      const values = [...Object.values(object ?? {}), ...Object.values(previous ?? {})];
      const known = [key, ...values.map((value) => (typeof value === 'string' ? value : ''))];
      const nested = values.flatMap((value) => textsIn(JSON.stringify(value)));
      const text = `${written.failure.message} ${redact(written.detail, [...known, ...nested])}`;
      return { kind: 'failed', failure: new RefusedFailure('TARGET_REFUSED', text.trim()) };
    }
    case 'conflict':
      return takenByAnother({ objectKind });
    case 'changed': {
      const text = `this ${objectKind} is being changed by somebody else`;
      return { kind: 'failed', failure: new RefusedFailure('TARGET_REFUSED', text) };
    }
    default: {
      const text = `the service refuses this ${objectKind}: ${written.kind}`;
      return { kind: 'failed', failure: new RefusedFailure('TARGET_REFUSED', text) };
    }
  }
}

/** 409: it may be free again when the other has gone or has been renamed. */
function takenByAnother({ objectKind }: Pick<Operation, 'objectKind'>): Outcome {
  const text = `another ${objectKind} of the service has a value that must be unique`;
  return { kind: 'failed', failure: new RefusedFailure('KEY_TAKEN', text) };
}

/** Every string in a JSON text. */
function textsIn(json: string): readonly string[] {
  return [...json.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1] ?? '');
}
