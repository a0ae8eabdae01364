import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skolnav } from '../../test/e2e/skolnav.ts';

/** What is written wrongly, and the one line that names it and says what may be meant. */
const SLIPS: readonly (readonly [line: string, said: RegExp])[] = [
  ['hold lst', /^error: no command 'hold lst'\. Did you mean "list"\?$/],
  ['failed all-of-them', /^error: no command 'failed all-of-them'\. There are: list, show, /],
  ['audit exprot', /^error: no command 'audit exprot'\. Did you mean "export"\?$/],
  ['account invit', /^error: no command 'account invit'\. Did you mean "invite"\?$/],
  ['override lst', /^error: no command 'override lst'\. Did you mean "list"\?$/],
  [
    'failed --code VALUE_MISING',
    /^no failure code "VALUE_MISING"\. Did you mean "VALUE_MISSING"\?$/,
  ],
  ['failed --code X', /^no failure code "X"\. All: docs\/failures\.md\.$/],
  [
    'failed retry --target a:b --code TARGET_REFUSD',
    /^no failure code "TARGET_REFUSD"\. Did you mean "TARGET_REFUSED"\?$/,
  ],
  ['scaffold mapping scim/User --from persn', /^no entity kind "persn"\. Did you mean "person"\?$/],
  [
    'scaffold mapping own/Pupil --schema no-such.json',
    /^FILE_MISSING no-such\.json cannot be read\n {2}Name the file in which the owner/,
  ],
  ['what-if no-such', /^no folder no-such$/],
  ['what-if docs', /^nothing in docs would be read: it has none of config, /],
  ['-C no-such connectors', /^CONFIG_INVALID CONFIG_MISSING: config\/hub\.yaml is not there/],
  ['generate --out OUT --situation custdy', /^no situation "custdy"\. Did you mean "custody"\?$/],
  ['generate --out OUT --situation x', /^no situation "x"\. All: --situation list\.$/],
  ['generate --out OUT --situation custody --night 3', /^there is no night 3: they take 2$/],
  ['generate --out OUT --faults xxxxxxx', /^no fault "xxxxxxx"\. All: --faults list\.$/],
  ['generate --out OUT --faults family-name', /^"family-name" is one of the bad records, which/],
];

describe('a command line with a slip', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-slips-'));
    assert.equal((await skolnav(['init', join(folder, 'city')])).code, 0);
  });
  after(() => rm(folder, { recursive: true }));

  for (const [line, said] of SLIPS) {
    it(`is told, and changes nothing: ${line}`, async () => {
      const out = join(folder, 'out');
      const words = line.split(' ').map((word) => (word === 'OUT' ? out : word));
      const where = words[0] === '-C' ? [] : ['-C', join(folder, 'city')];
      const { code, err } = await skolnav([...where, ...words]);
      assert.match(err.trimEnd(), said);
      assert.equal(code, line.includes('no-such.json') ? 1 : 2);
      assert.deepEqual(await readdir(folder), ['city']);
    });
  }

  it('reads an option as that of the command before it, also where the group has one', async () => {
    const { out } = await skolnav(['-C', join(folder, 'city'), 'audit', 'check', '--json']);
    assert.deepEqual(JSON.parse(out).entries, 0);
    const trail = await skolnav(['-C', join(folder, 'city'), 'audit', '--json', '--limit', '1']);
    assert.deepEqual(JSON.parse(trail.out), []);
  });

  it('lists what comes with Skolnav where no workspace is named', async () => {
    assert.match((await skolnav(['connectors'])).out, /^scim +both/m);
  });
});
