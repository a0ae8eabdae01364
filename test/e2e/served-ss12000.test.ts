import assert from 'node:assert/strict';
import type { Json, JsonObject } from '../../core/message/message.ts';
import { objectsIn } from '../../core/plugin.ts';
import { CLIENT_SECRET, Serving } from './served-world.ts';
import { runOf, World } from './world.ts';

const KINDS = {
  organisation: 'organisations',
  syllabus: 'syllabuses',
  person: 'persons',
  group: 'groups',
  placement: 'placements',
  duty: 'duties',
  activity: 'activities',
} as const;
const flowTo = (module: string, entities: string) => `purpose: A vendor fetches what it needs.
legalBasis: public-task
from: register
to: ${module}
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
    const callbacks = ', callbackHosts: ["127.0.0.1:47811"]';
    const modules = `${identity}\n${bound('timetable', callbacks)}\n${bound('canteen')}`;
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

  it('gives one entity, and 404 for one that is not there', async () => {
    const [first] = await list('persons?limit=1');
    assert.ok(first !== undefined);
    assert.deepEqual(await get(`persons/${first['id']}`), first);
    const none = await serving.ask('timetable/v2.0/persons/nobody', token);
    assert.equal(none.status, 404);
  });
});

type Entities = ReadonlyMap<string, JsonObject>;

async function entitiesOf(world: World): Promise<Readonly<Record<string, Entities>>> {
  return world.withHub(async ({ engine }) => {
    const found: Record<string, Map<string, JsonObject>> = {};
    for (const kind of Object.keys(KINDS)) {
      const entities = new Map<string, JsonObject>();
      for await (const batch of engine.store.entities.scan(kind)) {
        for (const { entity } of batch) entities.set(entity.id, sayable(entity));
      }
      found[kind] = entities;
    }
    return found;
  });
}

/** The reader's ids of what the other hub knows by these. */
async function idsFrom(
  reader: World,
  told: Readonly<Record<string, Entities>>,
): Promise<ReadonlyMap<string, string>> {
  return reader.withHub(async ({ engine }) => {
    const ids = new Map<string, string>();
    for (const [kind, entities] of Object.entries(told)) {
      for (const id of entities.keys()) {
        const entity = await engine.store.entities.byExternalId('register', kind, id);
        if (entity !== null) ids.set(id, entity.id);
      }
    }
    return ids;
  });
}

function sorted(all: readonly Json[]): readonly string[] {
  return all.map((one) => JSON.stringify(ordered(one))).sort();
}

/** Fields in one order; what they say counts. */
function ordered(value: Json): Json {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, one]) => [name, ordered(one)]));
}

function sayable(body: JsonObject): JsonObject {
  return JSON.parse(
    JSON.stringify(body, (name, value) => (name === 'skolnav' ? undefined : value)),
  );
}

/** With the words that 2.1.0 demands where nobody has said them. */
function asServed(entity: JsonObject, kind: string): JsonObject {
  if (kind === 'syllabus') return { official: false, ...entity };
  if (kind === 'activity') return { calendarEventsRequired: false, ...entity };
  if (kind !== 'person') return entity;
  const addresses = objectsIn(entity['addresses']).map((one) => ({ country: 'Sverige', ...one }));
  const phones = objectsIn(entity['phoneNumbers']).map((one) => ({ mobile: true, ...one }));
  return {
    ...entity,
    ...(addresses.length === 0 ? {} : { addresses }),
    ...(phones.length === 0 ? {} : { phoneNumbers: phones }),
  };
}

function renamed(entity: JsonObject, ids: ReadonlyMap<string, string>): Json {
  return JSON.parse(JSON.stringify(entity), (_, value) => ids.get(value) ?? value);
}
