import { type Json, type JsonObject, notTaken } from '../../core/plugin.ts';
import { type Abilities, Methods } from './abilities.ts';
import type { ScimClient, Shown } from './client.ts';
import { FirstChanges } from './first-changes.ts';
import { isAsWanted, MemberWays } from './member-ways.ts';
import {
  differing,
  membersIn,
  membersSeen,
  type Seen,
  setAsWhole,
  sizeOf,
  type Task,
  withOthers,
} from './members.ts';
import { merged } from './ours.ts';
import { DECIDED_THERE } from './outcomes.ts';
import { PATCH_SCHEMA, type PatchOperation, patchOperations, requestsOf } from './patch.ts';
import { pathOf, type ResourceKind } from './resources.ts';
import type { Written } from './written.ts';

/** A resource of which nothing has been asked to change. */
const UNTOUCHED: Written = { kind: 'written', status: 200, shown: null, id: null, etag: null };

/** Changes resources: what is ours of them, and nothing else. */
export class Writing {
  readonly #client: ScimClient;
  /** Most members in one request: fewer from when the service says that it was too much. */
  #memberChunk: number;
  readonly #ways = new MemberWays();
  readonly #firsts = new FirstChanges();
  readonly #methods = new Methods();

  constructor(client: ScimClient, memberChunk: number) {
    this.#client = client;
    this.#memberChunk = memberChunk;
  }

  /** Makes a resource, at first with no more members than one request may have. */
  async make(task: Task): Promise<Written & { readonly sent: JsonObject }> {
    const { kind, wanted, signal } = task;
    const { patch } = await this.#abilities(task);
    for (;;) {
      const sent = patch ? this.#firstOf(kind, wanted) : wanted;
      const written = await this.#client.write('POST', kind.endpoint, sent, null, signal);
      const isAgain = patch && written.kind === 'long' && this.#halve(membersIn(kind, sent));
      if (!isAgain) return { ...written, sent };
    }
  }

  #firstOf(kind: ResourceKind, wanted: JsonObject): JsonObject {
    const members = kind.members === undefined ? undefined : wanted[kind.members];
    const isLong = Array.isArray(members) && members.length > this.#memberChunk;
    if (kind.members === undefined || !isLong) return wanted;
    return { ...wanted, [kind.members]: members.slice(0, this.#memberChunk) };
  }

  /** After so many that were too many; false where there cannot be fewer. */
  #halve(sent: number): boolean {
    if (sent < 2) return false;
    this.#memberChunk = Math.min(this.#memberChunk, Math.floor(sent / 2));
    return true;
  }

  /** Adds the members that a new resource was not given, or did not take. */
  async fill(
    task: Task,
    id: string,
    held: Json | undefined,
    version: string | null,
  ): Promise<Written> {
    const { kind, wanted } = task;
    const { patch } = await this.#abilities(task);
    if (!patch || kind.members === undefined) return UNTOUCHED;
    const name = kind.members;
    const operations = patchOperations(
      kind,
      { [name]: held ?? [] },
      { [name]: wanted[name] ?? [] },
    );
    const seen = { shown: null, before: { [name]: held ?? [] } };
    return this.#tell(task, id, operations, seen, version);
  }

  /**
   * Changes what is known to differ. Where that is refused, what is there may be other than was
   * thought: it is read, and what differs then is changed, once.
   */
  async change(task: Task, id: string, before: JsonObject): Promise<Written> {
    const { kind, wanted, signal } = task;
    const { patch, etag } = await this.#abilities(task);
    if (!patch) return this.bringAbout(task, id, before);
    const path = pathOf(kind, id);
    const operations = patchOperations(kind, before, wanted);
    const isSeen = etag || this.#ways.isUnsure(kind, operations);
    const shown = isSeen ? await this.#client.read(path, signal) : null;
    const version = etag ? (shown?.etag ?? null) : null;
    const written = await this.#tell(task, id, operations, { shown, before }, version);
    return mayBeOther(written) ? this.bringAbout(task, id, before) : written;
  }

