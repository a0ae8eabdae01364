import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { pending } from '../pending.ts';
import { batchOf, type Town } from '../situations/town.ts';
import { World } from './world.ts';

const TOWN: Town = {
  persons: {
    anna: {
      given: 'Anna Béa',
      number: '20130412TF81',
      formerNumbers: { '201304610000': '2026-01-01' },
    },
    same: { given: 'Anna', account: null },
    hidden: { given: 'Anna', number: '20130412TF82', privacy: 3 },
  },
};

/** How a service desk finds a person. */
describe('the look-up of persons', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
    await night('2026-09-01', TOWN);
  });
  afterEach(() => world.close());

  async function night(day: string, town: Town): Promise<void> {
    await publish(join(world.folder, 'data', 'register'), batchOf(day, town));
    await world.sync();
  }
  const look = (word: string) =>
    world.withHub(({ control }) => control.findPersons(word, 'Kim', 'a call'));
  const namesOf = async (word: string) => (await look(word)).map(({ name }) => name).sort();
  const audited = async () => {
    const [entry] = await world.withHub(({ control }) => control.auditTrail(1));
    return entry;
  };

  it('finds by present and former number, account, and whole name in either order', async () => {
    for (const word of ['20130412-TF81', '130412tf81', '130461-0000', 'ANNA@skola.example']) {
      assert.deepEqual(await namesOf(word), ['Anna Béa Ek'], word);
    }
    assert.deepEqual(await namesOf('ek bea'), ['Anna Béa Ek']);
    assert.deepEqual(await namesOf('Anna Ek'), ['Anna Béa Ek', 'Anna Ek']);
    assert.deepEqual(await namesOf('Anna'), []);
  });

  it('shows a protected person to who has the id or the number, and to nobody by name', async () => {
    assert.deepEqual(await look('20130412TF82'), [
      { ...(await look('register:hidden'))[0], name: '(protected)', birthYear: null },
    ]);
    assert.deepEqual(await namesOf('hidden@skola.example'), []);
    assert.equal((await look('Anna Ek')).length, 2);
    assert.match((await audited())?.subject ?? '', /^2 found /, 'nor counted');
  });

  it('is audited without the word, also where it finds nobody, with how many it found', async () => {
    const [anna] = await look('130412-TF81');
    const { who, action, subject, reason } = (await audited()) ?? {};
    assert.deepEqual([who, action, reason], ['Kim', 'find person', 'a call']);
    assert.equal(subject, `1 found ${anna?.id}`);
    await look('130412-TF99');
    assert.equal((await audited())?.subject, '0 found');
    assert.doesNotMatch(JSON.stringify(await audited()), /TF99/);
    const person = { kind: 'person', id: anna?.id ?? '' };
    await world.withHub(({ control }) => control.trace(person, 'Kim'));
    assert.equal((await audited())?.subject, `person ${person.id}`, 'a trace by id is audited too');
  });

  it('forgets who leaves the hub, and a name that has changed', async () => {
    const { anna: _anna, ...others } = TOWN.persons;
    await night('2026-09-02', { persons: { ...others, same: { given: 'Robin', account: null } } });
    await night('2026-09-03', { persons: { ...others, same: { given: 'Robin', account: null } } });
    assert.deepEqual(await namesOf('130412-TF81'), []);
    assert.deepEqual(await namesOf('Anna Ek'), []);
    assert.deepEqual(await namesOf('Robin Ek'), ['Robin Ek']);
  });

  it('keeps no number and no word beside the entities themselves', async function () {
    if (world.cluster !== null) pending(this, 'it looks into the file of one machine');
    const database = new DatabaseSync(join(world.folder, 'data', 'hub', 'skolnav.db'));
    const rows = database.prepare('SELECT hashes FROM lookup').all();
    database.close();
    assert.equal(rows.length, 3);
    for (const { hashes } of rows) {
      assert.ok(hashes instanceof Uint8Array && hashes.length % 8 === 0);
      assert.doesNotMatch(Buffer.from(hashes).toString('latin1'), /TF8|ek|anna/i);
    }
  });

  it('finds persons that an older version took in, and by what a schema names later', async () => {
    await world.withHub(async ({ engine: { store } }) => {
      const persons = (await Array.fromAsync(store.entities.scan('person'))).flat();
      const none = persons.map(({ entity: { id } }) => ({ id, lookups: [] }));
      await store.entities.index('person', none);
      for (const name of ['lookupIndex', 'prepared for']) await store.putValue(name, null);
    });
    assert.deepEqual(await namesOf('130412-TF81'), ['Anna Béa Ek']);
    assert.deepEqual(await namesOf('2013-04-12'), []);
    const schema = await readFile(
      join(import.meta.dirname, '../../schemas/canonical/person.v1.json'),
      'utf8',
    );
    await world.write(
      'schemas/canonical/person.v1.json',
      schema.replace('"civicNo.value", ', '"givenName", '),
    );
    assert.deepEqual(await namesOf('annabéa'), ['Anna Béa Ek']);
  });
});
