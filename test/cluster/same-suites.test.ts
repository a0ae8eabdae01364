import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type ClusterServices, startCluster } from '../services/cluster.ts';
import { serviceOrPending } from '../services.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Of each part of a night one: the whole of a suite is `SKOLNAV_BACKEND=cluster npm test -- <files>`. */
const SUITES = ['first-nights', 'blocked', 'in-doubt', 'absence-app'];
/** It takes a minute and a half on a machine of its own; others may work beside it. */
const LIMIT_MS = 600_000;

interface Told {
  readonly stats: { readonly passes: number; readonly failures: number };
  readonly failures: readonly {
    readonly fullTitle: string;
    readonly err: { readonly message?: string };
  }[];
}

describe('a hub on the cluster', () => {
  it('passes the suites of a hub on one machine, unchanged', async function () {
    this.timeout(LIMIT_MS);
    const services = serviceOrPending(this, await startCluster());
    try {
      const { stats, failures } = await runOn(services);
      const told = failures.map(({ fullTitle, err }) => `${fullTitle}: ${err.message}`);
      assert.deepEqual(told, []);
      assert.ok(stats.passes >= 10, `only ${stats.passes} tests ran`);
    } finally {
      await services.stop();
    }
  });
});

async function runOn({ store, broker }: ClusterServices): Promise<Told> {
  const files = SUITES.map((name) => join('test', 'e2e', `${name}.test.ts`));
  const options = ['--no-config', '--timeout', '60000', '--reporter', 'json', ...files];
  const mocha = join(ROOT, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const env = {
    ...process.env,
    ...{ SKOLNAV_BACKEND: 'cluster', SKOLNAV_TEST_MONGODB: store.url('') },
    SKOLNAV_TEST_AMQP: broker.url,
  };
  const child = spawn(process.execPath, [mocha, ...options], {
    ...{ cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] },
  });
  const [out] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return JSON.parse(out);
}
