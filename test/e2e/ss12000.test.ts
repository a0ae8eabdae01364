import assert from 'node:assert/strict';
import { type Ss12000Simulator, startSs12000 } from '../../connectors/ss12000/simulator.ts';
import type { Json, JsonObject } from '../../core/message/message.ts';
import { planCity } from '../../scripts/generate/city.ts';
import { listsOf } from '../../scripts/generate/ss12000.ts';
import { type Entities, entitiesOf, KINDS } from './told-entities.ts';
import { runOf, World } from './world.ts';

const LISTS: Readonly<Record<string, string>> = { ...KINDS, programme: 'programmes' };
const DAY_MS = 86_400_000;
/** So many that there is somebody protected, a foster home, and parents who live apart. */
const PUPILS = 200;
/** Where the two differ, and why: the standard cannot say it, or says it in another way. */
const FORCED: Readonly<Record<string, string>> = {
  'group.skolnav.yearSpan': 'years of school are those of enrolments',
  'organisation.organisationNumber': 'by its company it is known that a school is independent',
  'organisation.skolnav.governedBy':
    'follows from the legal person of the unit, or of what is above',
  'person.enrolments.skolnav.governedBy': 'follows from the unit',
  'person.responsibles.skolnav.custody': 'there is no word for custody',
  'person.skolnav.alias.familyName': 'a protected person has no other name',
  'person.skolnav.alias.givenName': 'a protected person has no other name',
  'person.skolnav.identifiers.type': 'there is one number, without those of before',
  'person.skolnav.identifiers.value': 'there is one number, without those of before',
  'person.skolnav.municipalityCode': 'an address has it, if anything',
  'person.skolnav.nativeLanguage': 'there is no word for it',
  'person.skolnav.protection.level': 'there is one mark, and none for both',
};

describe('a register that is read by SS 12000', () => {
  let files: World;
  let world: World;
  let register: Ss12000Simulator;
  let told: Readonly<Record<string, Entities>>;

  before(async () => {
    files = await World.open();
    const { city } = await files.night(1, PUPILS);
    await files.sync('identity');
    told = await entitiesOf(files, LISTS);
    world = await World.open();
    world.now = files.now;
    register = await startSs12000(() => world.now - DAY_MS / 24);
    for (const { list, entity } of listsOf(planCity(city), 1)) {
      register.provider.put(list, entity.id, entity);
    }
    Object.assign(world.environment, { REGISTER_URL: register.url, REGISTER_TOKEN: 'right' });
    await world.reconfigure(await world.binding('register'), BINDING);
  });
  after(async () => {
    await Promise.all([files.close(), world.close(), register.stop()]);
  });

  it('gives the entities that its files give, all but what the standard has no word for', async () => {
    const intake = runOf(await world.sync('identity'), 'register');
    assert.deepEqual([intake.outcome, intake.counts['quarantined']], ['done', 0]);
    const whole = (entity: JsonObject) => entity;
    const all = await entitiesOf(files, LISTS, whole);
    const found = await entitiesOf(world, LISTS, whole);
    const places = new Set<string>();
    for (const kind of Object.keys(LISTS)) {
      const [ofFiles, ofLists] = [all[kind] ?? new Map(), found[kind] ?? new Map()];
      assert.ok(ofFiles.size > 0, `the city has a ${kind}`);
      assert.deepEqual([...ofLists.keys()], [...ofFiles.keys()], kind);
      for (const [id, entity] of ofFiles) {
        for (const place of differing(entity, ofLists.get(id))) places.add(`${kind}${place}`);
      }
    }
    assert.deepEqual([...places].sort(), Object.keys(FORCED).sort());
  });

  it('is read again for what has changed, and everything is after a day', async () => {
    const [person = '', entity = {}] = [...(told['person'] ?? [])][0] ?? [];
    world.now += DAY_MS / 4;
    register.provider.put('persons', person, { ...entity, givenName: 'Mira' });
    const changes = runOf(await world.sync('identity'), 'register');
    assert.equal(changes.isWhole, false);
    assert.equal(changes.counts['records'], 1);
    const { person: persons } = await entitiesOf(world, LISTS);
    assert.equal(persons?.get(person)?.['givenName'], 'Mira');
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
    const { person } = await entitiesOf(world, LISTS);
    assert.equal(told['person']?.get(member)?.['securityMarking'], 'Ingen');
    const found = person?.get(member);
    assert.equal(found?.['securityMarking'], 'Sekretessmarkering');
  });

  it('keeps a member of a class alone whose date is none: who has left it goes', async () => {
    const isClass = ([, { groupMemberships }]: readonly [string, JsonObject]) =>
      Object(groupMemberships).length > 2;
    const [id = '', group = {}] = [...(told['group'] ?? [])].findLast(isClass) ?? [];
    const [first] = Object(group['groupMemberships']);
    const spoilt = { ...first, startDate: '2026-13-01' };
    world.now += DAY_MS / 24;
    register.provider.put('groups', id, { ...group, groupMemberships: [spoilt] });
    assert.equal(runOf(await world.sync('identity'), 'register').counts['quarantined'], 1);
    const { group: groups } = await entitiesOf(world, LISTS);
    const found = groups?.get(id)?.['groupMemberships'];
    assert.deepEqual(found, [first], 'as it was known');
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
      await control.decideHolds([hold?.id ?? ''], decision);
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

/** Paths at which one says otherwise than the other. */
function differing(one: Json | undefined, other: Json | undefined): readonly string[] {
  if (![one, other].some((value) => typeof value === 'object' && value !== null)) {
    return one === other ? [] : [''];
  }
  const [left, right]: readonly JsonObject[] = [Object(one ?? {}), Object(other ?? {})];
  const names = new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})]);
  return [...names].flatMap((name) => {
    const below = differing(left?.[name], right?.[name]);
    return below.map((path) => (Array.isArray(one ?? other) ? path : `.${name}${path}`));
  });
}

/** The first member of a group. */
function memberOf({ groupMemberships }: JsonObject): string | undefined {
  return Object(groupMemberships)[0]?.person?.id;
}
