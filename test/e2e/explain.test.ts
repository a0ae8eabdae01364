import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import type { Explanation } from '../../core/control/explain/explain.ts';
import type { FieldOrigin, RulePlace } from '../../core/control/explain/explain-field.ts';
import { batchOf, type Town } from '../situations/town.ts';
import { World } from './world.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const TOWN: Town = {
  persons: { anna: {}, tea: { born: '1980-01-01' } },
  enrolments: [{ person: 'anna' }],
  classes: { '7a': { members: { anna: ['2026-08-18'] } } },
  duties: [{ id: 'd1', person: 'tea' }],
  activities: [{ group: '7a', duty: 'd1' }],
};

/** "Why does this target hold this?", back to the bytes that say so. */
describe('the explanation', () => {
  let world: World;

  before(async () => {
    world = await World.open();
    await publish(join(world.folder, 'data', 'register'), batchOf('2026-09-01', TOWN));
    await world.sync();
  });
  after(() => world.close());

  async function explain(
    flow: string,
    objectKind: string,
    of: (object: Readonly<Record<string, unknown>>) => boolean,
    field: string | null = null,
  ): Promise<Explanation> {
    return world.withHub(async ({ control, engine }) => {
      const { ledger } = engine.store;
      const target = `${flow}:${engine.workspace.config.modules.get(flow)?.connector}`;
      for (const originKind of await ledger.originKinds(target, objectKind)) {
        for await (const rows of ledger.scan(target, objectKind, originKind)) {
          const key = rows.find(({ object }) => of(object))?.ref.key;
          if (key === undefined) continue;
          const found = await control.explain({ flow, objectKind, key, field }, 'Kim');
          assert.ok(found !== null);
          return found;
        }
      }
      return assert.fail(`no ${objectKind}`);
    });
  }
  const isTeacher = ({ userName }: Readonly<Record<string, unknown>>) =>
    userName === 'tea@skola.example';
  const isPupil = ({ userName }: Readonly<Record<string, unknown>>) =>
    userName === 'anna@skola.example';
  const rowsOf = async (rules: readonly RulePlace[] = []) => {
    const places = rules.flatMap(({ rows }) => rows);
    return Promise.all(
      places.map(async ({ file, line }) => {
        const lines = (await readFile(join(ROOT, file), 'utf8')).split('\n');
        return `${file}: ${lines[line - 1]?.trim()}`;
      }),
    );
  };
  const filesOf = (origins: readonly FieldOrigin[] = []) =>
    origins.flatMap(({ related }) =>
      related.flatMap(({ entity, records }) =>
        records.map(({ file, line }) => `${entity.kind} ${file}:${line}`),
      ),
    );

  it('tells what the target said when it confirmed, when, in which run', async () => {
    const { object } = await explain('identity', 'User', isPupil);
    const { answer, at, run, remoteId } = object.confirmed ?? {};
    assert.equal(answer, 'HTTP 201');
    assert.ok(at !== undefined && run !== undefined);
    assert.ok(world.identity.directory.of('Users').has(remoteId ?? ''));
  });

  it('names the row of the table that gave the code, in a file', async () => {
    const isUnit = ({ name }: Readonly<Record<string, unknown>>) => name === 'school';
    const { field } = await explain('collaboration', 'orgs', isUnit, 'type');
    assert.deepEqual(await rowsOf(field?.rules), [
      'mappings/microsoft-sds/tables/org-type.csv: Skolenhet,school',
    ]);
  });

  it('names it in a mapping, and the row through which the record came in', async () => {
    const isUnit = ({ title }: Readonly<Record<string, unknown>>) => title === 'school';
    const { field } = await explain('lms', 'school', isUnit, 'type');
    const [row = ''] = await rowsOf(field?.rules);
    assert.match(row, /^mappings\/itslearning\/school\.yaml: type: .*Skolenhet: School/);
    const active = (await explain('identity', 'User', isPupil, 'active')).field;
    const [status] = active?.origins.filter((one) => one.field === 'personStatus') ?? [];
    assert.deepEqual(await rowsOf(status?.records.flatMap(({ rules }) => rules)), [
      'mappings/barn-och-elevregister/tables/person-status.csv: Normal,Aktiv',
    ]);
  });

  it('names the looked-up entity, and file and line of its record', async () => {
    const isTaught = ({ role }: Readonly<Record<string, unknown>>) => role === 'Instructor';
    const { field } = await explain('lms', 'membership', isTaught, 'person');
    const looked = field?.origins.filter(({ from }) => from === 'duty');
    assert.deepEqual(
      looked?.map((one) => one.field),
      ['person'],
    );
    assert.deepEqual(filesOf(looked), ['duty ber-20260901-anstallning.csv:2']);
  });

  it('names the entities of an inverse relation, and their records', async () => {
    const { field } = await explain('identity', 'User', isTeacher, 'userType');
    assert.deepEqual(filesOf(field?.origins), ['duty ber-20260901-anstallning.csv:2']);
  });

  it('says of a value where it goes by a look-up', async () => {
    const uses = await world.withHub(async ({ control }) => control.uses('duty', 'person'));
    const looked = uses.filter(({ lookedUpBy }) => lookedUpBy === 'activity');
    const places = looked.map((one) => `${one.flow} ${one.objectKind} ${one.field}`);
    assert.ok(places.includes('lms membership person'), places.join());
    const others = await world.withHub(async ({ control }) => control.uses('duty', 'dutyRole'));
    const isPerson = others.some((one) => one.flow === 'lms' && one.field === 'person');
    assert.ok(!isPerson, 'another field of the same entity');
  });

  it('tells what the target said when it refused, of an object that it never held', async () => {
    const stranger = { id: 'x', version: 1, userName: 'new@skola.example', externalId: 'else' };
    world.identity.directory.of('Users').set('x', stranger);
    const more = {
      ...TOWN,
      persons: { ...TOWN.persons, new: {} },
      enrolments: [{ person: 'new' }, { person: 'anna' }],
    };
    await publish(join(world.folder, 'data', 'register'), batchOf('2026-09-02', more));
    await world.sync();
    await world.withHub(async ({ control }) => {
      const [person] = await control.findPersons('register:new', 'Kim', '');
      const question = { flow: 'identity', objectKind: 'User', key: person?.id ?? '', field: null };
      const found = await control.explain(question, 'Kim');
      assert.deepEqual([found?.object.state, found?.object.problem?.code], ['failed', 'KEY_TAKEN']);
      assert.equal(found?.object.confirmed, null);
    });
  });

  it('tells of a protected person only that the target holds something', async () => {
    const persons = { ...TOWN.persons, anna: { privacy: 3 } };
    await publish(
      join(world.folder, 'data', 'register'),
      batchOf('2026-09-03', { ...TOWN, persons }),
    );
    const signal = new AbortController().signal;
    const request = { flow: null, onProgress: () => undefined, signal, patienceMs: 0 };
    await world.withHub(({ control }) => control.sync({ ...request, deliver: false }));
    const { isProtected, sources, field } = await explain('identity', 'User', isPupil, 'userName');
    assert.deepEqual([isProtected, sources, field], [true, [], null]);
  });
});
