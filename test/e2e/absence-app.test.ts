import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { AbsenceApp, newSecret } from '../../connectors/events/simulator.ts';
import type { Hub } from '../../core/hub.ts';
import { openLog } from '../../core/log/log.ts';
import { AbsenceWorld, absencesIn, PROTECTED, until } from './absence-world.ts';

describe('an absence app that calls', () => {
  let town: AbsenceWorld;

  beforeEach(async () => {
    town = await AbsenceWorld.open();
  });
  afterEach(() => town.close());

  const intakesOf = (hub: Hub) => hub.control.runs(100, 'absence');

  it('brings an absence of 07:40 to its target in under a second, without a night', async () => {
    await town.served(async () => {
      await town.arrivesSoon(async (id) => {
        const { status } = await town.app.send(town.absence(id, { orsak: 'feber' }));
        assert.equal(status, 202);
      });
      const [line = ''] = await town.delivered();
      assert.match(line, /;2026-09-01T08:00:00\+02:00;2026-09-01T15:00:00\+02:00;J;anmald$/);
    });
  });

  it('says what has changed, and takes back what is withdrawn', async () => {
    await town.served(async () => {
      await town.app.send(town.absence('f1'));
      await until(async () => (await town.told()).length === 1);
      const part = { fran: '2026-09-01T10:00:00+02:00', heldag: false, slag: 'ledighet' };
      await town.app.send(town.absence('f1', part));
      await until(async () => (await town.told()).length === 2);
      await town.app.send(town.absence('f1', { ...part, status: 'aterkallad' }));
      await until(async () => (await town.told()).length === 3);
      assert.deepEqual(await town.told(), ['N 08:00', 'A 10:00', 'U ']);
    });
  });

  it('takes once what is sent twice, and nothing under an id that was used', async () => {
    await town.served(async (hub) => {
      const absence = town.absence('f1');
      const calls = await Promise.all(
        Array.from({ length: 5 }, () => town.app.send(absence, { id: 'msg_1' })),
      );
      assert.deepEqual(new Set(calls.map(({ status }) => status)), new Set([202]));
      await until(async () => (await town.told()).length === 1);
      await sleep(1100);
      assert.equal((await town.app.send(absence, { id: 'msg_1' })).status, 202, 'signed anew');
      const other = await town.app.send(town.absence('f2'), { id: 'msg_1' });
      assert.deepEqual([other.status, JSON.parse(other.body).title], [409, 'EVENT_REUSED']);
      await sleep(300);
      assert.deepEqual(await town.told(), ['N 08:00']);
      assert.equal(await absencesIn(hub), 1);
    });
  });

  it('lets the latest word count, in whatever order it comes, also after it was taken in', async () => {
    const at = (minute: number, more = {}) => {
      return town.absence('f1', { andrad: `2026-09-01T07:${30 + minute}:00+02:00`, ...more });
    };
    await town.served(async (hub) => {
      await town.app.send([at(3, { fran: '2026-09-01T09:00:00+02:00' }), at(1)]);
      await until(async () => (await town.told()).length === 1);
      await town.app.send(at(2));
      await town.app.send(at(5, { status: 'aterkallad' }));
      await until(async () => (await town.told()).length === 2);
      await town.app.send(at(4));
      await town.app.send(town.absence('other'));
      await until(async () => (await town.told()).length === 3);
      assert.deepEqual(await town.told(), ['N 09:00', 'U ', 'N 08:00']);
      assert.equal(await absencesIn(hub), 1);
    });
  });

  it('may send many in one call, all of them or none', async () => {
    await town.served(async (hub) => {
      const many = Array.from({ length: 200 }, (_, at) => town.absence(`f${at}`));
      assert.equal((await town.app.send(many)).status, 202);
      await until(async () => (await town.told()).length === 200);
      const bad = [town.absence('g1'), town.absence('g2', { fran: 'imorgon' })];
      const { status, body } = await town.app.send(bad);
      assert.equal(status, 422);
      assert.match(JSON.parse(body).detail, /^record 2: fran does not fit its pattern/);
      assert.ok(!body.includes('imorgon'));
      await sleep(200);
      assert.equal(await absencesIn(hub), 200);
    });
  });

  it('may call at any time: what came while no sync could run is delivered after a restart', async () => {
    await town.served(async ({ engine }) => {
      const { runs } = engine.store;
      const taken = () => runs.lease('sync', 'somebody else', town.world.now, 60_000);
      await until(async () => (await taken()) !== null);
      assert.equal((await town.app.send(town.absence('f1'))).status, 202);
      await sleep(100);
      assert.deepEqual(await town.told(), []);
      await runs.release('sync', 'somebody else');
    });
    await town.served(() => until(async () => (await town.told()).length === 1));
  });

  it('is told to a target that was out as soon as that is there again', async () => {
    const folder = join(town.world.folder, 'data', 'attendance');
    await rename(folder, `${folder}-out`);
    await town.served(async (hub) => {
      assert.equal((await town.app.send(town.absence('f1'))).status, 202);
      await until(async () => {
        const [last] = await hub.control.runs(1, 'attendance');
        return last?.outcome === 'failed' && last.endedAt !== null;
      });
    });
    await rename(`${folder}-out`, folder);
    const look = () =>
      town.world.withHub(async ({ control }) => {
        const scheduler = control.scheduler();
        scheduler.poll('absence');
        await scheduler.turn(new AbortController().signal);
      });
    await look();
    assert.deepEqual(await town.told(), []);
    town.world.now += 301_000;
    await look();
    assert.deepEqual(await town.told(), ['N 08:00']);
  });

  it('is signed with the former secret or the next one while it is changed', async () => {
    const next = newSecret();
    town.world.environment['NEXT_SECRET'] = next;
    await town.world.reconfigure(
      'webhook: { secret',
      `webhook: { otherSecret: "\${env:NEXT_SECRET}", secret`,
    );
    const url = `http://127.0.0.1:${town.port}/events/absence`;
    const now = () => town.world.now;
    const apps = [
      new AbsenceApp({ url, now, secret: town.secret }),
      new AbsenceApp({ url, now, secret: next }),
      new AbsenceApp({ url, now, secret: town.secret, otherSecret: newSecret() }),
      new AbsenceApp({ url, now, secret: newSecret(), otherSecret: newSecret() }),
    ];
    await town.served(async () => {
      const answers = await Promise.all(apps.map((app, at) => app.send(town.absence(`f${at}`))));
      assert.deepEqual(
        answers.map(({ status }) => status),
        [202, 202, 202, 401],
      );
    });
  });

  it('tells nobody of a protected pupil, and nothing of it is left in logs, plans or the inbox', async () => {
    const lines: string[] = [];
    const sink = new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(String(chunk));
        done();
      },
    });
    await town.served(
      async ({ engine, control }) => {
        await town.app.send(town.absence('secret', { elev: `p${PROTECTED}` }));
        await town.app.send(town.absence('open', { anmald: { av: `p${PROTECTED}` } }));
        await until(async () => (await town.told()).length === 1);
        const [line = ''] = await town.delivered();
        assert.ok(!line.includes('secret'));
        for await (const kept of engine.store.inbox.after('absence', 0))
          assert.fail(`${kept.length}`);
        const runs = JSON.stringify(await control.runs(100));
        for (const text of ['ledighet', 'anmald', '08:00']) assert.ok(!runs.includes(text), text);
      },
      openLog(sink, 'info'),
    );
    const log = lines.join('');
    assert.ok(log.length > 0);
    for (const text of ['anmald', 'T08:00', '"p7"', 'whsec_']) assert.ok(!log.includes(text), text);
  });

  it('has no absence for longer than keepDays, and no target has', async () => {
    await town.world.reconfigure('keepDays: 90', 'keepDays: 30');
    const day = async (name: string, work: () => Promise<unknown>) => {
      town.world.now = Date.parse(`${name}T07:40:00+02:00`);
      await town.served(work);
    };
    await day('2026-09-01', async () => {
      await town.app.send([town.absence('f1'), town.absence('f2')]);
      await until(async () => (await town.told()).length === 2);
    });
    await day('2026-09-20', async () => {
      await town.app.send(town.absence('f2', { heldag: false }));
      await until(async () => (await town.told()).length === 3);
    });
    town.world.now = Date.parse('2026-10-02T05:15:00+02:00');
    await town.world.sync();
    assert.deepEqual(await town.told(), ['N 08:00', 'N 08:00', 'A 08:00', 'U ']);
    await day('2026-10-21', async () => {
      await town.app.send(town.absence('f3'));
      await until(async () => (await town.told()).length === 6);
    });
    await town.world.withHub(async (hub) => assert.equal(await absencesIn(hub), 1));
  });

  it('sets a record aside that no mapping takes, and goes on', async () => {
    await town.served(async (hub) => {
      await town.app.send(town.absence('odd', { slag: 'ogiltig' }));
      await town.app.send(town.absence('f1'));
      await until(async () => (await town.told()).length === 1);
      const [failure] = await hub.control.failures({ limit: 5 });
      assert.equal(failure?.problem?.code, 'CODE_UNMAPPED');
      await town.app.send(town.absence('odd', { slag: 'ledighet' }));
      await until(async () => (await town.told()).length === 2);
      assert.deepEqual(await hub.control.failures({ limit: 5 }), []);
      const intakes = await intakesOf(hub);
      assert.ok(intakes.every(({ outcome }) => outcome === 'done'));
    });
  });

  it('waits with an absence of somebody whom the register does not have yet', async () => {
    await town.served(async (hub) => {
      await town.app.send(town.absence('f1', { elev: 'p99' }));
      await town.app.send(town.absence('f2'));
      await until(async () => (await town.told()).length === 1);
      const [failure] = await hub.control.failures({ limit: 5 });
      assert.equal(failure?.target, 'attendance:files');
    });
  });

  it('needs somebody who listens, and a secret that cannot be guessed', async () => {
    town.world.environment['ABSENCE_SECRET'] = 'secret';
    const serve = () => town.served(async () => undefined);
    await assert.rejects(serve(), { code: 'SECRET_MISSING' });
    town.world.environment['ABSENCE_SECRET'] = newSecret();
    await town.world.reconfigure('doorbell:', '# doorbell:');
    await assert.rejects(serve(), { code: 'CONFIG_INVALID' });
  });
});
