import assert from 'node:assert/strict';
import type { JsonObject } from '../../core/message/message.ts';
import { objectsIn } from '../../core/plugin.ts';
import { CLIENT_SECRET, Serving } from './served-world.ts';
import { asServed, entitiesOf, idsFrom, KINDS, renamed, sorted } from './told-entities.ts';
import { runOf, World } from './world.ts';

const flowTo = (module: string, entities: string) => `purpose: A vendor fetches what it needs.
legalBasis: public-task
from: register
to: ${module}
schools: all
entities:
${entities}
guards: { maxDelete: 50%, maxUpdate: 50%, minimum: 10 }
`;
const ALL = [...Object.keys(KINDS), 'programme'].map((kind) => `  ${kind}: {}`).join('\n');
const CLASSES = '  organisation: {}\n  group: { where: "groupType == \'Klass\'" }';

const bound = (module: string, more = '') =>
  `  ${module}: { connector: ss12000, options: { client: { id: ${module}, secret: "\${env:CLIENT_SECRET}"${more} } } }`;

describe('what a client fetches by SS 12000', () => {
  let world: World;
  let serving: Serving;
  let token: string;

  before(async () => {
    world = await World.open();
    world.environment['CLIENT_SECRET'] = CLIENT_SECRET;
    const identity = await world.binding('identity');
    const modules = `${identity}\n${bound('timetable')}\n${bound('canteen')}`;
    await world.reconfigure(identity, `${modules}\nserved: { port: 0 }`);
    await world.write('flows/timetable.yaml', flowTo('timetable', ALL));
    await world.write('flows/canteen.yaml', flowTo('canteen', CLASSES));
    await world.night(1, 60);
    const run = runOf(await world.sync('timetable'), 'timetable');
    assert.equal(run.outcome, 'done', JSON.stringify(run.problem));
    await world.sync('canteen');
    serving = await Serving.open(world);
    token = await serving.token('timetable');
  });
  after(async () => {
    await serving?.close();
    await world?.close();
  });

  const get = (path: string) => serving.get(`timetable/v2.0/${path}`, token);
  const paged = async (path: string): Promise<readonly JsonObject[]> => {
    const all: JsonObject[] = [];
    for (let next = path; next !== ''; ) {
      const { data, pageToken } = await get(next);
      all.push(...objectsIn(data));
      next = pageToken === null ? '' : `persons?limit=17&pageToken=${pageToken}`;
    }
    return all;
  };
  const list = async (path: string): Promise<readonly JsonObject[]> =>
    ((await get(path))['data'] as readonly JsonObject[]) ?? [];

  it('is read by another hub to the same entities', async () => {
    const reader = await World.open();
    try {
      reader.now = world.now;
      Object.assign(reader.environment, { CLIENT_SECRET, URL: serving.url });
      const oauth = `{ tokenUrl: "${serving.url}/timetable/token", clientId: timetable, clientSecret: "\${env:CLIENT_SECRET}" }`;
      const options = `{ url: "${serving.url}/timetable/v2.0", oauth: ${oauth}, requestsPerSecond: 1000, pageSize: 50 }`;
      const binding = `  register: { connector: ss12000, options: ${options} }`;
      await reader.reconfigure(await reader.binding('register'), binding);
      const run = runOf(await reader.sync('identity'), 'register');
      assert.deepEqual(
        [run.outcome, run.counts['quarantined']],
        ['done', 0],
        JSON.stringify(run.problem),
      );
      const [told, found] = [await entitiesOf(world), await entitiesOf(reader)];
      const ids = await idsFrom(reader, told);
      for (const kind of Object.keys(KINDS)) {
        const expected = [...(told[kind] ?? [])].map(([, one]) =>
          renamed(asServed(one, kind), ids),
        );
        assert.ok(expected.length > 0, kind);
        const got = [...(found[kind] ?? [])].map(([, one]) => one);
        assert.deepEqual(sorted(got), sorted(expected), kind);
      }
    } finally {
      await reader.close();
    }
  });

  it('comes page by page, each entity once, in the order that is asked for', async () => {
    const all = await list('persons?limit=5000');
    const ids = (some: readonly JsonObject[]) => some.map(({ id }) => id);
    assert.deepEqual(ids(await paged('persons?limit=17')), ids(all));
    const key = ({ familyName, id }: JsonObject) => [String(familyName), String(id)] as const;
    const order = new Intl.Collator('sv');
    const expected = [...all].sort((a, b) => {
      const [[nameA, idA], [nameB, idB]] = [key(a), key(b)];
      return order.compare(nameB, nameA) || (idA < idB ? -1 : 1);
    });
    assert.deepEqual(ids(await paged('persons?limit=17&sortkey=FamilyNameDesc')), ids(expected));
  });

  it('is selected by the parameters of the standard', async () => {
    const classes = await list('groups?groupType=Klass&groupType=Avdelning');
    assert.ok(classes.length > 0);
    for (const { groupType } of classes) assert.match(String(groupType), /Klass|Avdelning/);
    const [group] = await list('groups?groupType=Klass&limit=1');
    const [member] = objectsIn(group?.['groupMemberships']);
    const person = Object(member?.['person']).id;
    assert.ok((await list(`activities?member=${person}`)).length > 0);
    const at = Object(group?.['organisation']).id;
    const related = `relationship.entity.type=groupMembership&relationship.organisation=${at}`;
    const found = (await list(`persons?${related}`)).map(({ id }) => id);
    assert.ok(found.includes(person) && found.length < (await list('persons')).length);
    const [unit] = await list(`organisations?limit=1&type=Skolenhet`);
    const above = Object(unit?.['parentOrganisation']).id;
    const below = await list(`duties?organisation=${unit?.['id']}`);
    assert.ok(below.length > 0 || above === undefined);
    const inSchool = (await list(`duties?organisation=${above}`)).map(({ id }) => id);
    for (const { id } of below) assert.ok(inSchool.includes(id), 'and of the units below');
    assert.deepEqual(await list('groups?startDate.onOrAfter=2030-01-01'), []);
    assert.deepEqual(await list('groups?startDate.onOrBefore=1990-01-01'), []);
    const [{ givenName = '', familyName = '' } = {}] = await list('persons?limit=1');
    const part = `${givenName} ${familyName}`.toUpperCase().slice(1);
    assert.ok((await list(`persons?nameContains[]=${encodeURIComponent(part)}`)).length > 0);
  });

  it('shows what is linked where that is asked for, and names', async () => {
    const [group] = await list('groups?groupType=Klass&limit=1&expandReferenceNames=true');
    const [member] = objectsIn(group?.['groupMemberships']);
    const { id, displayName } = Object(member?.['person']);
    const person = await get(`persons/${id}?expand=groupMemberships&expand=duties`);
    assert.equal(displayName, `${person['givenName']} ${person['familyName']}`);
    const { groupMemberships, duties } = Object(person['_embedded']);
    assert.ok(objectsIn(groupMemberships).some((one) => Object(one['group']).id === group?.['id']));
    assert.deepEqual(duties, []);
    const [duty] = await list('duties?limit=1&expand=person');
    assert.equal(Object(duty?.['_embedded']).person.id, Object(duty?.['person']).id);
  });

  it('is looked up by ids and numbers, which stand in no address', async () => {
    const [first, second] = await list('persons?limit=2');
    const lookup = async (body: unknown) => {
      const answer = await serving.post('timetable/v2.0/persons/lookup', token, body);
      return { status: answer.status, body: (await answer.json()) as JsonObject[] };
    };
    const civicNo = Object(second?.['civicNo']).value;
    assert.ok(civicNo !== undefined);
    const { body } = await lookup({ ids: [first?.['id'], 'nobody'], civicNos: [civicNo] });
    assert.deepEqual(body, [first, second]);
    assert.equal((await lookup({ idz: [] })).status, 400);
    assert.equal((await lookup([])).status, 400);
  });

  it('refuses what it does not know, in the form of the standard', async () => {
    const wrong = ['limit=0', 'limit=x', 'sortkey=Nothing', 'expand=all', 'x=1', 'pageToken=y'];
    const times = ['meta.modified.after=yesterday', 'startDate.onOrAfter=2026-9-1'];
    for (const query of [...wrong, ...times]) {
      const answer = await serving.ask(`timetable/v2.0/groups?${query}`, token);
      const { code, message } = (await answer.json()) as Readonly<Record<string, string>>;
      assert.deepEqual([answer.status, code], [400, '400'], query);
      assert.ok(message !== undefined && !message.includes('yesterday'));
    }
    const method = await serving.ask('timetable/v2.0/groups', token, { method: 'DELETE' });
    assert.equal(method.status, 405);
    for (const name of ['absences', 'nothing', 'groups/a/b', '']) {
      assert.equal((await serving.ask(`timetable/v2.0/${name}`, token)).status, 404, name);
    }
  });

  it('takes what a client tells of it', async () => {
    const post = async (path: string, body: unknown) =>
      (await serving.post(`timetable/v2.0/${path}`, token, body)).status;
    const entry = {
      message: 'Kim Ek has no class',
      severityLevel: 'Warning',
      resourceType: 'Person',
    };
    assert.equal(await post('log/', entry), 201);
    assert.equal(await post('log', { message: 'x' }), 400);
    const counts = { resourceType: 'Person', newCount: 3, updatedCount: 0, deletedCount: 1 };
    assert.equal(await post('statistics/', counts), 201);
    assert.equal(await post('statistics/', { ...counts, newCount: 'many' }), 400);
  });

  it('is each client’s own', async () => {
    const canteen = await serving.token('canteen');
    const { data } = await serving.get('canteen/v2.0/persons', canteen);
    assert.deepEqual(data, []);
    const [group] = (await serving.get('canteen/v2.0/groups', canteen))['data'] as JsonObject[];
    assert.equal(Object(group)['groupMemberships']?.length ?? 0, 0, 'its flow gives no persons');
    const { pageToken } = await get('groups?limit=1');
    const path = `canteen/v2.0/groups?pageToken=${pageToken}`;
    assert.equal((await serving.ask(path, canteen)).status, 400);
    for (const [module, other] of [
      ['timetable', canteen],
      ['canteen', token],
      ['register', token],
      ['none', token],
    ] as const) {
      const answer = await serving.ask(`${module}/v2.0/persons`, other);
      assert.equal(answer.status, 401, module);
      assert.deepEqual(await answer.json(), {
        code: 'UNAUTHORIZED',
        message: 'a token of this client is needed',
      });
    }
    const ask = (module: string, client_id: string, client_secret: string) =>
      serving.askToken(module, { grant_type: 'client_credentials', client_id, client_secret });
    for (const [module, id, secret] of [
      ['timetable', 'canteen', CLIENT_SECRET],
      ['timetable', 'timetable', 'guess'],
      ['none', 'none', CLIENT_SECRET],
    ] as const) {
      const answer = await ask(module, id, secret);
      assert.deepEqual([answer.status, await answer.json()], [401, { error: 'invalid_client' }]);
    }
  });

  it('gives one entity, and 404 for one that is not there', async () => {
    const [first] = await list('persons?limit=1');
    assert.ok(first !== undefined);
    assert.deepEqual(await get(`persons/${first['id']}`), first);
    const none = await serving.ask('timetable/v2.0/persons/nobody', token);
    assert.equal(none.status, 404);
  });
});
