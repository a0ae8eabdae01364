import type { JsonObject, Write, Written } from '../../core/plugin.ts';
import { type Found, type GraphKind, type GroupKind, idsAt, type World } from './kind.ts';
import { COUNTED, literal, PAGES, textAt, valuesIn } from './odata.ts';

interface Shape {
  readonly path: string;
  /** The field with our key. */
  readonly keyField: string;
  /** Of all groups those that can be ours. */
  readonly filter: string | null;
  /** Fields that every new one is given. */
  readonly fixed: JsonObject;
  /** A deleted group keeps its name for 30 days, and comes back with all but its members. */
  readonly comesBack: boolean;
}

class Groups implements GroupKind {
  readonly #world: World;
  readonly #shape: Shape;

  constructor(world: World, shape: Shape) {
    this.#world = world;
    this.#shape = shape;
  }

  async idOf(key: string): Promise<string | null> {
    const [group] = await this.#withKey(key);
    return group === undefined ? null : textAt(group, 'id');
  }

  async write({ key, object, remoteId, isNew }: Write): Promise<Written> {
    const { path, fixed } = this.#shape;
    const at = `${path}/${remoteId}`;
    if (object === null) return this.#world.batches.send({ method: 'DELETE', path: at });
    const deleted = isNew ? await this.#deleted(key, object) : null;
    if (deleted !== null) return this.#restore(deleted, object);
    if (isNew)
      return this.#world.batches.send({ method: 'POST', path, body: { ...object, ...fixed } });
    return this.#change(at, object);
  }

  async *list(signal: AbortSignal): Found {
    const { path, filter } = this.#shape;
    const query = filter === null ? '' : `$filter=${encodeURIComponent(filter)}&`;
    const all = `${path}?${query}$count=true`;
    for await (const page of this.#world.http.pages(all, PAGES, { headers: COUNTED, signal })) {
      yield page.map((group) => this.#known(group));
    }
  }

  async *find(key: string): Found {
    yield (await this.#withKey(key)).map((group) => this.#known(group));
  }

  async #withKey(key: string): Promise<readonly JsonObject[]> {
    const { path, keyField } = this.#shape;
    const query = `${path}?$filter=${keyField}%20eq%20${literal(key)}`;
    return valuesIn(await this.#world.batches.get(query));
  }

  /** The address is told once: it stays as it is when the group is renamed. */
  #change(path: string, { mailNickname: _told, ...body }: JsonObject): Promise<Written> {
    return this.#world.batches.send({ method: 'PATCH', path, body });
  }

  /**
   * The id of what was deleted under this name, and can come back; null where nothing was, or what
   * carries another's key: its members and all that they have written are not ours to bring back.
   */
  async #deleted(key: string, { mailNickname }: JsonObject): Promise<string | null> {
    const { comesBack, keyField } = this.#shape;
    if (!comesBack) return null;
    const filter = `mailNickname%20eq%20${literal(String(mailNickname))}`;
    const path = `/directory/deletedItems/microsoft.graph.group?$filter=${filter}`;
    const found = valuesIn(await this.#world.batches.get(path));
    const group = found.find((one) => ['', key].includes(textAt(one, keyField)));
    return group === undefined ? null : textAt(group, 'id');
  }

  async #restore(id: string, object: JsonObject): Promise<Written> {
    const path = `/directory/deletedItems/${id}/restore`;
    const restored = await this.#world.batches.send({ method: 'POST', path });
    if (restored.failure !== null) return restored;
    const at = `${this.#shape.path}/${id}`;
    try {
      await this.#empty(at);
    } catch (failure) {
      // With whoever was in it then, it is better not there: it is brought back another time.
      await this.#world.batches.send({ method: 'DELETE', path: at });
      throw failure;
    }
    return { ...(await this.#change(at, object)), id, isAnother: true };
  }

  /** Who was in it when it was deleted may not belong to it any more; a team keeps an owner. */
  async #empty(at: string): Promise<void> {
    for (const list of ['teachers', 'members']) {
      const users = await idsAt(this.#world, `${at}/${list}`);
      const paths = users.map((user) => `${at}/${list}/${user}/$ref`);
      const answers = await Promise.all(
        paths.map((path) => this.#world.batches.send({ method: 'DELETE', path })),
      );
      const failure = answers.find((one) => one.failure?.recovery === 'retry')?.failure;
      if (failure != null) throw failure;
    }
  }

  #known(group: JsonObject): JsonObject {
    return { ...group, externalId: group[this.#shape.keyField] ?? null };
  }
}

/** Classes: Microsoft 365 groups of the education directory, which have teams. */
export class Classes extends Groups implements GraphKind {
  constructor(world: World) {
    super(world, {
      ...{ path: '/education/classes', keyField: 'externalId', filter: null },
      ...{ fixed: { externalSource: 'sis' }, comesBack: true },
    });
  }
}

/** Security groups: whom a page or a piece of news is for. */
export class Audiences extends Groups implements GraphKind {
  constructor(world: World) {
    super(world, {
      ...{ path: '/groups', keyField: 'mailNickname' },
      filter: 'securityEnabled eq true and mailEnabled eq false',
      ...{ fixed: { securityEnabled: true, mailEnabled: false }, comesBack: false },
    });
  }
}
