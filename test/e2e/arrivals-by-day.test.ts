import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { AbsenceApp, newSecret } from '../../connectors/events/simulator.ts';
import { serve } from '../../scripts/commands/serve.ts';
import { temporaryNumber } from '../../scripts/generate/numbers.ts';
import { freePort } from '../services/free-port.ts';
import { until } from './absence-world.ts';
import { numbers, smallTown } from './small-town.ts';
import { World } from './world.ts';

const BORN = '2013-04-12';

describe('Mottagandeenheten, which calls', () => {
  let world: World;
  let app: AbsenceApp;

  beforeEach(async () => {
    world = await World.open();
    const [port, secret] = [await freePort(), newSecret()];
    world.environment['ARRIVALS_SECRET'] = secret;
    const webhook = `{ secret: "\${env:ARRIVALS_SECRET}" }`;
    const options = `layout: calls, key: person_id, changed: andrad, webhook: ${webhook}`;
    await world.reconfigure(
      'modules:\n',
      `doorbell: { port: ${port} }\nmodules:\n  arrivals: { connector: events, mappings: mottagandeenheten, options: { ${options} } }\n`,
    );
    await world.quicken();
    for (const name of await readdir(join(world.folder, 'flows'))) {
      const text = await readFile(join(world.folder, 'flows', name), 'utf8');
      await world.write(
        `flows/${name}`,
        text.replace('from: register', 'from: [register, arrivals]'),
      );
    }
    await publish(join(world.folder, 'data', 'register'), smallTown('ber-20260901', numbers(1, 3)));
    await world.sync();
    const url = `http://127.0.0.1:${port}/events/arrivals`;
    app = new AbsenceApp({ url, secret, now: () => world.now });
  });
  afterEach(() => world.close());

  const arrival = (more = {}) => ({
    ...{ person_id: 'n1', tillfalligt: temporaryNumber(BORN, 81), personnummer: '' },
    ...{ fornamn: 'Kim', efternamn: 'Ny', fodd: BORN, sprak: 'ara', konto: 'n1@skola.example' },
    ...{ skydd: 'N', enhet_id: 'school', skolform: 'GR', arskurs: '6', fran: '2026-08-20' },
    ...{ overlamnad: 'N', andrad: new Date(world.now).toISOString(), ...more },
  });
  const accounts = () => world.accounts().map(({ userName }) => String(userName));

  it('gives a pupil with a temporary number an account within a second, and no protected one', async () => {
    await world.withHub(async (hub) => {
      const stop = new AbortController();
      const listening = Promise.withResolvers<void>();
      const ended = serve(hub, stop.signal, (line) => {
        if (line.startsWith('Waiting')) listening.resolve();
      });
      try {
        await Promise.race([listening.promise, ended]);
        const call = (value: object) => app.call(JSON.stringify(value));
        // The first one finds nothing compiled yet.
        const first = arrival({ person_id: 'n0', konto: 'n0@skola.example', tillfalligt: '' });
        assert.equal((await call(first)).status, 202);
        await until(() => accounts().includes('n0@skola.example'));
        const startedAt = performance.now();
        assert.equal((await call(arrival())).status, 202);
        await until(() => accounts().includes('n1@skola.example'));
        assert.ok(performance.now() - startedAt < 1000);
        const secret = arrival({ person_id: 'n2', konto: 'n2@skola.example', skydd: 'S' });
        assert.equal((await call(secret)).status, 202);
        const next = arrival({ person_id: 'n3', konto: 'n3@skola.example' });
        assert.equal((await call({ ...next, tillfalligt: '19121212' })).status, 422);
        assert.equal((await call({ ...next, tillfalligt: '' })).status, 202);
        await until(() => accounts().includes('n3@skola.example'));
        assert.ok(!accounts().includes('n2@skola.example'));
      } finally {
        stop.abort(new Error('interrupted'));
        await ended;
      }
    });
  });
});
