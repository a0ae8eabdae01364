import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { LEAST_MS } from '../../dashboard/evenly.ts';
import { World } from '../e2e/world.ts';
import { batchOf, classOf, type TownPerson } from '../situations/town.ts';
import { type Hosted, hosted } from './hosted.ts';
import { somebody, type Visitor } from './visitor.ts';

/** A flow that takes one person alone, and nothing else of persons. */
const ONE = `  person: { where: "givenName == 'Robin'" }\n  # Told`;

/** As many as a search shows. */
const NAMESAKES = 20;

function namesakes(): Readonly<Record<string, TownPerson>> {
  const all = Array.from({ length: NAMESAKES }, (_, at) => `n${at}`);
  return Object.fromEntries(all.map((id) => [id, { given: 'Noor', family: 'Lind' }]));
}

describe('persons of one flow', () => {
  let town: Hosted;
  let person: readonly string[];

  before(async () => {
    const world = await World.open();
    await world.quicken();
    const lms = await readFile(join(world.folder, 'flows', 'lms.yaml'), 'utf8');
    await world.write('flows/lms.yaml', lms.replace(/ {2}person:\n[^#]*# Told/, ONE));
    const folder = join(world.folder, 'data', 'register');
    const pupils = classOf({ p1: { given: 'Robin' }, p2: { given: 'Kim' }, ...namesakes() });
    await publish(folder, batchOf('2026-09-01', pupils));
    await world.sync();
    town = await hosted(world);
    const ids: string[] = [];
    for (const name of ['p1', 'p2']) {
      const [found] = await town.hub.control.findPersons(`register:${name}`, 'test', '');
      assert.ok(found !== undefined);
      ids.push(found.id);
    }
    person = ids;
  });
  after(() => town.close());

  const of = (name: string, flow: string) => {
    const rights = [`list:${flow}`, `contents:${flow}`] as const;
    return somebody(town.hub, town.dashboard.url, name, rights);
  };
  const search = async (visitor: Visitor, word: string) =>
    (await visitor.send('/person', [['word', word]])).headers.get('location');

  it('are those that it tells its target of', async () => {
    const visitor = await of('lms-support', 'lms');
    assert.equal(await search(visitor, 'register:p1'), `/person/${person[0]}`);
    assert.equal(await search(visitor, 'register:p2'), null, 'whom it does not take');
    const page = await visitor.read(`/person/${person[0]}`);
    assert.match(page, /lms:itslearning/);
    assert.doesNotMatch(page, /identity:scim|microsoft-sds/);
    const other = await (await visitor.ask(`/person/${person[1]}`)).text();
    assert.doesNotMatch(other, /itslearning|p2/);
    const identity = await of('identity-support', 'identity');
    assert.equal(await search(identity, 'register:p2'), `/person/${person[1]}`);
  });

  it('of other flows are passed over before the answer that nobody is found is due, many at once', async () => {
    const rights = ['list:lms', 'contents:lms'] as const;
    const account = town.hub.control.as({ name: 'lms-support', rights });
    const times: number[] = [];
    for (let time = 0; time < 7; time++) {
      const begunAt = performance.now();
      assert.deepEqual(await account.findPersons('Noor Lind', 'lms-support', ''), []);
      times.push(performance.now() - begunAt);
    }
    assert.equal((await town.hub.control.findPersons('Noor Lind', 'test', '')).length, NAMESAKES);
    assert.ok(Math.min(...times) < LEAST_MS, times.join());
  });

  it('are nobody where somebody may see no contents of any', async () => {
    const visitor = await somebody(town.hub, town.dashboard.url, 'reader', ['list', 'act:lms']);
    const reader = town.hub.control.as({ name: 'reader', rights: ['list', 'act:lms'] });
    await assert.rejects(reader.findPersons('register:p1', 'reader', ''), {
      code: 'RIGHT_MISSING',
    });
    assert.equal((await visitor.ask(`/person/${person[0]}`)).status, 403);
  });
});

describe('the control bus of an account', () => {
  let town: Hosted;

  before(async () => {
    town = await hosted(await World.open());
  });
  after(() => town.close());

  it('refuses whatever is for all flows, and for those who look after accounts', async () => {
    const { control } = town.hub;
    const kim = control.as({ name: 'kim', rights: ['list:lms', 'contents:lms', 'act:lms'] });
    const { signal } = new AbortController();
    const common = { who: 'kim', onProgress: () => undefined, signal };
    const plan = { flow: null, details: 1, reveal: true, ...common };
    const sync = { deliver: false, patienceMs: 0, ...common };
    const account = { name: 'kim', rights: ['administer'] } as const;
    const refused: readonly (readonly [string, () => unknown])[] = [
      ['plan', () => kim.plan(plan)],
      ['plan of another', () => kim.plan({ ...plan, flow: 'identity' })],
      ['whatIf', () => kim.whatIf(town.world.folder, plan)],
      ['ahead', () => kim.ahead(null, signal)],
      ['sync', () => kim.sync({ ...sync, flow: null })],
      ['sync of another', () => kim.sync({ ...sync, flow: 'identity' })],
      ['connect', () => kim.connect(1000)],
      ['purge', () => kim.purge('kim')],
      ['backup', () => kim.backup('/nowhere', 'kim')],
      ['testMail', () => kim.testMail('kim')],
      [
        'serve',
        () =>
          kim.serve({
            ...common,
            onReport: () => undefined,
            onListening: () => undefined,
            role: 'all',
          }),
      ],
      ['auditTrail', () => kim.auditTrail(1)],
      ['auditExport', async () => kim.auditExport('kim')[Symbol.asyncIterator]().next()],
      ['checkAudit', () => kim.checkAudit(null)],
      ['accounts', () => kim.access.accounts()],
      ['invite', () => kim.access.invite(account, 'kim')],
      ['setRights', () => kim.access.setRights(account, 'kim')],
      ['remove', () => kim.access.remove('other', 'kim')],
      ['endSessions', () => kim.access.endSessions('other', 'kim', null)],
      ['firstInvitation', () => kim.access.firstInvitation()],
    ];
    for (const [name, work] of refused) {
      await assert.rejects(async () => work(), { code: 'RIGHT_MISSING' }, name);
    }
    assert.throws(() => kim.scheduler(), { code: 'RIGHT_MISSING' });
    const audited = await control.auditTrail(100, { action: 'refused' });
    assert.ok(audited.length >= refused.length && audited.every(({ who }) => who === 'kim'));
    assert.equal(kim.as({ name: 'kim', rights: ['list', 'act'] }), kim, 'no way back');
  });

  it('shows no personal value of a plan without the right to it', async () => {
    const { control } = town.hub;
    const kim = control.as({ name: 'kim', rights: ['list'] });
    const { signal } = new AbortController();
    const about = { flow: 'lms', details: 1, reveal: true, who: 'kim' };
    await kim.plan({ ...about, onProgress: () => undefined, signal });
    const audited = await control.auditTrail(10, { action: 'plan --reveal' });
    assert.deepEqual(audited, []);
  });

  it('pauses of all flows those on which the account may act', async () => {
    const { control } = town.hub;
    const kim = control.as({ name: 'kim', rights: ['list', 'act:lms'] });
    const request = { flow: null, who: 'kim', reason: 'the vendor asks' };
    assert.deepEqual(await kim.pause(request), ['lms']);
    const paused = (await control.timetable()).filter(({ pause }) => pause !== null);
    assert.deepEqual(
      paused.map(({ flow }) => flow),
      ['lms'],
    );
    assert.deepEqual(await kim.resume(request), ['lms']);
  });
});
