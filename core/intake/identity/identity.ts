import { createHmac, randomBytes } from 'node:crypto';
import type { LookupTerm } from '../../schema/annotation/lookup.ts';
import type { Trait } from '../../schema/annotation/traits.ts';
import type { Store } from '../../store/store.ts';
import { KeyedHash } from './keyed-hash.ts';
import { Namespaces } from './namespaces.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The name of the value that is the workspace's key, a text. */
export const KEY = 'identityKey';
const MERGED = 'merged';
const PASSED_ON = 'passed on';

/** Two of a million terms fall together once in 37 million workspaces. */
const LOOKUP_DIGITS = 16;

const NOBODY = { system: '', kind: '', externalId: '', id: '' };

/**
 * The workspace's identities. A UUID from outside is taken as it is (SS 12000: one shared transfer
 * id). Any other id is hashed with the workspace's secret key: an unkeyed hash of a personal number
 * could be reversed by trying them all. Where a source has found two persons to be one, the duplicate's
 * id leads to the survivor's from then on; the duplicate's own id is kept, so that they can be separated
 * again.
 */
export class Identity {
  readonly #store: Store;
  readonly #hash: KeyedHash;
  readonly #lookupHash: KeyedHash;
  /** What was asked for last: a record asks for its own id twice. */
  #last = NOBODY;
  /** Duplicate -> survivor. */
  #merged = new Map<string, string>();
  /** Own id -> the own id of whoever the source has given it to. */
  #passedOn = new Map<string, string>();

  #namespaces: Namespaces | null = null;
  #changes = 0;

  private constructor(store: Store, key: string) {
    this.#store = store;
    this.#hash = new KeyedHash(Buffer.from(key));
    this.#lookupHash = new KeyedHash(createHmac('sha256', key).update('lookup').digest());
  }

  static async open(store: Store): Promise<Identity> {
    const kept = await store.getValue(KEY);
    const key = kept ?? (await store.offerValue(KEY, randomBytes(32).toString('base64url')));
    const identity = new Identity(store, String(key));
    const ownIdOf = (...about: Parameters<Identity['ownIdOf']>) => identity.ownIdOf(...about);
    identity.#namespaces = await Namespaces.open(store, ownIdOf);
    // What was asked until here was asked without them.
    identity.#last = NOBODY;
    await identity.reload();
    return identity;
  }

  /**
   * Hub-owned id of what an outside system calls by this id; the same answer until a person says
   * that the source has given the id to another.
   */
  ownIdOf(system: string, kind: string, externalId: string): string {
    const last = this.#last;
    const isLast = last.externalId === externalId && last.kind === kind && last.system === system;
    const first = isLast ? last.id : this.#firstIdOf(system, kind, externalId);
    if (!isLast) this.#last = { system, kind, externalId, id: first };
    return this.#passedOn.size === 0 ? first : lastOf(this.#passedOn, first);
  }

  #firstIdOf(system: string, kind: string, externalId: string): string {
    const lowerCased = externalId.toLowerCase();
    if (UUID.test(lowerCased)) return lowerCased;
    const kept = this.#namespaces?.keptAs(system, kind) ?? system;
    return this.#hashed([kept, kind, externalId]);
  }

  /** Another number once an outside id may lead elsewhere than before. */
  get changes(): number {
    return this.#changes;
  }

  /** All that decides where outside ids lead, as a hash that nobody makes without the key. */
  state(): string {
    const { unnamed, made } = this.#namespaces?.state() ?? { unnamed: [], made: [] };
    const leads = [[...this.#merged], [...this.#passedOn], unnamed, made];
    return this.#hash.of(JSON.stringify(leads));
  }

  /** The system of ids in that module's mappings, where they do not say. */
  unsaidOf(module: string): string {
    return this.#namespaces?.unsaid(module) ?? module;
  }

  /** Modules whose ids are in one numbering where their mappings do not say otherwise. */
  get unnamed(): ReadonlySet<string> {
    return this.#namespaces?.unnamed ?? new Set();
  }

  #hashed(content: readonly string[]): string {
    return asUuid(this.#hash.of(JSON.stringify(content)));
  }

  /** The id of whoever has this one's outside id from now on; the same for the same occasion. */
  passOn(id: string, occasion: string): string {
    const heir = this.#hashed([PASSED_ON, id, occasion]);
    this.#passedOn.set(id, heir);
    this.#changes += 1;
    return heir;
  }

  /** The same, or the survivor's where it has been merged into another. */
  idOf(system: string, kind: string, externalId: string): string {
    const own = this.ownIdOf(system, kind, externalId);
    return this.#merged.size === 0 ? own : this.survivorOf(own);
  }

  /** All that is kept of what an entity is found by: who lacks the key cannot try all numbers. */
  lookupOf({ as, text }: LookupTerm | Trait): string {
    return this.#lookupHash.of(`${as} ${text}`).slice(0, LOOKUP_DIGITS);
  }

  survivorOf(id: string): string {
    return lastOf(this.#merged, id);
  }

  duplicatesOf(survivor: string): readonly string[] {
    return [...this.#merged].flatMap(([duplicate, into]) => (into === survivor ? [duplicate] : []));
  }

  merge(duplicate: string, survivor: string): void {
    this.#merged.set(duplicate, survivor);
    this.#changes += 1;
  }

  separate(duplicate: string): void {
    this.#merged.delete(duplicate);
    this.#changes += 1;
  }

  /** Forgets what was not kept: a run that failed has merged nobody. */
  async reload(): Promise<void> {
    this.#changes += 1;
    const kept = await this.#store.getValue(MERGED);
    this.#merged = new Map(Object.entries(kept ?? {}));
    this.#passedOn = new Map(Object.entries((await this.#store.getValue(PASSED_ON)) ?? {}));
  }

  async keep(): Promise<void> {
    await this.#store.putValue(MERGED, Object.fromEntries(this.#merged));
    if (this.#passedOn.size === 0) return;
    await this.#store.putValue(PASSED_ON, Object.fromEntries(this.#passedOn));
  }
}

/** Where the chain ends; two records that each call the other a duplicate lead nowhere. */
function lastOf(next: ReadonlyMap<string, string>, first: string): string {
  const seen = new Set([first]);
  for (let at = first; ; ) {
    const after = next.get(at);
    if (after === undefined || seen.has(after)) return at;
    seen.add(after);
    at = after;
  }
}

/** RFC 9562, version 8 (own content), variant 10. */
function asUuid(hex: string): string {
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-');
}
