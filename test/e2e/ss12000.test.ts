import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Ss12000Simulator, startSs12000 } from '../../connectors/ss12000/simulator.ts';
import type { JsonObject } from '../../core/message/message.ts';
import { type Entities, entitiesOf, idsFrom, KINDS, renamed } from './told-entities.ts';
import { runOf, World } from './world.ts';

const LISTS: Readonly<Record<string, string>> = { ...KINDS, programme: 'programmes' };
const DAY_MS = 86_400_000;

describe('a register that is read by SS 12000', () => {
  let files: World;
  let world: World;
  let register: Ss12000Simulator;
  let told: Readonly<Record<string, Entities>>;

  before(async () => {
    files = await World.open();
    await files.night(1, 60);
    await protectOne(files);
    await files.sync('identity');
    told = await entitiesOf(files, LISTS);
    world = await World.open();
    world.now = files.now;
    register = await startSs12000(() => world.now - DAY_MS / 24);
    for (const [kind, entities] of Object.entries(told)) {
      for (const [id, entity] of entities) register.provider.put(LISTS[kind] ?? '', id, entity);
    }
    Object.assign(world.environment, { REGISTER_URL: register.url, REGISTER_TOKEN: 'right' });
    await world.reconfigure(await world.binding('register'), BINDING);
  });
  after(async () => {
    await Promise.all([files.close(), world.close(), register.stop()]);
  });

  it('gives the entities that its files give, wherever both can say it', async () => {
    const intake = runOf(await world.sync('identity'), 'register');
    assert.deepEqual([intake.outcome, intake.counts['quarantined']], ['done', 0]);
    const found = await entitiesOf(world, LISTS);
    const ids = await idsFrom(world, told);
    for (const kind of Object.keys(LISTS)) {
      const expected = [...(told[kind] ?? [])].map(
        ([id, entity]) => [ids.get(id), entity] as const,
      );
      assert.ok(expected.length > 0 || kind === 'programme', `the city has a ${kind}`);
      assert.equal(found[kind]?.size, expected.length, kind);
      for (const [id = '', entity] of expected) {
        assert.deepEqual(found[kind]?.get(id), renamed(entity, ids), kind);
      }
    }
  });

  it('is read again for what has changed, and everything is after a day', async () => {
    const [person = '', entity = {}] = [...(told['person'] ?? [])][0] ?? [];
    world.now += DAY_MS / 4;
    register.provider.put('persons', person, { ...entity, givenName: 'Mira' });
    const changes = runOf(await world.sync('identity'), 'register');
    assert.equal(changes.isWhole, false);
    assert.equal(changes.counts['records'], 1);
    const ids = await idsFrom(world, told);
    const { person: persons } = await entitiesOf(world, LISTS);
    assert.equal(persons?.get(ids.get(person) ?? '')?.['givenName'], 'Mira');
    world.now += DAY_MS;
    assert.equal(runOf(await world.sync('identity'), 'register').isWhole, true);
  });

  it('hears a protection that only a reference to the person tells', async () => {
    const [id = '', group = {}] = [...(told['group'] ?? [])].find(([, one]) => memberOf(one)) ?? [];
    const member = memberOf(group) ?? '';
    const marked = { person: { id: member, securityMarking: 'Sekretessmarkering' } };
    world.now += DAY_MS / 24;
    register.provider.put('groups', id, { ...group, groupMemberships: [marked] });
    await world.sync('identity');
    const ids = await idsFrom(world, told);
    const { person } = await entitiesOf(world, LISTS);
    assert.equal(told['person']?.get(member)?.['securityMarking'], 'Ingen');
    const found = person?.get(ids.get(member) ?? '');
    assert.equal(found?.['securityMarking'], 'Sekretessmarkering');
  });

  it('keeps a member of a class alone whose date is none: who has left it goes', async () => {
    const isClass = ([, { groupMemberships }]: readonly [string, JsonObject]) =>
      Object(groupMemberships).length > 2;
    const [id = '', group = {}] = [...(told['group'] ?? [])].find(isClass) ?? [];
    const [first] = Object(group['groupMemberships']);
    const spoilt = { ...first, startDate: '2026-13-01' };
    world.now += DAY_MS / 24;
    register.provider.put('groups', id, { ...group, groupMemberships: [spoilt] });
    assert.equal(runOf(await world.sync('identity'), 'register').counts['quarantined'], 1);
    const ids = await idsFrom(world, told);
    const { group: groups } = await entitiesOf(world, LISTS);
    const found = groups?.get(ids.get(id) ?? '')?.['groupMemberships'];
    assert.deepEqual(found, [renamed(first, ids)], 'as it was known');
  });

  it('takes the place of its files by one line: what they said beside goes when a person has said so, and nothing is doubled', async () => {
    for (const [kind, entities] of Object.entries(told)) {
      for (const [id, entity] of entities) register.provider.put(LISTS[kind] ?? '', id, entity);
    }
    Object.assign(files.environment, { REGISTER_URL: register.url, REGISTER_TOKEN: 'right' });
    await files.reconfigure(await files.binding('register'), BINDING);
    const held = runOf(await files.sync('identity'), 'register');
    assert.deepEqual([held.outcome, held.problem?.code], ['held', 'SOURCE_UNREAD']);
    assert.deepEqual(await entitiesOf(files, LISTS), told, 'until then everything stays');
    await files.withHub(async ({ control }) => {
      const [hold] = await control.holds('open');
      const decision = { approve: true, units: null, reason: 'it is bound anew', who: 'Kim' };
      await control.decideHold(hold?.id ?? '', decision);
    });
    const intake = runOf(await files.sync('identity'), 'register');
    assert.deepEqual([intake.outcome, intake.counts['quarantined']], ['done', 0]);
    assert.deepEqual(await entitiesOf(files, LISTS), told);
    const persons = [...(told['person'] ?? [])].map(([, person]) => person);
    const marked = persons.filter(({ securityMarking }) => securityMarking !== 'Ingen');
    const children = persons.filter(({ responsibles = [] }) => Object(responsibles).length > 0);
    assert.ok(marked.length === 1 && children.length > 20, 'who is protected, and guardians too');
  });
});

const BINDING = `  register: { connector: ss12000, options: { url: "\${env:REGISTER_URL}", token: "\${env:REGISTER_TOKEN}", requestsPerSecond: 1000 } }`;

/** Protects somebody in the register's batch, whose marker knows the size and hash of its files. */
async function protectOne({ folder }: World): Promise<void> {
  const at = (name: string) => join(folder, 'data/register', name);
  const batch = await readFile(at('ber-20260901.xml'), 'utf8');
  const mark = '<extension><privacy level="3"/>';
  const marked = batch.replace('<extension>', mark);
  const marker = await readFile(at('ber-20260901.done'), 'utf8');
  const [sizeBefore, size] = [batch, marked].map((text) => Buffer.byteLength(text));
  const told = marker
    .replace(/^\w+/, createHash('sha256').update(marked).digest('hex'))
    .replace(`${sizeBefore}`, `${size}`);
  await writeFile(at('ber-20260901.xml'), marked);
  await writeFile(at('ber-20260901.done'), told);
}

/** The first member of a group. */
function memberOf({ groupMemberships }: JsonObject): string | undefined {
  return Object(groupMemberships)[0]?.person?.id;
}
