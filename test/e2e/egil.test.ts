import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Answer, StoredResource } from '../../connectors/scim/simulator-directory.ts';
import type { JsonObject } from '../../core/message/message.ts';
import { runOf, World } from './world.ts';

const SCHOOL = 'urn:scim:schemas:extension:sis:school:1.0';
const FORMS = 'FS FSK FTH GR GRS SP SAM GY GYS VUX SUV YH FHS HS AU'.split(' ');
const DUTIES = 'Rektor/Lärare/Förskollärare/Övrig pedagogisk personal/Annan personal'.split('/');

/** What the profile says of each kind: what is required, and what refers to others. */
const PROFILE: Readonly<Record<string, { required: string[]; refers: Record<string, string> }>> = {
  Organisations: { required: ['displayName'], refers: {} },
  SchoolUnitGroups: { required: ['displayName'], refers: {} },
  SchoolUnits: {
    required: ['displayName', 'schoolUnitCode'],
    refers: { schoolUnitGroup: 'SchoolUnitGroups' },
  },
  Users: { required: ['userName', 'displayName', 'name'], refers: {} },
  Employments: {
    required: ['employedAt', 'user', 'employmentRole'],
    refers: { employedAt: 'SchoolUnits', user: 'Users' },
  },
  StudentGroups: {
    required: ['displayName', 'owner', 'studentMemberships'],
    refers: { owner: 'SchoolUnits', studentMemberships: 'Users' },
  },
  Activities: {
    required: ['displayName', 'owner', 'teachers', 'groups'],
    refers: { owner: 'SchoolUnits', teachers: 'Employments', groups: 'StudentGroups' },
  },
};

/**
 * A service by the published profile (Sambruk, implementationsprofil 2021-12): POST, PUT, DELETE,
 * and a list of all; no PATCH, no filter, no configuration; its id is the externalId, and is not in
 * the answer to a POST.
 */
class EgilService {
  readonly breaches = new Set<string>();
  readonly writes: string[] = [];
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    world.identity.directory.handle = (method, url, body) =>
      this.#answer(method, url, Object(body));
  }

  of(endpoint: string): Map<string, StoredResource> {
    return this.#world.identity.directory.of(endpoint);
  }

  #answer(method: string, url: URL, body: JsonObject): Answer {
    const [, , , endpoint = '', id] = url.pathname.split('/');
    if (!(endpoint in PROFILE)) return { status: 404, body: null };
    const held = this.of(endpoint);
    if (method === 'GET') {
      const all = [...held.values()];
      return { status: 200, body: { totalResults: all.length, Resources: all } };
    }
    this.writes.push(`${method} ${endpoint}`);
    if (method === 'DELETE') return { status: held.delete(id ?? '') ? 204 : 404, body: null };
    const key = String(body['externalId']);
    this.#check(endpoint, body);
    if (method === 'POST' && held.has(key)) return { status: 409, body: 'it is there' };
    if (method === 'PUT' && (id !== key || !held.has(key))) return { status: 404, body: null };
    if (method !== 'POST' && method !== 'PUT') return { status: 501, body: null };
    held.set(key, Object.assign({ id: key, version: 1 }, body));
    const { id: _id, ...shown } = body;
    return { status: method === 'POST' ? 201 : 200, body: shown };
  }

  #check(endpoint: string, body: JsonObject): void {
    const breach = (what: string) => this.breaches.add(`${endpoint}: ${what}`);
    const { required = [], refers = {} } = PROFILE[endpoint] ?? {};
    for (const name of required) if (body[name] === undefined) breach(`${name} is required`);
    const school = Object(body[`${SCHOOL}:User`]);
    const references = [
      ...Object.entries(refers).map(([name, to]) => [name, body[name], to] as const),
      ['enrolments', school.enrolments, 'SchoolUnits'] as const,
      ['studentGroups', school.studentGroups, 'StudentGroups'] as const,
    ];
    for (const [name, value, to] of references) {
      for (const one of [value ?? []].flat()) {
        const { value: id, $ref } = Object(one);
        if (!String($ref).endsWith(`/${to}/${id}`)) breach(`${name} without value and $ref`);
      }
    }
    const forms = [body['schoolTypes'] ?? [], body['schoolType'] ?? []].flat();
    for (const one of school.enrolments ?? []) forms.push(one.schoolType ?? 'AU');
    if (forms.some((form) => !FORMS.includes(String(form)))) breach('a school form');
    const duty = body['employmentRole'];
    if (duty !== undefined && !DUTIES.includes(String(duty))) breach('an employment role');
    if (endpoint === 'SchoolUnits' && !/^\d{8}$/.test(String(body['schoolUnitCode']))) {
      breach('the school unit code');
    }
  }
}

/** The flow with both types of group that the profile knows, as the connector's README has it. */
async function withTeachingGroups({ folder }: World): Promise<void> {
  const file = join(folder, 'flows', 'identity.yaml');
  const text = await readFile(file, 'utf8');
  const both = text.replace("groupType == 'Klass'", "groupType in ['Klass', 'Undervisning']");
  assert.notEqual(both, text);
  await writeFile(file, both);
}

describe('the EGIL profile, a second set of mappings on the same connector', () => {
  it('is kept to at a service that is built after it, from the first load to the changes of a night', async () => {
    const world = await World.open();
    try {
      const service = new EgilService(world);
      const line = await world.binding('identity');
      const bound = line.replace('connector: scim,', 'connector: scim, mappings: scim-egil,');
      await world.reconfigure(line, bound);
      await world.select('identity', ['organisation', 'duty', 'activity']);
      await withTeachingGroups(world);
      for (const night of [1, 4]) {
        await world.night(night, 300);
        const { outcome, counts, problem } = runOf(await world.sync('identity'), 'identity');
        const bad = [outcome, counts['failed'], counts['parked'], counts['blocked'], problem];
        assert.deepEqual(bad, ['done', 0, 0, 0, null]);
        assert.deepEqual([...service.breaches], []);
        const [plan] = await world.plan('identity');
        assert.deepEqual(plan?.counts, { create: 0, update: 0, delete: 0 });
      }
      const kinds = Object.keys(PROFILE).filter((endpoint) => service.of(endpoint).size > 0);
      assert.deepEqual(kinds, Object.keys(PROFILE));
      assert.ok(service.writes.some((write) => write.startsWith('PUT')));
      const groups = [...service.of('Users').values()].flatMap(
        (user) => Object(user[`${SCHOOL}:User`]).studentGroups ?? [],
      );
      const held = service.of('StudentGroups');
      const types = new Set(groups.map(({ value }) => held.get(value)?.['studentGroupType']));
      assert.deepEqual([...types].sort(), ['Klass', 'Undervisning']);
    } finally {
      await world.close();
    }
  });
});
