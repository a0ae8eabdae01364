import type { Json } from '../../message/message.ts';
import type { Store } from '../../store/store.ts';

const NAME = 'namespaces';

type OwnIdOf = (system: string, kind: string, externalId: string) => string;

/**
 * Whose numbering an id belongs to: that of the source module, unless a mapping says `of`. A
 * version before put the ids of every mapping without `of` into one numbering, without a name. A
 * database from then keeps its identities: the modules that filled it number on as they did, and
 * whoever names such a module means what it made.
 */
export class Namespaces {
  /** Modules whose ids without `of` are in the numbering without a name. */
  readonly unnamed: ReadonlySet<string>;
  /** `<module>/<kind>` of what those modules made there. */
  readonly #made: ReadonlySet<string>;

  private constructor(unnamed: ReadonlySet<string>, made: ReadonlySet<string>) {
    this.unnamed = unnamed;
    this.#made = made;
  }

  /** Of a database that does not know yet, its parts tell by which rule their ids were made. */
  static async open(store: Store, ownIdOf: OwnIdOf): Promise<Namespaces> {
    const kept = await store.getValue(NAME);
    const present = kept ?? (await store.offerValue(NAME, { ...(await told(store, ownIdOf)) }));
    const { unnamed, made } = read(present);
    return new Namespaces(new Set(unnamed), new Set(made));
  }

  /** What is kept of them. */
  state(): { readonly unnamed: readonly string[]; readonly made: readonly string[] } {
    return { unnamed: [...this.unnamed], made: [...this.#made] };
  }

  /** The system of an id in a mapping of that module which does not say `of`. */
  unsaid(module: string): string {
    return this.unnamed.has(module) ? '' : module;
  }

  /** The system in which that of this name is kept. */
  keptAs(system: string, kind: string): string {
    return this.#made.has(`${system}/${kind}`) ? '' : system;
  }
}

interface Kept {
  readonly unnamed: readonly string[];
  readonly made: readonly string[];
}

async function told(store: Store, ownIdOf: OwnIdOf): Promise<Kept> {
  const unnamed = new Set<string>();
  const made = new Set<string>();
  const named = new Set<string>();
  for (const { entity, source, externalId } of await store.entities.samples()) {
    const [without, within] = ['', source].map((one) => ownIdOf(one, entity.kind, externalId));
    unnamed.add(source);
    // A UUID is the same in every numbering.
    if (without === within) continue;
    if (entity.id === without) made.add(`${source}/${entity.kind}`);
    if (entity.id === within) named.add(`${source}/${entity.kind}`);
  }
  return { unnamed: [...unnamed], made: [...made].filter((one) => !named.has(one)) };
}

/** Those modules, as a hub has noted them; none where no hub has opened the store yet. */
export async function unnamedIn(store: Pick<Store, 'getValue'>): Promise<ReadonlySet<string>> {
  const kept = await store.getValue(NAME);
  return new Set(kept === null ? [] : read(kept).unnamed);
}

function read(kept: Json): Kept {
  // SAFETY: written by `open`.
  return kept as unknown as Kept;
}
