import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Papa from 'papaparse';
import type { JsonObject } from '../../core/message/message.ts';
import { objectsIn } from '../../core/plugin.ts';
import { pending } from '../pending.ts';
import { findOneRosterClient, readByClient } from '../services/oneroster-client.ts';
import { CLIENT_SECRET, Serving } from './served-world.ts';
import { runOf, World } from './world.ts';

type Row = Readonly<Record<string, string>>;

const CLIENT = `{ client: { id: lms, secret: "\${env:CLIENT_SECRET}" } }`;
const BOUND = `  lms: { connector: oneroster, mappings: oneroster-csv, options: ${CLIENT} }
served: { port: 0 }`;
const FILES = '  lms: { connector: oneroster-csv, options: { files: { folder: data/lms } } }';
const V12 = 'ims/oneroster/rostering/v1p2';

describe('what a client fetches by OneRoster', () => {
  let world: World;
  let serving: Serving;
  let token: string;

  before(async () => {
    world = await World.open();
    world.environment['CLIENT_SECRET'] = CLIENT_SECRET;
    const lms = await world.binding('lms');
    const identity = await world.binding('identity');
    await world.reconfigure(`${lms}\n${identity}`, `${identity}\n${BOUND}`);
    await world.night(1, 120);
    const run = runOf(await world.sync('lms'), 'lms');
    assert.equal(run.outcome, 'done', JSON.stringify(run.problem));
    serving = await Serving.open(world);
    token = await serving.token('lms');
  });
  after(async () => {
    await serving?.close();
    await world?.close();
  });

  const ask = (path: string, base = V12) => serving.ask(`lms/${base}/${path}`, token);
  const list = async (path: string, base = V12): Promise<readonly JsonObject[]> => {
    const answer = await ask(path, base);
    assert.equal(answer.status, 200, path);
    return objectsIn(Object.values((await answer.json()) as JsonObject)[0]);
  };
  const ids = (some: readonly JsonObject[]) => some.map(({ sourcedId }) => String(sourcedId));

  it('is read by another hub to the classes, pupils and teachers that files would give', async () => {
    const [reader, files] = [await World.open(), await World.open()];
    try {
      for (const one of [reader, files]) {
        one.now = world.now;
        await mkdir(join(one.folder, 'data/lms'));
        await one.reconfigure(await one.binding('lms'), FILES);
      }
      await files.night(1, 120);
      await files.sync('lms');
      Object.assign(reader.environment, { CLIENT_SECRET });
      const oauth = `{ tokenUrl: "${serving.url}/lms/token", clientId: lms, clientSecret: "\${env:CLIENT_SECRET}" }`;
      const options = `{ url: "${serving.url}/lms/${V12}", oauth: ${oauth}, requestsPerSecond: 1000, pageSize: 50 }`;
      const binding = `  register: { connector: oneroster, options: ${options} }`;
      await reader.reconfigure(await reader.binding('register'), binding);
      const run = runOf(await reader.sync('lms'), 'register');
      assert.equal(run.outcome, 'done', JSON.stringify(run.problem));
      // Grades of adults have no code in OneRoster: whoever reads cannot tell their school form.
      const expected = (await pairs(files)).filter((one) => !/^SFI .* student$/.test(one));
      assert.ok(expected.length > 120);
      assert.deepEqual(await pairs(reader), expected);
    } finally {
      await Promise.all([reader.close(), files.close()]);
    }
  });

  it('comes in pages that say how many there are and where the next one is', async () => {
    const all = ids(await list('users?limit=10000'));
    const found: string[] = [];
    for (let path = 'users?limit=50'; path !== ''; ) {
      const answer = await ask(path);
      assert.equal(answer.headers.get('x-total-count'), String(all.length));
      const body = (await answer.json()) as JsonObject;
      found.push(...ids(objectsIn(body['users'])));
      const [, next = ''] = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '') ?? [];
      path = next === '' ? '' : next.slice(`${serving.url}/lms/${V12}/`.length);
    }
    assert.deepEqual(found, all);
    assert.deepEqual(all, [...all].sort());
    assert.deepEqual(await list(`users?limit=1&offset=${all.length}`), []);
  });

  it('is filtered, sorted and cut', async () => {
    const users = await list('users?limit=10000');
    const isTeacher = ({ roles }: JsonObject) =>
      objectsIn(roles).some(({ role }) => role === 'teacher');
    const teachers = ids(users.filter(isTeacher)).sort();
    assert.ok(teachers.length > 0 && teachers.length < users.length);
    const filter = (text: string) => encodeURIComponent(text);
    assert.deepEqual(
      ids(await list(`users?limit=10000&filter=${filter("roles.role='teacher'")}`)).sort(),
      teachers,
    );
    assert.deepEqual(ids(await list('teachers?limit=10000')).sort(), teachers);
    const [{ givenName = '', familyName = '' } = {}] = users;
    const both = filter(
      `givenName='${givenName}' AND familyName~'${String(familyName).slice(1, 4)}'`,
    );
    const named = await list(`users?limit=10000&filter=${both}&fields=givenName,familyName`);
    assert.ok(named.length > 0);
    for (const one of named) assert.deepEqual(Object.keys(one).sort(), ['familyName', 'givenName']);
    const sorted = (await list('users?limit=10000&sort=familyName&orderBy=desc')).map((one) =>
      String(one['familyName']),
    );
    assert.deepEqual(sorted, [...sorted].sort(new Intl.Collator('sv').compare).reverse());
    const later = filter("dateLastModified>'2030-01-01T00:00:00.000Z'");
    assert.deepEqual(await list(`users?filter=${later}`), []);
  });

  it('is found below its school and its class', async () => {
    const [school] = await list('schools?limit=1');
    const classes = await list(`schools/${school?.['sourcedId']}/classes`);
    assert.ok(classes.length > 0);
    const id = classes[0]?.['sourcedId'];
    const students = ids(
      await list(`schools/${school?.['sourcedId']}/classes/${id}/students?limit=1000`),
    );
    assert.deepEqual(students, ids(await list(`classes/${id}/students?limit=1000`)));
    assert.ok(students.length > 0);
    const theirs = ids(await list(`students/${students[0]}/classes`));
    assert.ok(theirs.includes(String(id)));
    const answer = await ask(`classes/${id}`);
    const { class: one } = (await answer.json()) as Readonly<Record<string, JsonObject>>;
    assert.equal(
      Object(one?.['school']).href,
      `${serving.url}/lms/${V12}/orgs/${school?.['sourcedId']}`,
    );
    assert.match(String(one?.['dateLastModified']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('speaks 1.1 too: one role, and organisations beside it', async () => {
    const [user] = await list("users?limit=1&filter=role='student'", 'ims/oneroster/v1p1');
    assert.equal(user?.['role'], 'student');
    assert.equal(objectsIn(user?.['orgs'])[0]?.['type'], 'org');
    assert.equal(user?.['roles'], undefined);
  });

  it('is understood by a client that we did not write', async function () {
    const missing = await findOneRosterClient();
    if (missing !== null) pending(this, missing.missing);
    const found = await readByClient(`${serving.url}/lms/ims/oneroster/v1p1`, token);
    for (const name of ['orgs', 'users', 'classes', 'enrollments']) {
      const own = await list(`${name}?limit=10000`, 'ims/oneroster/v1p1');
      assert.ok(own.length > 0, name);
      assert.deepEqual(ids((found[name] ?? []) as readonly JsonObject[]), ids(own), name);
    }
    const [user] = found['users'] ?? [];
    assert.equal(user?.['enabledUser'], true);
    assert.match(String(user?.['role']), /^(student|teacher|aide|administrator)$/);
  }).timeout(120_000);

  it('refuses in the form of the standard', async () => {
    const wrong: Readonly<Record<string, string>> = {
      'users?filter=shoe=%271%27': 'invalid_filter_field',
      'users?filter=role': 'invalid_filter_field',
      'users?sort=shoe': 'invalid_sort_field',
      'users?fields=shoe': 'invalid_selection_field',
      'users?limit=0': 'invaliddata',
      'users?password=1': 'invaliddata',
      'users/nobody': 'unknownobject',
      'schools/nobody/classes': 'unknownobject',
      demographics: 'unknownobject',
      'constructor/a/b': 'unknownobject',
    };
    for (const [path, minor] of Object.entries(wrong)) {
      const answer = await ask(path);
      const body = Object(await answer.json());
      assert.equal(answer.status, minor === 'unknownobject' ? 404 : 400, path);
      assert.equal(
        body.imsx_CodeMinor.imsx_codeMinorField[0].imsx_codeMinorFieldValue,
        minor,
        path,
      );
    }
    const post = await serving.post(`lms/${V12}/users`, token, {});
    assert.equal(post.status, 405);
  });
});

/** Who is in which class, by names that both sides have. */
async function pairs(world: World): Promise<readonly string[]> {
  const rows = async (name: string): Promise<readonly Row[]> => {
    const text = await readFile(join(world.folder, 'data/lms', `${name}.csv`), 'utf8');
    return Papa.parse<Row>(text, { header: true, skipEmptyLines: true }).data;
  };
  const named = new Map((await rows('users')).map((row) => [row['sourcedId'], row]));
  const classes = new Map((await rows('classes')).map((row) => [row['sourcedId'], row]));
  const told = (await rows('enrollments')).map((row) => {
    const user = named.get(row['userSourcedId'])?.['username'];
    return `${classes.get(row['classSourcedId'])?.['title']} ${user} ${row['role']}`;
  });
  return told.sort();
}
