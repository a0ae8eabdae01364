import {
  type JsonObject,
  RefusedFailure,
  saying,
  type Write,
  type Written,
} from '../../core/plugin.ts';
import type { Part, PartAnswer } from './batch.ts';
import {
  addToList,
  type Found,
  type GraphKind,
  type GroupKind,
  idsAt,
  keyParts,
  notYet,
  THERE,
  type World,
} from './kind.ts';
import { literal, textAt, valuesIn } from './odata.ts';
import type { Users } from './users.ts';

/** Which groups' members they are. */
export interface Membership {
  readonly groups: GroupKind;
  readonly users: Users;
  /** The field with the group's id. */
  readonly field: 'class' | 'audience';
  /** Teachers own a class: they are its members, too. */
  readonly hasOwners: boolean;
}

/** Persons in groups. The service has no id for it: ours is made of the two that it joins. */
export class Members implements GraphKind {
  readonly #world: World;
  readonly #of: Membership;
  /** Group and account -> our key of who was told to be there: accounts may be swapped. */
  readonly #told = new Map<string, string>();

  constructor(world: World, of: Membership) {
    this.#world = world;
    this.#of = of;
  }

  async write(one: Write): Promise<Written> {
    const { key, object, previous, remoteId } = one;
    const wanted = `${textAt(object, this.#of.field)}/${textAt(object, 'user')}`;
    const id = remoteId ?? wanted;
    const former = previous?.['role'] ?? null;
    if (object === null) return this.#leave(key, id, former === 'student');
    const isTeacher = object['role'] === 'teacher';
    if (this.#of.hasOwners && !isTeacher && object['role'] !== 'student') return NO_ROLE;
    this.#told.set(wanted, key);
    if (id !== wanted) return this.#move(one, id);
    const [group = '', user = ''] = id.split('/');
    const mayOwn = this.#of.hasOwners && !one.isNew && former !== 'student';
    const hasOwned = !isTeacher && mayOwn && (await this.#disown(group, user));
    const added = await this.#add(group, user, isTeacher ? 'teachers' : 'members');
    // Who is no owner any more is shown as a member for some seconds, and then is none.
    if (hasOwned && added === THERE)
      throw notYet(saying('leavesYet', {}), saying('leavesYetHint', {}));
    return { ...added, id };
  }

  async *list(signal: AbortSignal): Found {
    const keys = await this.#keysOfUsers(signal);
    for await (const page of this.#of.groups.list(signal)) {
      const ours = page.filter((group) => textAt(group, 'externalId') !== '');
      for (const group of ours) yield await this.#membersOf(group, keys);
    }
  }

  async *find(key: string, signal: AbortSignal): Found {
    const [groupKey, userKey] = keyParts(key);
    const group = await this.#of.groups.idOf(groupKey);
    const user = group === null ? null : await this.#of.users.idOf(userKey, signal);
    if (group === null || user === null) return;
    const path = `/users/${user}/memberOf?$filter=id%20eq%20${literal(group)}&$select=id`;
    const [found] = valuesIn(await this.#world.batches.get(path));
    if (found !== undefined) yield [{ id: `${group}/${user}`, externalId: key }];
  }

  async #add(group: string, user: string, list: 'teachers' | 'members'): Promise<Written> {
    const added = await addToList(this.#world, `${this.#pathOf(group)}/${list}`, user);
    if (added.status === 404) throw notYet(saying('noGroupYet', {}), saying('noGroupYetHint', {}));
    return added;
  }

  /** The person has another account, or the group was made anew: who was there leaves. */
  async #move(one: Write, former: string): Promise<Written> {
    const added = await this.write({ ...one, remoteId: null, isNew: true });
    if (added.failure != null) return added;
    const left = await this.#leave(one.key, former, one.previous?.['role'] === 'student');
    const { hadOthersId = false } = left;
    return left.failure == null || left.status === 404 ? { ...ANOTHER, hadOthersId } : left;
  }

  /**
   * Whoever else was told to be there by the same account stays. Of whom another run told nobody
   * knows here: where the account is another's by now, that one is told again.
   */
  async #leave(key: string, id: string, isStudent: boolean): Promise<Written> {
    const [group = '', user = ''] = id.split('/');
    if ((this.#told.get(id) ?? key) !== key) return { status: 204 };
    this.#told.delete(id);
    const left = await this.#remove(group, user, isStudent);
    const holder = await this.#of.users.holderOf(user);
    return { ...left, hadOthersId: holder !== null && holder !== keyParts(key)[1] };
  }

  /** Who teaches is a member as well: as an owner first, which may take the member, too. */
  async #remove(group: string, user: string, isStudent: boolean): Promise<Written> {
    const hasOwned = this.#of.hasOwners && !isStudent && (await this.#disown(group, user));
    const path = `${this.#pathOf(group)}/members/${user}/$ref`;
    const answer = await this.#send({ method: 'DELETE', path });
    return hasOwned && answer.status === 404 ? { status: 204 } : answer;
  }

  /** Answers whether the person was an owner. */
  async #disown(group: string, user: string): Promise<boolean> {
    const path = `${this.#pathOf(group)}/teachers/${user}/$ref`;
    const { status, failure } = await this.#send({ method: 'DELETE', path });
    if (failure !== null && status !== 404) throw failure;
    return failure === null;
  }

  #send(part: Part): Promise<PartAnswer> {
    return this.#world.batches.send(part);
  }

  #pathOf(group: string): string {
    return this.#of.hasOwners ? `/education/classes/${group}` : `/groups/${group}`;
  }

  async #membersOf(group: JsonObject, keys: ReadonlyMap<string, string>): Promise<JsonObject[]> {
    const id = textAt(group, 'id');
    const [members, teachers] = await Promise.all([
      idsAt(this.#world, `${this.#pathOf(id)}/members`),
      this.#of.hasOwners ? idsAt(this.#world, `${this.#pathOf(id)}/teachers`) : [],
    ]);
    const owners = new Set(teachers);
    return members.map((user) => ({
      ...{ id: `${id}/${user}`, [this.#of.field]: id, user },
      ...(this.#of.hasOwners ? { role: owners.has(user) ? 'teacher' : 'student' } : {}),
      externalId: keys.has(user) ? `${textAt(group, 'externalId')}|${keys.get(user)}` : null,
    }));
  }

  async #keysOfUsers(signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const keys = new Map<string, string>();
    for await (const page of this.#of.users.list(signal)) {
      for (const user of page) {
        const key = textAt(user, 'externalId');
        if (key !== '') keys.set(textAt(user, 'id'), key);
      }
    }
    return keys;
  }
}

/** It is none of the former id: it is told once more as a new one, which gives its id. */
const ANOTHER: Written = { status: 404 };
const NO_ROLE: Written = {
  status: 400,
  failure: new RefusedFailure('TARGET_REFUSED', saying('studentsTeachers', {})),
};
