import { Failure, type Operation, RefusedFailure, saying } from '../../core/plugin.ts';
import { aboutAnother, beside, unreadable } from './answer.ts';
import type { ScimClient } from './client.ts';
import { type Known, KnownResources, type Lookup } from './known-resources.ts';
import { pathOf, type ResourceKind } from './resources.ts';

/**
 * Which resource of the service is an object of ours. What we made carries our externalId; a name
 * alone never tells whose something is, unless the binding says that the service knows accounts by
 * their names, and then not one that carries another's externalId.
 */
export class Identities {
  readonly #client: ScimClient;
  readonly #lookup: Lookup;
  readonly #known: KnownResources;
  /** `<kind>/<key>` of what was told without an answer to rely on: asked as of then. */
  readonly #doubts = new Set<string>();
  /** `<endpoint>/<id>` of what was made -> our key. */
  readonly #made = new Map<string, string>();
  /** The service's ids were seen to be our keys, as EGIL has it. */
  #isKeyTheId = false;

  constructor(client: ScimClient, lookup: Lookup) {
    this.#client = client;
    this.#lookup = lookup;
    this.#known = new KnownResources(client, lookup);
  }

  doubt({ objectKind, key }: Operation): void {
    this.#doubts.add(`${objectKind}/${key}`);
  }

  /** The id of the one resource that is ours, or null; several are a finding for a person. */
  async find(
    kind: ResourceKind,
    operation: Operation,
    signal: AbortSignal,
  ): Promise<string | null> {
    const { objectKind, key, object, previous } = operation;
    const isFresh = this.#doubts.has(`${objectKind}/${key}`);
    if (this.#lookup === 'none' && !isFresh) return null;
    const [ours, name] = [text(object?.['externalId']), text(object?.['userName'])];
    const isNamed = this.#lookup === 'userName' && name !== '';
    // An account that had this name from us and was made anew there by hand is the same one.
    const wasNamed = isFresh && name !== '' && same(text(previous?.['userName']), name);
    const attributes = [
      ...(isNamed ? (['userName'] as const) : []),
      ...(!isNamed || isFresh ? (['externalId'] as const) : []),
      ...(wasNamed && !isNamed ? (['userName'] as const) : []),
    ];
    for (const attribute of attributes) {
      const value = attribute === 'userName' ? name : ours;
      if (value === '') continue;
      const filter = { attribute, value };
      const found = await this.#known.find(kind.endpoint, filter, isFresh, signal);
      const own = found.filter(({ externalId }) => externalId === '' || externalId === ours);
      if (own.length > 0) return onlyOne(own, objectKind, attribute);
    }
    return null;
  }

  /** The id of the one resource that carries our key; `isFresh`: as of now. */
  async ours(
    { endpoint }: ResourceKind,
    { objectKind, key }: Operation,
    isFresh: boolean,
    signal: AbortSignal,
  ): Promise<string | null> {
    const filter = { attribute: 'externalId', value: key };
    const found = await this.#known.find(endpoint, filter, isFresh, signal);
    return found.length === 0 ? null : onlyOne(found, objectKind, 'externalId');
  }

  /**
   * Why something is not made: the service has that name already, and does not say whose. `words`:
   * its own, fit to be told.
   */
  async taken(
    kind: ResourceKind,
    operation: Operation,
    words: string,
    signal: AbortSignal,
  ): Promise<RefusedFailure> {
    const { objectKind, key, object } = operation;
    const attribute = text(object?.['userName']) === '' ? 'displayName' : 'userName';
    const filter = { attribute, value: text(object?.[attribute]) };
    const [holder] = await this.#known.find(kind.endpoint, filter, true, signal).catch((error) => {
      if (error instanceof Failure && error.recovery !== 'hold') return [];
      throw error;
    });
    if (holder === undefined) {
      // It may be in a place where nobody is shown it, such as among the deleted.
      const said = saying('valueTakenThere', { kind: objectKind });
      return new RefusedFailure('KEY_TAKEN', beside(said, words));
    }
    const values = { kind: objectKind, id: shownId(holder.id, filter.value), attribute, key };
    const said = saying(holder.externalId === '' ? 'nameHeld' : 'nameHeldElse', values);
    return new RefusedFailure('KEY_TAKEN', said, { hint: saying('nameHeldHint', {}) });
  }

  /**
   * The id of what was made: as the service says it, else our key where the service is seen to take
   * that (EGIL), else by looking for it.
   */
  async idOf(
    kind: ResourceKind,
    operation: Operation,
    told: string | null,
    signal: AbortSignal,
  ): Promise<string> {
    const key = text(operation.object?.['externalId']);
    if (told !== null) {
      const of = `${kind.endpoint}/${told}`;
      // A service that mixes up its answers gives the id of what another has just made.
      if ((this.#made.get(of) ?? key) !== key) throw aboutAnother(`POST ${kind.endpoint.slice(1)}`);
      this.#made.set(of, key);
      return told;
    }
    if (this.#isKeyTheId) return key;
    const shown = await this.#client.read(pathOf(kind, key), signal);
    if (shown?.resource.id === key) {
      this.#isKeyTheId = true;
      return key;
    }
    this.doubt(operation);
    const id = await this.find(kind, operation, signal);
    if (id === null) throw unreadable(`POST ${kind.endpoint.slice(1)}`);
    return id;
  }

  /** Whether it was made by that id here, so that a service may not show it everywhere yet. */
  hasMade({ endpoint }: ResourceKind, id: string): boolean {
    return this.#made.has(`${endpoint}/${id}`);
  }

  /** What was told to go is no longer one that may come late. */
  forget({ endpoint }: ResourceKind, id: string): void {
    this.#made.delete(`${endpoint}/${id}`);
  }

  /** Takes note of what was made. */
  add({ endpoint }: ResourceKind, { object }: Operation, id: string): void {
    this.#made.set(`${endpoint}/${id}`, text(object?.['externalId']));
    this.#known.add(endpoint, { ...object, id });
  }
}

function onlyOne(found: readonly Known[], objectKind: string, attribute: string): string {
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first.id;
  const said = saying('sameThere', { count: found.length, kind: objectKind, attribute });
  throw new RefusedFailure('AMBIGUOUS_MATCH', said);
}

/** There are services whose ids are names or numbers of persons: those are not told. */
function shownId(id: string, name: string): string {
  const isPlain = /^[\w.:-]{1,64}$/.test(id) && !/^\D{0,3}\d{6,}[-+]?\d{0,4}$/.test(id);
  return isPlain && !same(id, name) && !same(id, name.split('@')[0] ?? '') ? id : '***';
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function same(a: string, b: string): boolean {
  return a.normalize('NFC').toLowerCase() === b.normalize('NFC').toLowerCase();
}
