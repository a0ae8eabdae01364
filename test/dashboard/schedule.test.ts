import assert from 'node:assert/strict';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { raiseForm } from '../../core/run/form.ts';
import { numbers, smallTown } from '../e2e/small-town.ts';
import { World } from '../e2e/world.ts';
import { type Hosted, hosted } from './hosted.ts';
import { somebody, type Visitor } from './visitor.ts';

const SIGNAL = new AbortController().signal;

describe('the schedule page', () => {
  let house: Hosted;
  let visitor: Visitor;

  beforeEach(async () => {
    const world = await World.open();
    await world.quicken();
    await publish(join(world.folder, 'data', 'register'), smallTown('ber-20260901', numbers(1, 5)));
    house = await hosted(world);
    visitor = await somebody(house.hub, house.dashboard.url, 'robin');
  });
  afterEach(() => house.close());

  const at = (time: string) => {
    house.world.now = Date.parse(`${time}+02:00`);
  };
  async function turn(): Promise<readonly string[]> {
    const reports = await house.hub.control.scheduler().turn(SIGNAL);
    return reports.flatMap(({ flows }) => flows.map(({ subject }) => subject)).sort();
  }
  async function change(what: 'pause' | 'resume', flow: string, reason = 'a move') {
    const answer = await visitor.send(`/schedule/${what}`, [
      ['flow', flow],
      ['reason', reason],
    ]);
    return answer.headers.get('location');
  }

  it('pauses one flow, which then misses its turn, and makes up for it when it is resumed', async () => {
    at('2026-09-01T01:00:00');
    assert.deepEqual(await turn(), []);
    assert.equal(await change('pause', 'lms'), '/schedule?done=paused');
    assert.match(await visitor.read('/schedule'), /paused.*by robin .*: a move/s);
    const codes = (await house.hub.control.findings()).map(({ code }) => code);
    assert.ok(codes.includes('FLOW_PAUSED'), 'nobody can forget it');
    at('2026-09-01T03:00:00');
    assert.deepEqual(await turn(), ['collaboration', 'identity']);
    assert.equal(await change('resume', 'lms'), '/schedule?done=resumed');
    assert.deepEqual(await turn(), ['lms']);
  });

  it('shows who serves, and who has been silent for too long', async () => {
    assert.doesNotMatch(await visitor.read('/schedule'), /Processes/);
    const { runs } = house.hub.engine.store;
    const steps = [{ step: 'deliver lms', done: 7, total: 9, ended: false }];
    const worker = { role: 'worker', startedAt: house.world.now, seenAt: house.world.now, steps };
    await runs.putWorker({ ...worker, owner: '@one/11/x', version: '0.2.0 12ab34cd' });
    await runs.putWorker({ ...worker, owner: '@two/22/x', seenAt: house.world.now - 60_000 });
    await runs.lease('target lms:itslearning', '@one/11/x', house.world.now, 60_000);
    const text = await visitor.read('/schedule');
    assert.match(
      text,
      /one\/11.*worker.*0\.2\.0 12ab34cd.*at work.*target lms:itslearning.*deliver lms/s,
    );
    assert.match(text, /two\/22.*silent since/s);
  });

  it('takes no turn where a newer version has brought what is stored up to date', async () => {
    at('2026-09-01T01:00:00');
    assert.deepEqual(await turn(), []);
    at('2026-09-01T03:00:00');
    const { store } = house.hub.engine;
    const kept = await store.getValue('form');
    await raiseForm(store, { state: 99, kinds: {} });
    await assert.rejects(house.hub.control.scheduler().turn(SIGNAL), { code: 'STORE_NEWER' });
    await store.putValue('form', kept);
    assert.equal((await turn()).length, 3);
  });

  it('pauses all, rings of the sources too', async () => {
    assert.equal(await change('pause', ''), '/schedule?done=paused');
    const scheduler = house.hub.control.scheduler();
    assert.ok(scheduler.notify('register'));
    assert.deepEqual(await scheduler.turn(SIGNAL), []);
    await change('resume', '');
    assert.ok(scheduler.notify('register'));
    assert.equal((await scheduler.turn(SIGNAL)).length, 1);
  });

  it('asks for a reason, and says where there is nothing to pause', async () => {
    assert.equal(await change('pause', 'lms', ' '), '/schedule?done=reason');
    assert.equal(await change('pause', 'unheard'), '/schedule?done=unknown');
    assert.equal(await change('resume', 'lms'), '/schedule?done=unknown');
  });

  it('lets a flow run now, and notes by whose word', async () => {
    await visitor.send('/schedule/run', [['flow', 'identity']]);
    const isDone = async () => (await visitor.read('/schedule')).includes('has run: see the runs');
    for (let look = 0; look < 200 && !(await isDone()); look++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.ok(await isDone());
    assert.ok(house.world.identity.directory.of('Users').size > 0, 'the target was told');
    const [entry] = await house.hub.control.auditTrail(1, { action: 'sync' });
    assert.deepEqual([entry?.who, entry?.subject], ['robin', 'identity']);
  });
});
