import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import type { Hub } from '../../core/hub.ts';
import { numbers, smallTown } from './small-town.ts';
import { World } from './world.ts';

const DAY_MS = 86_400_000;
const OWNERS = `ownership:
  person:
    "*": register
    eduPersonPrincipalNames: [identity, register]
    'emails[type="Skola elev"]': [identity, register]
    externalIdentifiers: [identity, register]
`;

describe('user names, addresses and ids that come back from the identity portal', () => {
  let world: World;
  const pupils = numbers(1, 12);

  before(async () => {
    world = await World.open();
    await world.configure(
      `${await readFile(join(world.folder, 'config', 'hub.yaml'), 'utf8')}${OWNERS}`,
    );
    await world.quicken();
    for (const flow of ['lms', 'collaboration']) {
      const text = await readFile(join(world.folder, 'flows', `${flow}.yaml`), 'utf8');
      await world.write(
        `flows/${flow}.yaml`,
        text.replace('from: register', 'from: [register, identity]'),
      );
    }
    const town = smallTown('ber-20260901', pupils);
    const accounts = pupils.map(
      (at) => `p${at};p${at}@skola.example;p${at}@elev.skola.example;Elev`,
    );
    const private_ = (text: string) =>
      text.replace('</person>', '<email>Kim@Post.example</email></person>');
    await publish(join(world.folder, 'data', 'register'), {
      ...town,
      elements: town.elements?.map(private_) ?? [],
      rows: { konto: accounts },
    });
  });
  after(() => world.close());

  /** A night; what each flow has delivered. */
  async function night({ control }: Hub): Promise<Readonly<Record<string, number>>> {
    const signal = new AbortController().signal;
    const request = { flow: null, deliver: true, onProgress: () => undefined, signal };
    const { intakes, flows } = await control.sync({ ...request, patienceMs: 2000 });
    for (const { subject, outcome } of [...intakes, ...flows]) {
      assert.deepEqual([subject, outcome], [subject, 'done']);
    }
    world.now += DAY_MS;
    return Object.fromEntries(
      flows.map(({ subject, counts }) => [subject, counts['delivered'] ?? 0]),
    );
  }
  const NOTHING = { collaboration: 0, identity: 0, lms: 0 };

  it('reach the other targets, and in ten nights nothing goes to and fro', async () => {
    const users = world.identity.directory.of('Users');
    await world.withHub(async (hub) => {
      const first = await night(hub);
      assert.ok(Object.values(first).every((count) => count >= pupils.length));
      assert.deepEqual(await night(hub), NOTHING, 'what came back is what was told');
      for (const flow of ['lms', 'collaboration']) {
        const [run] = await hub.control.runs(1, flow);
        assert.equal(run?.counts['considered'], 0, `${flow} reads nothing of the portal's ids`);
      }
      const [renamed, recased] = [...users.values()];
      assert.ok(renamed !== undefined && recased !== undefined);
      renamed['userName'] = 'Kim.Ek2@skola.example';
      renamed['emails'] = [{ value: 'kim.ek2@elev.skola.example', type: 'other' }];
      recased['userName'] = String(recased['userName']).toUpperCase();
      const { id } = renamed;
      // Somebody's own account there is nobody here.
      users.set('own', { id: 'own', version: 1, userName: 'caretaker@skola.example' });
      const third = await night(hub);
      assert.ok((third['lms'] ?? 0) > 0 && (third['collaboration'] ?? 0) > 0);
      assert.equal(third['identity'], 1, 'it is told its own name once');
      for (let more = 4; more <= 10; more++) assert.deepEqual(await night(hub), NOTHING);
      assert.deepEqual(users.get(id)?.['userName'], 'kim.ek2@skola.example');
      assert.equal(users.size, pupils.length + 1);
      const person = await entityOf(hub, String(renamed['externalId']));
      assert.deepEqual(person['eduPersonPrincipalNames'], ['kim.ek2@skola.example']);
      assert.deepEqual(person['externalIdentifiers'], [
        { value: id, context: 'urn:ietf:params:scim:schemas:core:2.0:User', globallyUnique: false },
      ]);
      assert.deepEqual(person['emails'], [
        { value: 'kim.ek2@elev.skola.example', type: 'Skola elev' },
        { value: 'Kim@Post.example', type: 'Privat' },
      ]);
    });
    assert.match(await world.delivered('users.csv'), /kim\.ek2@skola\.example/);
  });

  async function entityOf({ engine }: Hub, id: string) {
    const [stored] = await engine.store.entities.get('person', [id]);
    assert.ok(stored !== undefined);
    return stored.entity;
  }
});
