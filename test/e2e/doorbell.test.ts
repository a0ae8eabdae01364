import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { publish, type SimulatedBatch } from '../../connectors/barn-och-elevregister/simulator.ts';
import type { Hub } from '../../core/hub.ts';
import { serve } from '../../scripts/commands/serve.ts';
import { freePort } from '../services/free-port.ts';
import { numbers, smallTown } from './small-town.ts';
import { World } from './world.ts';

const TOKEN = 'a-token-of-the-doorbell';

describe('the doorbell', () => {
  let world: World;
  let port: number;

  beforeEach(async () => {
    world = await World.open();
    port = await freePort();
    world.environment['DOORBELL_TOKEN'] = TOKEN;
    await world.reconfigure(
      'modules:',
      `doorbell: { port: ${port}, token: "\${env:DOORBELL_TOKEN}" }\nmodules:`,
    );
    await send(smallTown('ber-20260901', numbers(1, 20)));
    await world.sync();
  });
  afterEach(() => world.close());

  const send = (batch: SimulatedBatch) => publish(join(world.folder, 'data', 'register'), batch);
  /** The hours of the first day: from one to the next, a pupil gets another name. */
  const rename = (hour: number, family: string) => {
    const time = (at: number) => `2026-09-01T${String(at).padStart(2, '0')}:00:00+02:00`;
    return send({
      name: `ber-20260901T${String(hour).padStart(2, '0')}00-delta`,
      ...{ datetime: time(hour), window: { from: time(hour - 1), to: time(hour) } },
      elements: [
        `<person recstatus="1"><sourcedid><id>p7</id></sourcedid><name><n><family>${family}</family>
<given>Kim</given></n></name></person>`,
      ],
    });
  };
  const ring = async (path = 'register', request: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const url = `http://127.0.0.1:${port}/doorbell/${path}`;
    return fetch(url, { method: 'POST', headers, ...request });
  };
  const isHeard = async () => (await ring('none').catch(() => null))?.status === 404;
  const nameOf = (number: number) =>
    [...world.identity.directory.of('Users').values()].find(
      ({ userName }) => userName === `p${number}@skola.example`,
    )?.['displayName'];
  const runsOf = (hub: Hub, subject: string) => hub.control.runs(100, subject);
  /** Does something while the hub is served, and stops it as a signal does. */
  const served = (work: (hub: Hub) => Promise<void>) =>
    world.withHub(async (hub) => {
      const stop = new AbortController();
      const ended = serve(hub, stop.signal, () => undefined);
      try {
        await until(isHeard);
        await work(hub);
      } finally {
        stop.abort(new Error('interrupted'));
        await ended;
      }
    });

  it('lets the flows that read a source run at once, whatever the request holds', async () => {
    await served(async () => {
      await rename(3, 'Nyman');
      const body = JSON.stringify({ modifiedEntites: ['Person'], deletedEntities: false });
      assert.equal((await ring('register', { body })).status, 202);
      await until(() => nameOf(7) === 'Kim Nyman');
      await until(() => world.lms.site.dump().includes('Nyman'));
    });
  });

  it('leaves a target that takes whole sets to its turn, unless its flow says otherwise', async () => {
    await served(async (hub) => {
      await rename(3, 'Nyman');
      await ring();
      await until(async () => (await runsOf(hub, 'lms')).length === 2);
      assert.equal((await runsOf(hub, 'collaboration')).length, 1);
    });
    assert.doesNotMatch(await world.delivered('users.csv'), /Nyman/);
    await world.quicken();
    const file = join(world.folder, 'flows', 'collaboration.yaml');
    await writeFile(file, `${await readFile(file, 'utf8')}doorbell: true\n`);
    await served(async () => {
      await rename(4, 'Nyberg');
      await ring();
      await until(async () => (await world.delivered('users.csv')).includes('Nyberg'));
    });
  });

  it('notes no run when there is no news after all', async () => {
    await served(async (hub) => {
      for (let time = 0; time < 3; time++) assert.equal((await ring()).status, 202);
      await rename(3, 'Nyman');
      await ring();
      await until(async () => (await runsOf(hub, 'lms')).length === 2);
      assert.equal((await runsOf(hub, 'register')).length, 2);
    });
  });

  it('takes in everything that lies there, and once more what comes during a run', async () => {
    await served(async (hub) => {
      for (const [hour, family] of [...'ABC'].entries()) await rename(hour + 3, `Ek${family}`);
      const rings = await Promise.all(Array.from({ length: 40 }, () => ring()));
      assert.ok(rings.every(({ status }) => status === 202));
      await until(() => nameOf(7) === 'Kim EkC');
      await rename(6, 'EkD');
      await ring();
      await until(() => nameOf(7) === 'Kim EkD');
      const intakes = await runsOf(hub, 'register');
      assert.equal(intakes.length, 5, 'the first night and four batches: no ring ran in vain');
      assert.ok(intakes.every(({ outcome }) => outcome === 'done'));
    });
  });

  it('waits for another sync to end, and is not lost', async () => {
    await served(async ({ engine, control }) => {
      const { runs } = engine.store;
      assert.ok(await runs.lease('sync', 'somebody else', world.now, 60_000));
      await rename(3, 'Nyman');
      assert.equal((await ring()).status, 202);
      await sleep(300);
      assert.equal((await control.runs(100, 'register')).length, 1);
      await runs.release('sync', 'somebody else');
      // Any later look answers it: the next ring of another module, or the next minute's.
      await ring();
      await until(() => nameOf(7) === 'Kim Nyman');
    });
  });

  it('answers nobody without the token, and tells all of them the same', async () => {
    await served(async (hub) => {
      await rename(3, 'Nyman');
      const refused = await Promise.all([
        ring('register', { headers: {} }),
        ring('register', { headers: { authorization: 'Bearer wrong' } }),
        ring('register', { headers: { authorization: `Basic ${TOKEN}` } }),
        ring('none', { headers: { authorization: `Bearer ${TOKEN}x` } }),
        ring('register', { headers: {}, method: 'GET' }),
      ]);
      const said = refused.map(({ status, headers }) =>
        [status, headers.get('www-authenticate'), headers.get('content-length')].join(' '),
      );
      assert.deepEqual(new Set(said), new Set(['401 Bearer 0']));
      assert.equal((await ring('register', { method: 'GET' })).status, 405);
      assert.equal((await ring('none')).status, 404);
      assert.equal((await ring('../doorbell')).status, 404);
      assert.equal((await ring('register', { body: 'x'.repeat(20_000) })).status, 413);
      await sleep(200);
      assert.equal((await runsOf(hub, 'register')).length, 1);
    });
  });

  it('is not there unless it is configured, and not with a token that could be guessed', async () => {
    world.environment['DOORBELL_TOKEN'] = 'short';
    const start = () => world.withHub((hub) => serve(hub, AbortSignal.abort(), () => undefined));
    await assert.rejects(start(), { code: 'SECRET_MISSING' });
    await world.reconfigure('doorbell:', '# doorbell:');
    const lines: string[] = [];
    await world.withHub((hub) => serve(hub, AbortSignal.abort(), (line = '') => lines.push(line)));
    assert.ok(lines.length > 0 && !lines.some((line) => line.startsWith('Doorbell')));
    await assert.rejects(ring());
  });

  it('says so when its port is taken', async () => {
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    try {
      const start = world.withHub((hub) => serve(hub, AbortSignal.abort(), () => undefined));
      await assert.rejects(start, { code: 'DOORBELL_UNUSABLE' });
    } finally {
      other.close();
    }
  });

  it('is heard by the real command, which stops cleanly on SIGTERM', async () => {
    const script = join(import.meta.dirname, '..', '..', 'scripts', 'skolnav.ts');
    const env = { ...process.env, ...world.environment };
    const child = spawn(process.execPath, [script, '-C', world.folder, 'serve'], { env });
    const exited = once(child, 'exit');
    await until(isHeard);
    await rename(3, 'Nyman');
    await ring();
    await until(() => nameOf(7) === 'Kim Nyman');
    child.kill('SIGTERM');
    assert.deepEqual(await exited, [0, null]);
    await assert.rejects(ring());
  });
});

