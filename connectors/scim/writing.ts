import { type Json, type JsonObject, type Operation, objectsIn } from '../../core/plugin.ts';
import type { ScimClient, Shown } from './client.ts';
import { isAsWanted, type MembersSeen, MemberWays } from './member-ways.ts';
import { merged, ownPart } from './ours.ts';
import { covers, PATCH_SCHEMA, type PatchOperation, patchOperations, requestsOf } from './patch.ts';
import { pathOf, type ResourceKind, toResource } from './resources.ts';
import type { Written } from './written.ts';

/** One operation, with all that is needed to speak of it to the service. */
export interface Task {
  readonly kind: ResourceKind;
  readonly operation: Operation;
  /** What the service is to hold, in its own ids. */
  readonly wanted: JsonObject;
  readonly signal: AbortSignal;
}

/** What was shown of a resource before it is changed, and what we told of it last. */
interface Seen {
  readonly shown: Shown | null;
  readonly before: JsonObject | null;
}

/** A resource of which nothing has been asked to change. */
const UNTOUCHED: Written = { kind: 'written', status: 200, shown: null, id: null, etag: null };

/** Changes resources: what is ours of them, and nothing else. */
export class Writing {
  readonly #client: ScimClient;
  /** Most members in one request: fewer from when the service says that it was too much. */
  #memberChunk: number;
  readonly #ways = new MemberWays();

  constructor(client: ScimClient, memberChunk: number) {
    this.#client = client;
    this.#memberChunk = memberChunk;
  }

  /** Makes a resource, at first with no more members than one request may have. */
  async make({ kind, wanted, signal }: Task): Promise<Written & { readonly sent: JsonObject }> {
    const { patch } = await this.#client.abilities(signal);
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
    const { kind, wanted, signal } = task;
    const { patch } = await this.#client.abilities(signal);
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
    const { patch, etag } = await this.#client.abilities(signal);
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
    if (!isUnsure || written.kind !== 'written') return written;
    const after = await this.#client.read(path, signal);
    const members = membersSeen(task, seen, after);
    if (!this.#ways.judge(kind, operations, members)) return written;
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
      const { patch, etag } = await this.#client.abilities(signal);
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
      const isAgain = written.kind === 'changed' || (written.kind === 'unable' && patch);
      if (!isAgain || attempt > 2) return written;
    }
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
      if (written.kind === 'unable') await this.#client.withoutPatch(signal);
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

function differing(
  { kind, wanted, operation }: Task,
  shown: Shown | null,
  before: JsonObject | null,
): readonly PatchOperation[] {
  const own = ownPart(shown?.resource ?? {}, wanted, operation.fields ?? []);
  const { members } = kind;
  if (members === undefined || before === null || own[members] === undefined)
    return patchOperations(kind, own, wanted, covers);
  // Whom others have put in stays, as long as we know whom we have.
  const isOurs = oursOf(members, before, wanted);
  const held = objectsIn(own[members]).filter(isOurs);
  return patchOperations(kind, { ...own, [members]: held }, wanted, covers);
}

/** The wanted resource with the members whom others have put in, where we know whom we have. */
function withOthers(
  { kind: { members }, wanted }: Task,
  { resource }: Shown,
  before: JsonObject | null,
): JsonObject {
  if (members === undefined || before === null) return wanted;
  const isOurs = oursOf(members, before, wanted);
  const others = objectsIn(resource[members]).filter((one) => !isOurs(one));
  if (others.length === 0) return wanted;
  return { ...wanted, [members]: [...objectsIn(wanted[members]), ...others] };
}

/** The same operations with all members in one, those whom others have put in among them. */
function setAsWhole(
  task: Task,
  operations: readonly PatchOperation[],
  { shown, before }: Seen,
): readonly PatchOperation[] {
  const { members = '' } = task.kind;
  const rest = operations.filter(({ path }) => String(path).split('[')[0] !== members);
  if (rest.length === operations.length) return operations;
  const whole = shown === null ? task.wanted : withOthers(task, shown, before);
  const all = objectsIn(whole[members]);
  const setting = all.length === 0 ? { op: 'remove' } : { op: 'replace', value: all };
  return [...rest, { ...setting, path: members }];
}

function membersSeen(task: Task, { shown, before }: Seen, after: Shown | null): MembersSeen {
  const { members = '' } = task.kind;
  const whole = shown === null ? task.wanted : withOthers(task, shown, before);
  const [then, now] = [shown, after].map((one) => one?.resource[members]);
  return { shown: then, told: before?.[members], wanted: whole[members], after: now };
}

function oursOf(members: string, before: JsonObject, wanted: JsonObject) {
  const ours = new Set([...valuesIn(before[members]), ...valuesIn(wanted[members])]);
  return ({ value }: JsonObject) => ours.has(String(value));
}

function valuesIn(list: Json | undefined): readonly string[] {
  return objectsIn(list).map(({ value }) => String(value));
}

function membersIn({ members }: ResourceKind, resource: JsonObject): number {
  return members === undefined ? 0 : objectsIn(resource[members]).length;
}

/** How many things a request is about: its operations, or the members that one of them names. */
function sizeOf(operations: readonly PatchOperation[]): number {
  const lists = operations.map(({ value }) => (Array.isArray(value) ? value.length : 1));
  return Math.max(operations.length, ...lists);
}

/** What the target confirmed last, in the ids that it was told then. */
export function formerResource({ kind, operation }: Task, base: string): JsonObject | null {
  const { previous, formerReferences, references } = operation;
  return previous === null
    ? null
    : toResource(kind, previous, formerReferences ?? references, base);
}