  /** Tells changes of what was seen; whether members are as wanted by then is looked at. */
  async #tell(
    task: Task,
    id: string,
    operations: readonly PatchOperation[],
    seen: Seen,
    version: string | null,
  ): Promise<Written> {
    const { kind, signal } = task;
    const path = pathOf(kind, id);
    const isUnsure = this.#ways.isUnsure(kind, operations);
    const isWhole = this.#ways.isAsWhole(kind);
    const told = isWhole ? setAsWhole(task, operations, seen) : operations;
    const written = await this.#patch(task, path, told, version, isWhole);
    if (written.kind !== 'written') return written;
    const isFirst = written.shown === null && this.#firsts.areUnsure(kind, operations);
    if (!isUnsure && !isFirst) return written;
    const after = await this.#client.read(path, signal);
    const done = isFirst ? { ...written, shown: after?.resource ?? null } : written;
    if (isFirst && after !== null)
      this.#firsts.note(kind, operations, isTaken(task, after, seen.before));
    if (!isUnsure) return done;
    const members = membersSeen(task, seen, after);
    if (!this.#ways.judge(kind, operations, members)) return done;
    const whole = setAsWhole(task, operations, seen);
    const now = version === null ? null : (after?.etag ?? null);
    const again = await this.#patch(task, path, whole, now, true);
    if (again.kind !== 'written') return again;
    const last = await this.#client.read(path, signal);
    if (isAsWanted(membersSeen(task, seen, last))) this.#ways.setAsWhole(kind);
    return { ...again, shown: last?.resource ?? again.shown };
  }

  /**
   * Reads what is there and changes what differs of ours: all else is kept there by others.
   * `before`: what we told of it last, where that is known.
   */
  async bringAbout(task: Task, id: string, before: JsonObject | null = null): Promise<Written> {
    const { kind, signal } = task;
    const path = pathOf(kind, id);
    for (let attempt = 1; ; attempt++) {
      const shown = await this.#client.read(path, signal);
      const { patch, etag } = await this.#abilities(task);
      // A service may demand the version though it says that it has none.
      const version = etag || attempt > 1 ? versionOf(shown, attempt > 1) : null;
      // What nobody has read is not put in the place of what others may keep there.
      const written = patch
        ? await this.#tell(task, id, differing(task, shown, before), { shown, before }, version)
        : await this.#put(task, id, { shown, before }, version);
      // It was shown a moment ago: there are services that answer so to a method they do not know.
      const isUnknown = written.kind === 'gone' && shown !== null;
      if (patch && (isUnknown || isOfPaths(written)))
        return this.#put(task, id, { shown, before }, version);
      const isAgain =
        written.kind === 'changed' ||
        (written.kind === 'unable' && this.#methods.hasOther(kind.endpoint, patch));
      if (!isAgain || attempt > 2) return written;
    }
  }

  async #abilities({ kind, signal }: Task): Promise<Abilities> {
    return this.#methods.at(kind.endpoint, await this.#client.abilities(signal));
  }

  /** Deletes it; of a service that demands the version, what it is now goes. */
  async remove({ kind, signal }: Task, id: string): Promise<Written> {
    const path = pathOf(kind, id);
    const written = await this.#client.write('DELETE', path, null, null, signal);
    if (written.kind !== 'changed') return written;
    const version = versionOf(await this.#client.read(path, signal), true);
    return this.#client.write('DELETE', path, null, version, signal);
  }

  #put(task: Task, id: string, { shown, before }: Seen, version: string | null): Promise<Written> {
    const { wanted, operation, kind, signal } = task;
    const fields = operation.fields ?? [];
    const whole =
      shown === null ? wanted : merged(shown.resource, withOthers(task, shown, before), fields);
    return this.#client.write('PUT', pathOf(kind, id), { ...whole, id }, version, signal);
  }

  /** Long lists of members go in several requests; each can be repeated without harm. */
  async #patch(
    { kind, signal }: Task,
    path: string,
    operations: readonly PatchOperation[],
    version: string | null,
    isWhole = false,
  ): Promise<Written> {
    let written = UNTOUCHED;
    let current = version;
    const size = isWhole ? Number.MAX_SAFE_INTEGER : this.#memberChunk;
    let requests = requestsOf(kind, operations, size);
    while (requests.length > 0) {
      const [part = [], ...rest] = requests;
      const body: JsonObject = { schemas: [PATCH_SCHEMA], Operations: part };
      written = await this.#client.write('PATCH', path, body, current, signal);
      if (written.kind === 'unable') this.#methods.withoutPatch(kind.endpoint);
      if (written.kind === 'long' && this.#halve(sizeOf(part))) {
        requests = requestsOf(kind, requests.flat(), this.#memberChunk);
        continue;
      }
      if (written.kind !== 'written') return written;
      requests = rest;
      if (current === null || requests.length === 0) continue;
      // Every request makes a new version; where the answer does not tell it, it is asked for.
      current = written.etag ?? (await this.#client.read(path, signal))?.etag ?? null;
    }
    return written;
  }
}

function isTaken({ wanted }: Task, { resource }: Shown, before: JsonObject | null): boolean {
  return notTaken(wanted, resource, before ?? {}, DECIDED_THERE).length === 0;
}

/** Any version, where one is demanded and none is shown (RFC 9110, 13.1.1). */
function versionOf(shown: Shown | null, isDemanded: boolean): string | null {
  return shown?.etag ?? (isDemanded && shown !== null ? '*' : null);
}

/**
 * There are services that know no path, or none with a filter in it (RFC 7644, 3.5.2). Of one that
 * refuses with a status of success it is not known what it did.
 */
function isOfPaths(written: Written): boolean {
  if (written.kind !== 'failed' || written.isYes) return false;
  return ['invalidPath', 'invalidFilter'].includes(written.scimType);
}

/** Refused as something that another state of the resource could be the reason of. */
function mayBeOther(written: Written): boolean {
  if (written.kind === 'failed') return written.failure.recovery === 'dead-letter';
  return written.kind === 'changed' || written.kind === 'unable' || written.kind === 'conflict';
}
