import {
  type JsonObject,
  RefusedFailure,
  saying,
  TransientFailure,
  type Write,
  type Written,
} from '../../core/plugin.ts';
import type { PartAnswer } from './batch.ts';
import {
  addToList,
  type Found,
  type GraphKind,
  type GroupKind,
  notYet,
  type World,
} from './kind.ts';
import { textAt } from './odata.ts';

const HINT = saying('noTeamYetHint', {});
/** What was begun is watched so often, after pauses that grow. */
const LOOKS = 10;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/** What teams need of the rest. */
export interface TeamWorld {
  readonly classes: GroupKind;
  /** Resolves when Teams may be told of one more. */
  readonly mayTell: () => Promise<void>;
}

/** The teams of classes. A team has its class's id, and goes with it: by itself it is archived. */
export class Teams implements GraphKind {
  readonly #world: World;
  readonly #of: TeamWorld;

  constructor(world: World, of: TeamWorld) {
    this.#world = world;
    this.#of = of;
  }

  async write({ object, remoteId, isNew }: Write): Promise<Written> {
    const id = remoteId ?? textAt(object, 'class');
    if (isNew) return this.#make(id, object?.['archived'] === true);
    return this.#turn(id, object === null || object['archived'] === true);
  }

  async *list(signal: AbortSignal): Found {
    for await (const page of this.#of.classes.list(signal)) {
      const keys = page.map((one) => textAt(one, 'externalId')).filter((key) => key !== '');
      const found = await Promise.all(keys.map((key) => this.#withKey(key)));
      yield found.flat();
    }
  }

  async *find(key: string): Found {
    yield await this.#withKey(key);
  }

  async #withKey(key: string): Promise<JsonObject[]> {
    const id = await this.#of.classes.idOf(key);
    if (id === null) return [];
    const team = await this.#world.batches.get(`/teams/${id}?$select=id,isArchived`);
    if (team === null) return [];
    return [{ id, externalId: key, class: id, archived: Object(team)['isArchived'] === true }];
  }

  async #make(id: string, isArchived: boolean): Promise<Written> {
    await this.#own(id);
    const { url } = this.#world;
    const body = {
      'template@odata.bind': `${url}/teamsTemplates('educationClass')`,
      'group@odata.bind': `${url}/groups('${id}')`,
    };
    const made = await this.#tell('/teams', body);
    if (made.status === 404) throw notYet(saying('noTeamYet', {}), HINT);
    if (made.failure !== null) return made;
    const archived = isArchived ? await this.#turn(id, true) : made;
    return { ...archived, id };
  }

  /** The owner that the options name owns the team before there is one. */
  async #own(id: string): Promise<void> {
    const { owner } = this.#world;
    if (owner === null) return;
    const added = await addToList(this.#world, `/education/classes/${id}/teachers`, owner);
    if (added.status === 404) throw notYet(saying('noOwnerYet', {}), HINT);
    if (added.failure) throw added.failure;
  }

  #turn(id: string, isArchived: boolean): Promise<Written> {
    return this.#tell(`/teams/${id}/${isArchived ? 'archive' : 'unarchive'}`, {});
  }

  /** Begins something, and waits until it has been done. */
  async #tell(path: string, body: Readonly<Record<string, string>>): Promise<Written> {
    await this.#of.mayTell();
    const begun = await this.#world.batches.send({ method: 'POST', path, body });
    return begun.status === 202 ? this.#ended(begun) : begun;
  }

  async #ended({ location }: PartAnswer): Promise<Written> {
    let pauseMs = FIRST_PAUSE_MS;
    for (let look = 1; look <= LOOKS; look++) {
      const status = textAt(await this.#world.batches.get(location), 'status');
      if (status === 'succeeded') return { status: 200 };
      if (status === 'failed') return { status: 400, failure: refused() };
      await this.#world.sleep(pauseMs);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
    throw new TransientFailure('TIMEOUT', saying('teamBegun', {}));
  }
}

function refused(): RefusedFailure {
  const hint = saying('teamGivenUpHint', {});
  return new RefusedFailure('TARGET_REFUSED', saying('teamGivenUp', {}), { hint });
}