describe('a watched source', () => {
  it('is looked at by itself; no run is noted while nothing new lies there', async () => {
    const world = await World.open();
    const stop = new AbortController();
    try {
      await world.reconfigure('modules:', 'sources: { register: { watch: 1s } }\nmodules:');
      await world.withHub(async (hub) => {
        const ended = serve(hub, stop.signal, () => undefined);
        const folder = join(world.folder, 'data', 'register');
        const runs = () => hub.control.runs(100, 'register');
        await sleep(1500);
        assert.deepEqual(await runs(), []);
        await publish(folder, smallTown('ber-20260901', numbers(1, 5)));
        await until(() => world.identity.directory.of('Users').size === 5);
        await sleep(1500);
        assert.equal((await runs()).length, 1);
        // What is damaged is tried once, and again when it has been sent anew.
        const broken = smallTown('ber-20260902', numbers(1, 6));
        await publish(folder, { ...broken, datetime: 'no time' });
        await until(async () => (await runs()).length === 2);
        await sleep(1500);
        assert.equal((await runs()).length, 2);
        await publish(folder, broken);
        await until(() => world.identity.directory.of('Users').size === 6);
        stop.abort(new Error('interrupted'));
        await ended;
      });
    } finally {
      stop.abort(new Error('interrupted'));
      await world.close();
    }
  });
});

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 8000; waited += 20) {
    if (await isSo()) return;
    await sleep(20);
  }
  throw new Error(`it did not come about: ${isSo}`);
}
