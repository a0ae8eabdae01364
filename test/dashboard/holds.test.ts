import assert from 'node:assert/strict';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { everybody, oakCutShort, tenSchools } from '../e2e/ten-schools.ts';
import { World } from '../e2e/world.ts';
import { batchOf, type Town } from '../situations/town.ts';
import { type Hosted, hosted } from './hosted.ts';
import { rowsOf, somebody, type Visitor } from './visitor.ts';

describe('a decision', () => {
  let town: Hosted;
  let kim: Visitor;
  let robin: Visitor;

  before(async () => {
    const world = await World.open();
    await world.reconfigure(
      'modules:',
      'sources: { register: { guards: { perUnit: { maxDelete: 1 } } } }\nmodules:',
    );
    const planned = '{ from: 2026-09-10, to: 2026-09-12, reason: the exchange of classes }';
    await world.guard(`{ maxDelete: 10%, approvals: 2, windows: [${planned}] }`);
    const night = async (day: string, schools: Town) => {
      await publish(join(world.folder, 'data', 'register'), batchOf(day, schools));
      world.now = Date.parse(`${day}T03:00:00+02:00`);
      await world.sync('identity');
    };
    await night('2026-09-01', tenSchools(everybody));
    await night('2026-09-02', tenSchools(oakCutShort));
    town = await hosted(world);
    kim = await somebody(town.hub, town.dashboard.url, 'kim');
    robin = await somebody(town.hub, town.dashboard.url, 'robin', ['list', 'act']);
  });
  after(() => town.close());

  const held = async () => {
    const [hold] = await town.hub.control.holds('open');
    assert.ok(hold !== undefined);
    return { hold, path: `/holds/${hold.id}` };
  };

  it('is shown beside what the same weekday brought before, and what is planned', async () => {
    const { path } = await held();
    assert.match(await kim.read(path), /Nothing is known of the same weekday before/);
    const { runs } = town.hub.engine.store;
    for (const [day, many] of [['26', 3] as const, ['19', 5] as const]) {
      const startedAt = Date.parse(`2026-08-${day}T03:00:00+02:00`);
      const changes = { create: 0, update: many, delete: 0, replace: 0 };
      const about = { id: `run-${day}`, type: 'flow', subject: 'identity', problem: null } as const;
      const planned = { target: 'identity:scim', kinds: { User: changes } };
      await runs.put({
        ...about,
        startedAt,
        endedAt: startedAt,
        outcome: 'done',
        counts: {},
        planned,
      });
    }
    const page = await kim.read(path);
    const rows = rowsOf(page);
    assert.match(rows, /^what waits \| .*24.*\n2026-08-26 \| .*3.*\n2026-08-19 \| .*5/m);
    assert.match(page, /2026-09-10 to 2026-09-12: the exchange of classes/);
    assert.doesNotMatch(page, /open now/);
  });

  it('is asked for with what is held, of which school, and why', async () => {
    const { path } = await held();
    assert.match(await kim.read('/holds'), />Flow identity</);
    const overview = await kim.read('/');
    assert.match(overview, /<li>oak: deleted 24<\/li>/, 'whom it concerns');
    assert.ok(overview.includes(`href="${path}"`));
    const page = await kim.read(path);
    assert.match(page, /oak: the plan would delete 24 of 60/);
    assert.match(page, /2 different persons must approve/);
    assert.match(overview, /See what is held back: flow identity/);
    assert.match(overview, /identity: [^<]*waits for a decision</, 'not that nothing was new');
    assert.match(await swedish(path), /<h1>Beslut: flödet identity</);
  });

  const swedish = async (path: string) => {
    const answer = await kim.ask(path, { headers: { 'accept-language': 'sv' } });
    return answer.text();
  };

  it('is said in Swedish to who reads Swedish, as far as we say it', async () => {
    const { path } = await held();
    for (const each of [path, '/', '/digest']) {
      const page = await swedish(each);
      assert.match(
        page,
        /oak: planen skulle ta bort 24 av 60 av slaget \S+ \(40 %\); perUnit\.maxDelete/,
        each,
      );
      assert.doesNotMatch(page, /lang="en">[^<]*(the plan|Ask|wait)/, each);
    }
  });

  it('shows the changes field by field, and values to who may see them alone', async () => {
    const { path } = await held();
    const open = await kim.read(`${path}/changes`);
    const masked = await robin.read(`${path}/changes`);
    assert.match(rowsOf(open), /^User \| [-0-9a-f]{36} \| shut \| active: true → false$/m);
    assert.match(open, /href="\/person\/[-0-9a-f]{36}"/, 'whom it concerns');
    assert.doesNotMatch(masked, /href="\/person\//);
    assert.match(masked, /Values are shown to those who may/);
    assert.ok(!masked.includes('oak37@'));
  });

  it('is taken by two persons where config asks, for what the page has shown', async () => {
    const { hold, path } = await held();
    const form = [
      ['do', 'approve'],
      ['reason', 'as the school says'],
    ] as const;
    const stale = await kim.send(`${path}/decide`, [...form, ['digest', 'another']]);
    assert.equal(stale.headers.get('location'), '/holds?done=over');
    const meant = [...form, ['digest', hold.digest], ['unit', hold.parts[0]?.unit ?? '']] as const;
    for (const _twice of [1, 2]) await kim.send(`${path}/decide`, meant);
    const said = await kim.read(path);
    assert.match(said, /approved by kim.*aria-disabled.*>Approve<.*Another person must too/s);
    assert.doesNotMatch(await robin.read(path), /aria-disabled/);
    assert.equal((await held()).hold.state, 'open', 'one person is one person');
    const last = await robin.send(`${path}/decide`, meant);
    assert.equal(last.headers.get('location'), '/holds?done=decided');
    assert.deepEqual(await town.hub.control.holds('open'), []);
    assert.match(await kim.read('/holds?done=decided'), /The next run follows it/);
  });
});
