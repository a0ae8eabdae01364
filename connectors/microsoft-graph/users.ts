import { type Json, type JsonObject, saying, type Write, type Written } from '../../core/plugin.ts';
import { type Found, type GraphKind, notYet, type World } from './kind.ts';
import { COUNTED, PAGES, textAt } from './odata.ts';

const LIST =
  '/education/users?$select=id,userPrincipalName,primaryRole,student,teacher&$count=true';
const MARK = '$select=id,student,teacher';

/**
 * Accounts, which others make: each is told whose it is, by our id and the role. Taken from us, it
 * is only told that it is nobody's any more.
 */
export class Users implements GraphKind {
  readonly #world: World;
  /** The service cannot be asked by our id: its whole list is read once. */
  #known: Promise<Map<string, string>> | null = null;

  /** Accounts -> our key of whom they were given to. */
  readonly #given = new Map<string, string>();
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(world: World) {
    this.#world = world;
  }

  /** The service's id of a person's account; null where none is theirs. */
  async idOf(key: string, signal: AbortSignal): Promise<string | null> {
    this.#known ??= this.#read(signal);
    const reading = this.#known;
    reading.catch(() => {
      this.#known = null;
    });
    return (await reading).get(key) ?? null;
  }

  async write({ key, object, previous, remoteId }: Write): Promise<Written> {
    if (object === null) return this.#release(key, remoteId ?? '');
    const name = textAt(object, 'userPrincipalName');
    const isKnown = remoteId !== null && name === textAt(previous, 'userPrincipalName');
    const id = isKnown ? remoteId : await this.#idOfAccount(name);
    if (remoteId !== null && remoteId !== id) {
      await this.#release(key, remoteId);
      return { status: 404, hadOthersId: false };
    }
    return this.#mark(key, id, markOf(key, object));
  }

  /** Our key of whom an account is marked as; null where that is nobody. */
  async holderOf(id: string): Promise<string | null> {
    return keyIn(await this.#world.batches.get(`/education/users/${id}?${MARK}`));
  }

  async *list(signal: AbortSignal): Found {
    for await (const page of this.#world.http.pages(LIST, PAGES, { headers: COUNTED, signal })) {
      yield page.map((user) => ({ ...user, externalId: keyIn(user) }));
    }
  }

  async *find(key: string, signal: AbortSignal): Found {
    const id = await this.idOf(key, signal);
    if (id !== null) yield [{ id, externalId: key }];
  }

  async #idOfAccount(name: string): Promise<string> {
    const path = `/education/users/${encodeURIComponent(name)}?$select=id`;
    const id = textAt(await this.#world.batches.get(path), 'id');
    if (id === '') throw notYet(saying('noAccountYet', {}), saying('noAccountYetHint', {}));
    return id;
  }

  /** An account is nobody's any more, unless it bears another's mark by now: names are swapped. */
  async #release(key: string, id: string): Promise<Written> {
    return ((await this.holderOf(id)) ?? key) === key
      ? this.#mark(key, id, NOBODY)
      : { status: 204 };
  }

  /** One after the other for each account: what one person lets go of, another may be given. */
  #mark(key: string, id: string, body: JsonObject): Promise<Written> {
    if (body !== NOBODY) this.#given.set(id, key);
    const before = this.#turns.get(id) ?? Promise.resolve();
    const turn = before.then(
      () => this.#tell(key, id, body),
      () => this.#tell(key, id, body),
    );
    this.#turns.set(id, turn);
    return turn;
  }

  async #tell(key: string, id: string, body: JsonObject): Promise<Written> {
    if (body === NOBODY && (this.#given.get(id) ?? key) !== key) return { status: 204 };
    const path = `/education/users/${id}`;
    const { status, failure, detail } = await this.#world.batches.send({
      method: 'PATCH',
      path,
      body,
    });
    const known = this.#known === null ? null : await this.#known;
    if (body === NOBODY || status === 404) known?.delete(key);
    else if (failure === null) known?.set(key, id);
    return { status, id, failure, detail };
  }

  async #read(signal: AbortSignal): Promise<Map<string, string>> {
    const known = new Map<string, string>();
    for await (const page of this.list(signal)) {
      for (const user of page) {
        const key = keyIn(user);
        if (key !== null) known.set(key, textAt(user, 'id'));
      }
    }
    return known;
  }
}

const NOBODY: JsonObject = { primaryRole: 'none', student: null, teacher: null };

/** As School Data Sync leaves its mark: by the role's own id. */
function markOf(key: string, { primaryRole = 'none' }: JsonObject): JsonObject {
  const own = { externalId: key };
  const [student, teacher] = primaryRole === 'teacher' ? [null, own] : [own, null];
  return { externalSource: 'sis', primaryRole, student, teacher };
}

function keyIn(user: Json): string | null {
  return textAt(user, 'teacher', 'externalId') || textAt(user, 'student', 'externalId') || null;
}
