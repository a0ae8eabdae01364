import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { World } from './world.ts';

const ROOT = join(import.meta.dirname, '../..');
/** What a look must not wait for: it parses, judges, compiles, or talks to others. */
const HEAVY =
  /node_modules\/(yaml|ajv|@marcbachmann|pino|mongodb|amqplib|ssh2|express|openid-client|saxes)\//;
/** What some looks are for, and others must not wait for. */
const SEARCH = /core\/control\/(findings)\/findings.ts$/;

/** Runs a command in this process, and tells what of the heavy packages it has loaded. */
const TELL = `
import { registerHooks } from 'node:module';
const loaded = new Set();
registerHooks({
  load(url, context, next) {
    const found = ${HEAVY}.exec(url) ?? ${SEARCH}.exec(url);
    if (found !== null) loaded.add(found[1]);
    return next(url, context);
  },
});
process.on('exit', () => {
  // Node's own client comes with its HTTP, where that is imported by name.
  if (process.moduleLoadList.some((name) => name.endsWith('undici/undici'))) loaded.add('undici');
  process.stderr.write('LOADED ' + [...loaded].sort().join(' '));
});
`;

describe('a command that only looks', () => {
  let world: World;
  const look = async (...args: readonly string[]) => {
    const hooks = `data:text/javascript,${encodeURIComponent(TELL)}`;
    const skolnav = join(ROOT, 'scripts/skolnav.ts');
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--import', hooks, skolnav, '-C', world.folder, ...args],
      { env: { ...process.env, ...world.environment } },
    );
    return { out: stdout, loaded: /LOADED ?(.*)$/.exec(stderr)?.[1] ?? stderr };
  };

  before(async () => {
    world = await World.open();
  });
  after(() => world.close());

  it('says the same and loads neither parser nor checks, where no file is new', async () => {
    const first = await look('flows');
    assert.match(first.loaded, /ajv.*yaml/);
    for (const args of [['flows'], ['modules'], ['overview'], ['account', 'list'], ['digest']]) {
      const again = await look(...args);
      assert.equal(again.loaded.replace('findings', ''), '', args.join(' '));
      if (args[0] === 'flows') assert.equal(again.out, first.out);
    }
  });

  it('searches for no findings where nobody asks for them', async () => {
    assert.equal((await look('findings')).loaded, 'findings');
    for (const name of ['runs', 'failed']) assert.equal((await look(name)).loaded, '', name);
  });

  it('sees a changed file at once, and believes no remembered text that was touched', async () => {
    const kept = join(world.folder, 'data', 'judged');
    const text = await readFile(kept, 'utf8');
    assert.doesNotMatch(text, /no-such-field/);
    await writeFile(kept, text.replace('"inverses"', '"inversed"'));
    assert.match((await look('flows')).loaded, /yaml/);
    const config = join(world.folder, 'config', 'hub.yaml');
    const before = await readFile(config, 'utf8');
    await writeFile(config, `${before}\nno-such-key: 1\n`);
    const refused = look('flows');
    await assert.rejects(refused, /CONFIG_KEY_UNKNOWN.*no-such-key/s);
    await writeFile(config, before);
    assert.equal(await readFile(kept, 'utf8'), text);
  });

  it('waits no longer in a night without news: for no protocol and no client that it does not use', async () => {
    // Its register is empty, which is told.
    const told = (failure: { readonly stderr: string }) => failure.stderr;
    const loaded = await look('sync').then((night) => night.loaded, told);
    assert.match(loaded, /LOADED .*pino/);
    assert.doesNotMatch(loaded, /yaml|ssh2|undici|mongodb|express/);
  });
});
