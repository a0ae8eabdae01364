import assert from 'node:assert/strict';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import type { ObjectTrace } from '../../core/control/explain/trace-object.ts';
import { numbers, smallTown } from './small-town.ts';
import { World } from './world.ts';

/** "Why is Anna not in Teams?" */
describe('the trace of a person', () => {
  let world: World;

  before(async () => {
    world = await World.open();
    await publish(join(world.folder, 'data', 'register'), smallTown('ber-20260901', numbers(1, 5)));
    await world.sync();
  });
  after(() => world.close());

  async function trace(word: string) {
    return world.withHub(async ({ control }) => {
      const [person] = await control.findPersons(word, 'Kim', 'a call');
      assert.ok(person !== undefined, word);
      return control.trace({ kind: 'person', id: person.id }, 'Kim');
    });
  }
  const stateOf = (objects: readonly ObjectTrace[]) =>
    objects.map(({ objectKind, state }) => `${objectKind} ${state}`).sort();

  const explain = (key: string, field: string | null = null) =>
    world.withHub(({ control }) =>
      control.explain({ flow: 'identity', objectKind: 'User', key, field }, 'Kim'),
    );

  it('begins at file and line of every source record', async () => {
    const { sources } = await trace('register:p3');
    assert.deepEqual(
      sources.map(({ stream, externalId }) => [stream, externalId]),
      [
        ['account', 'p3'],
        ['enrolment', 'p3'],
        ['person', 'p3'],
      ],
    );
    for (const { file, line } of sources) {
      assert.match(file, /^ber-20260901/);
      assert.ok(line > 1);
    }
  });

  it('ends at what each target has confirmed, memberships included', async () => {
    const { targets } = await trace('p3@skola.example');
    const states = targets.map(({ flow, verdict, objects }) => [flow, verdict, stateOf(objects)]);
    assert.deepEqual(states, [
      ['collaboration', 'sent', ['enrollments delivered', 'roles delivered', 'users delivered']],
      ['identity', 'sent', ['Group delivered', 'User delivered']],
      ['lms', 'sent', ['membership delivered', 'person delivered']],
    ]);
  });

  it('can be followed back from an object of a target, by our key or the target’s own id', async () => {
    const [id = ''] = [...world.identity.directory.of('Users').keys()];
    const explained = await explain(id);
    assert.equal(explained?.object.state, 'delivered');
    assert.equal(explained.object.mapping, 'mappings/scim/user.yaml');
    assert.match(explained.sources[0]?.file ?? '', /^ber-20260901/);
    const { key } = explained.object;
    const same = await explain(key);
    assert.deepEqual(same, explained);
    const none = await explain('none');
    assert.equal(none, null);
  });

  it('explains a field: rule, entity, record and the rules between, with file and line', async () => {
    const [id = ''] = [...world.identity.directory.of('Users').keys()];
    const userName = (await explain(id, 'userName'))?.field;
    assert.match(placesOf(userName?.rules), /^mappings\/scim\/user\.yaml:7$/);
    const [names] = userName?.origins ?? [];
    assert.deepEqual([names?.field, userName?.origins.length], ['eduPersonPrincipalNames', 1]);
    assert.match(placesOf(names?.records[0]?.rules), /^mappings\/barn-och-elevregister\/account/);
    assert.match(names?.records[0]?.file ?? '', /^ber-20260901/);
    assert.equal(names?.records[0]?.isHeard, true);
    const type = (await explain(id, 'userType'))?.field;
    assert.deepEqual(
      type?.origins.map(({ field, from }) => [field, from]),
      [['duties', 'duty']],
    );
    assert.equal((await explain(id, 'nothing'))?.field, null);
    assert.equal((await explain(id, 'name'))?.field?.rules.length, 2, 'what is inside a field');
    const [entry] = await world.withHub(({ control }) => control.auditTrail(1));
    assert.deepEqual([entry?.who, entry?.action], ['Kim', 'explain']);
  });

  it('says where a value goes: every rule of every target that reads it', async () => {
    const uses = await world.withHub(async ({ control }) => control.uses('person', 'givenName'));
    const places = uses.map(({ flow, objectKind, field }) => `${flow} ${objectKind} ${field}`);
    assert.ok(places.includes('identity User name.givenName'));
    assert.ok(places.includes('identity User displayName'));
    assert.ok(places.includes('lms person givenName'));
    assert.ok(places.includes('collaboration users givenName'));
  });

  it('names the condition of the flow that leaves a person out', async () => {
    const town = smallTown('ber-20260902', numbers(1, 5));
    const elements = town.elements?.map((one) =>
      one.includes('<membership><sourcedid><id>school')
        ? one.replace(
            /(<id>p3<\/id>(?:.|\s)*?)<begin>2026-08-18<\/begin>/,
            '$1<begin>2025-08-18</begin><end>2026-05-20</end>',
          )
        : one,
    );
    await publish(join(world.folder, 'data', 'register'), {
      ...town,
      ...(elements === undefined ? {} : { elements }),
    });
    await world.sync();
    const { targets } = await trace('register:p3');
    const identity = targets.find(({ flow }) => flow === 'identity');
    assert.equal(identity?.verdict, 'not selected');
    assert.match(identity?.because[0] ?? '', /flows\/identity\.yaml:8 where: .*enrolments\.exists/);
  });

  it('shows what has failed, with code and text', async () => {
    await world.quicken();
    world.identity.directory.of('Users').set('stranger', {
      ...{ id: 'stranger', version: 1, userName: 'p6@skola.example', externalId: 'else' },
    });
    await publish(join(world.folder, 'data', 'register'), smallTown('ber-20260903', numbers(1, 6)));
    await world.sync();
    const { targets } = await trace('register:p6');
    const identity = targets.find(({ flow }) => flow === 'identity');
    const failed = identity?.objects.find(({ objectKind }) => objectKind === 'User');
    assert.deepEqual([failed?.state, failed?.problem?.code], ['failed', 'KEY_TAKEN']);
  });

  it('lists the persons that a name may mean, and audits who looked, without the word', async () => {
    const found = await world.withHub(({ control }) => control.findPersons('Kim Ek', 'Kim', 'why'));
    assert.equal(found.length, 6);
    const [entry] = await world.withHub(({ control }) => control.auditTrail(1));
    assert.deepEqual([entry?.who, entry?.action, entry?.reason], ['Kim', 'find person', 'why']);
    assert.doesNotMatch(JSON.stringify(entry), /Kim Ek/);
  });
});

function placesOf(rules: readonly { file: string; line: number }[] = []): string {
  return rules.map(({ file, line }) => `${file}:${line}`).join(' ');
}
