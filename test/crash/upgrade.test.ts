import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { versionOfProgram } from '../../core/flow/known/workspace-print.ts';
import { until } from '../cluster/crew.ts';
import { ClusterEvening, ClusterNight } from '../cluster/disturbed-night.ts';
import { pending } from '../pending.ts';
import { type ClusterServices, startCluster } from '../services/cluster.ts';
import { serviceOrPending } from '../services.ts';
import { filesOf } from '../version-files.ts';
import { IS_COMPLETE } from './crash-world.ts';

/** What an upgrade comes from: whoever raises the form names the newest version that knows it. */
const BEFORE = '877852fea4cb1db96f9cf5bcedfd20348f05a981';
const UPGRADED = 99;

describe('a cluster that is upgraded while it works', () => {
  let services: ClusterServices;
  let evening: ClusterEvening;
  let wanted: unknown;
  before(async function () {
    this.timeout(300_000);
    if (!IS_COMPLETE) pending(this, 'two versions side by side are tried by npm run crash');
    services = serviceOrPending(this, await startCluster());
    evening = await ClusterEvening.before('the first night', services);
    wanted = await ClusterNight.in(evening, async (night) => {
      await night.alone();
      return night.state();
    });
  });
  after(async function () {
    this.timeout(60_000);
    await evening?.close();
    await services?.stop();
  });

  const areHere = (night: ClusterNight, pids: readonly number[]) =>
    until('all are there', async () => {
      const places = (await night.workers()).map(({ place }) => Number(place.split('/')[1]));
      return pids.every((pid) => places.includes(pid)) || null;
    });

  it('has a worker of the version before and one of this, both deliver, and the night ends as ever', async function () {
    this.timeout(300_000);
    const folder = await mkdtemp(join(tmpdir(), 'skolnav-before-'));
    try {
      const files = await filesOf(BEFORE, folder);
      if (files === null) pending(this, `the history of this clone has no ${BEFORE}`);
      const before = join(files, 'scripts', 'skolnav.ts');
      await ClusterNight.in(evening, async (night) => {
        const { crew } = night;
        const old = crew.start('worker', {}, before);
        await areHere(night, [old, crew.start('worker')]);
        const scheduler = crew.start('scheduler', {}, before);
        await until('both conduct a target', async () => {
          const conducting = (await night.workers()).filter(({ holds }) =>
            holds.some((one) => one.startsWith('target ')),
          );
          const isNew = conducting.map((one) => one.version === versionOfProgram());
          return new Set(isNew).size === 2 || null;
        });
        await crew.signal(scheduler, 'SIGTERM');
        crew.start('scheduler');
        await night.over();
        await crew.signal(old, 'SIGTERM');
        assert.deepEqual(await night.state(), wanted, crew.said);
        await night.end();
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('stops whoever is too old, with a sentence, and whoever knows what is stored goes on', async function () {
    this.timeout(300_000);
    await ClusterNight.in(evening, async (night) => {
      const { crew } = night;
      await areHere(night, [crew.start('worker')]);
      crew.start('scheduler');
      await until('it delivers', async () => {
        const holds = (await night.workers()).flatMap((one) => one.holds);
        return holds.some((one) => one.startsWith('target ')) || null;
      });
      await night.comeNewer({ state: UPGRADED, kinds: {} });
      await until('all have stopped', async () => crew.running.length === 0 || null);
      assert.match(crew.said, /STORE_NEWER .*form 99/);
      assert.deepEqual(await night.workers(), [], 'each has said that it goes');
      await night.comeNewer(null);
      await areHere(night, [crew.start('worker')]);
      crew.start('scheduler');
      await night.over();
      assert.deepEqual(await night.state(), wanted, crew.said);
    });
  });
});
