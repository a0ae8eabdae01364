import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { serve } from '../../scripts/commands/serve.ts';
import { skolnavIn } from '../e2e/skolnav.ts';
import { World } from '../e2e/world.ts';
import { PASSWORD, Visitor } from './visitor.ts';

describe('a dashboard that is served', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
  });
  afterEach(() => world.close());

  /** What `serve` says; `look` is done while it serves. */
  async function served(look: (url: string, link: string) => Promise<void>) {
    const lines: string[] = [];
    const stop = new AbortController();
    await world.withHub(async (hub) => {
      const serving = serve(hub, stop.signal, (line = '') => lines.push(line));
      while (!lines.some((line) => line.startsWith('Waiting'))) {
        await Promise.race([serving, new Promise((resolve) => setTimeout(resolve, 20))]);
      }
      assert.match(lines.at(-1) ?? '', /^Waiting/, 'addresses stand before it');
      const url = /Dashboard: (\S+)/.exec(lines.join('\n'))?.[1] ?? '';
      const link = /first password: (\S+)/.exec(lines.join('\n'))?.[1] ?? '';
      await look(url, link).finally(() => stop.abort());
      await serving;
    });
    return lines.join('\n');
  }

  it('has an address that serve prints, and a first link until somebody has an account', async () => {
    await served(async (url, link) => {
      const visitor = new Visitor(url);
      const { pathname } = new URL(link);
      await visitor.send(pathname, [['password', PASSWORD]]);
      assert.equal((await visitor.ask('/')).status, 200);
    });
    const again = await served(async (url) => {
      assert.equal((await new Visitor(url).signIn('admin')).status, 303);
    });
    assert.doesNotMatch(again, /first password/);
  });

  it('is not there where config says so', async () => {
    await world.reconfigure('modules:', 'dashboard: false\nmodules:');
    assert.doesNotMatch(await served(async () => undefined), /Dashboard/);
  });

  it('says so when its port is taken, or when it would show persons without TLS', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : 0;
    await world.reconfigure('modules:', `dashboard: { port: ${port} }\nmodules:`);
    const start = world.withHub((hub) => serve(hub, AbortSignal.abort(), () => undefined));
    await assert.rejects(start, { code: 'DASHBOARD_UNUSABLE' });
    other.close();
    await world.reconfigure(`port: ${port}`, 'host: 0.0.0.0');
    await assert.rejects(
      world.withHub(async () => undefined),
      /CONFIG_DASHBOARD/,
    );
  });

  it('lets in whom the command line invites, and nobody whom it has removed', async () => {
    const { out } = await skolnavIn(world, 'account', 'invite', 'robin', '--rights', 'list');
    const path = /\/welcome\/\S+/.exec(out)?.[0] ?? '';
    await served(async (url) => {
      const visitor = new Visitor(url);
      await visitor.send(path, [['password', PASSWORD]]);
      assert.equal((await visitor.ask('/')).status, 200);
      assert.equal((await visitor.ask('/person')).status, 403);
      assert.match((await skolnavIn(world, 'account')).out, /robin +list/);
      await skolnavIn(world, 'account', 'remove', 'robin');
      assert.equal((await visitor.ask('/')).status, 303);
    });
    assert.equal((await skolnavIn(world, 'account', 'invite', 'x', '--rights', 'all')).code, 2);
  });
});
