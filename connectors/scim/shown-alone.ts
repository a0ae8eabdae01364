import type { ScimClient } from './client.ts';
import type { Resource } from './paged-list.ts';
import { pathOf, type ResourceKind } from './resources.ts';

/** So many without members are looked at alone, before they are believed to have none. */
const LOOKS = 20;

/**
 * There are services whose lists leave out what is long, and that show the members of a group to
 * whoever asks for that group. Each resource as it is shown alone, where that shows more.
 */
export class ShownAlone {
  readonly #client: ScimClient;
  readonly #kind: ResourceKind;
  /** Null as long as no member was seen, neither in the list nor of one alone. */
  #isNeeded: boolean | null = null;
  #looks = 0;

  constructor(client: ScimClient, kind: ResourceKind) {
    this.#client = client;
    this.#kind = kind;
  }

  async whole(listed: Resource, signal: AbortSignal): Promise<Resource> {
    const { members } = this.#kind;
    if (members === undefined || this.#isNeeded === false) return listed;
    if (hasAny(listed, members)) {
      // What the list shows of one it shows of all.
      if (this.#isNeeded === null) this.#isNeeded = false;
      return listed;
    }
    if (this.#isNeeded === null && this.#looks >= LOOKS) return listed;
    this.#looks += 1;
    const alone = await this.#client.read(pathOf(this.#kind, listed.id), signal);
    if (alone === null || !hasAny(alone.resource, members)) return listed;
    this.#isNeeded = true;
    return alone.resource;
  }
}

function hasAny(resource: Resource, name: string): boolean {
  const list = resource[name];
  return Array.isArray(list) && list.length > 0;
}
