import type { Json, JsonObject, Operation } from '../../core/plugin.ts';
import type { ScimClient, Shown, Written } from './client.ts';
import { merged, ownPart } from './ours.ts';
import { covers, PATCH_SCHEMA, type PatchOperation, patchOperations, requestsOf } from './patch.ts';
import { pathOf, type ResourceKind, toResource } from './resources.ts';

/** One operation, with all that is needed to speak of it to the service. */
export interface Task {
  readonly kind: ResourceKind;
  readonly operation: Operation;
  /** What the service is to hold, in its own ids. */
  readonly wanted: JsonObject;
  readonly signal: AbortSignal;
}

/** A resource of which nothing has been asked to change. */
const UNTOUCHED: Written = { kind: 'written', status: 200, shown: null, id: null, etag: null };

/** Changes resources: what is ours of them, and nothing else. */
export class Writing {
  readonly #client: ScimClient;
  readonly #memberChunk: number;

  constructor(client: ScimClient, memberChunk: number) {
    this.#client = client;
    this.#memberChunk = memberChunk;
  }

  /** Makes a resource, at first with no more members than one request may have. */
  async make({ kind, wanted, signal }: Task): Promise<Written & { readonly sent: JsonObject }> {
    const sent = await this.#firstOf(kind, wanted, signal);
    const written = await this.#client.write('POST', kind.endpoint, sent, null, signal);
    return { ...written, sent };
  }

  async #firstOf(kind: ResourceKind, wanted: JsonObject, signal: AbortSignal): Promise<JsonObject> {
    const { patch } = await this.#client.abilities(signal);
    const members = kind.members === undefined ? undefined : wanted[kind.members];
    const isLong = Array.isArray(members) && members.length > this.#memberChunk;
    if (kind.members === undefined || !isLong || !patch) return wanted;
    return { ...wanted, [kind.members]: members.slice(0, this.#memberChunk) };
  }

  /** Adds the members that a new resource was not given, or did not take. */
  async fill(
    task: Task,
    id: string,
    held: Json | undefined,
    version: string | null,
  ): Promise<Written> {
    const { kind, wanted, signal } = task;
    const { patch } = await this.#client.abilities(signal);
    if (!patch || kind.members === undefined) return UNTOUCHED;
    const name = kind.members;
    const operations = patchOperations(
      kind,
      { [name]: held ?? [] },
      { [name]: wanted[name] ?? [] },
    );
    return this.#patch(task, pathOf(kind, id), operations, version);
  }

  /** Changes what is known to differ; where somebody else changed it in between, what then does. */
  async change(task: Task, id: string, before: JsonObject): Promise<Written> {
    const { kind, wanted, signal } = task;
    const { patch, etag } = await this.#client.abilities(signal);
    if (!patch) return this.bringAbout(task, id);
    const path = pathOf(kind, id);
    const version = etag ? ((await this.#client.read(path, signal))?.etag ?? null) : null;
    const operations = patchOperations(kind, before, wanted);
    const written = await this.#patch(task, path, operations, version);
    const isOpen = written.kind === 'changed' || written.kind === 'unable';
    return isOpen ? this.bringAbout(task, id) : written;
  }

  /** Reads what is there and changes what differs of ours: all else is kept there by others. */
  async bringAbout(task: Task, id: string): Promise<Written> {
    const { kind, signal } = task;
    const path = pathOf(kind, id);
    for (let attempt = 1; ; attempt++) {
      const shown = await this.#client.read(path, signal);
      const { patch, etag } = await this.#client.abilities(signal);
      // A service may demand the version though it says that it has none.
      const version = etag || attempt > 1 ? (shown?.etag ?? null) : null;
      const written =
        shown !== null && patch
          ? await this.#patch(task, path, differing(task, shown), version)
          : await this.#put(task, id, shown, version);
      const isAgain = written.kind === 'changed' || (written.kind === 'unable' && patch);
      if (!isAgain || attempt > 2) return written;
    }
  }

  /** Deletes it; of a service that demands the version, what it is now goes. */
  async remove({ kind, signal }: Task, id: string): Promise<Written> {
    const path = pathOf(kind, id);
    const written = await this.#client.write('DELETE', path, null, null, signal);
    if (written.kind !== 'changed') return written;
    const version = (await this.#client.read(path, signal))?.etag ?? null;
    return this.#client.write('DELETE', path, null, version, signal);
  }

  #put(
    { wanted, operation, kind, signal }: Task,
    id: string,
    shown: Shown | null,
    version: string | null,
  ): Promise<Written> {
    const fields = operation.fields ?? [];
    const whole = shown === null ? wanted : merged(shown.resource, wanted, fields);
    return this.#client.write('PUT', pathOf(kind, id), { ...whole, id }, version, signal);
  }

  /** Long lists of members go in several requests; each can be repeated without harm. */
  async #patch(
    { kind, signal }: Task,
    path: string,
    operations: readonly PatchOperation[],
    version: string | null,
  ): Promise<Written> {
    let written = UNTOUCHED;
    let current = version;
    const requests = requestsOf(kind, operations, this.#memberChunk);
    for (const [at, part] of requests.entries()) {
      const body: JsonObject = { schemas: [PATCH_SCHEMA], Operations: part };
      written = await this.#client.write('PATCH', path, body, current, signal);
      if (written.kind === 'unable') await this.#client.withoutPatch(signal);
      if (written.kind !== 'written') return written;
      if (current === null || at === requests.length - 1) continue;
      // Every request makes a new version; where the answer does not tell it, it is asked for.
      current = written.etag ?? (await this.#client.read(path, signal))?.etag ?? null;
    }
    return written;
  }
}

function differing({ kind, wanted, operation }: Task, { resource }: Shown) {
  const own = ownPart(resource, wanted, operation.fields ?? []);
  return patchOperations(kind, own, wanted, covers);
}

/** What the target confirmed last, in the ids that it was told then. */
export function formerResource({ kind, operation }: Task, base: string): JsonObject | null {
  const { previous, formerReferences, references } = operation;
  return previous === null
    ? null
    : toResource(kind, previous, formerReferences ?? references, base);
}
