import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { openHub, silentLog } from '../../core/hub.ts';
import { paperTerminal, skolnav } from '../../test/e2e/skolnav.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { addCommands } from './all.ts';

const WHY = '--reason x';
const GROUP = '--target identity:scmi --code TARGET_REFUSED';
const NO_TARGET = /^no target or source "identity:scmi"\. Did you mean "identity:scim"\?$/;
const NO_FLOW = /^no flow "identiti"\. Did you mean "identity"\?$/;
const NO_KIND = /^no kind of object "Usr"\. Did you mean "User"\?$/;
const NO_FAILURE = /^no failure "nobody"\. Those that are open: skolnav failed$/;

/** Each command that is given the name of something that is to be there, with one that is not. */
const UNKNOWN: readonly (readonly [line: string, said: RegExp])[] = [
  ['account rights kimm list', /^no account "kimm"\. Did you mean "kim"\?$/],
  ['account sign-out kimm', /^no account "kimm"\. Did you mean "kim"\?$/],
  ['account remove kimm', /^no account "kimm"\. Did you mean "kim"\?$/],
  ['account remove zacharias', /^no account "zacharias"\. All: skolnav account$/],
  ['adopt identiti', NO_FLOW],
  ['adopt identiti --last', NO_FLOW],
  ['drift identiti', NO_FLOW],
  ['drift identiti --last --json', NO_FLOW],
  ['explain identiti User x', NO_FLOW],
  ['explain identity Usr x', NO_KIND],
  [
    'explain identity User x',
    /^no User of identity "x"\. `skolnav trace` shows a person's keys\.$/,
  ],
  ['failed --target identity:scmi', NO_TARGET],
  ['failed --target identity:scmi --json', NO_TARGET],
  ['failed show nobody', NO_FAILURE],
  ['failed show nobody --values', NO_FAILURE],
  ['failed retry nobody', NO_FAILURE],
  [`failed retry ${GROUP}`, NO_TARGET],
  [`failed discard nobody ${WHY}`, NO_FAILURE],
  [`failed discard ${GROUP} ${WHY}`, NO_TARGET],
  ['failed restore nobody', NO_FAILURE],
  [`failed restore ${GROUP} --kind User`, NO_TARGET],
  [`failed group ${GROUP}`, NO_TARGET],
  ['failed impact --target identity:scmi', NO_TARGET],
  [`failed note ${GROUP}`, NO_TARGET],
  ['failed row nobody', NO_FAILURE],
  [
    'flows --mapping mappings/scim/usr.yaml',
    /^no mapping "mappings\/scim\/usr\.yaml"\. Did you mean "mappings\/scim\/user\.yaml"\?$/,
  ],
  ['hold show nothing', /^no hold "nothing"\. All: skolnav hold list$/],
  [`hold approve nothing ${WHY}`, /^no hold "nothing"\. All: skolnav hold list$/],
  [`hold reject one two ${WHY}`, /^no hold "one"\..*\nno hold "two"\./],
  [
    `hold approve --all registre ${WHY}`,
    /^no target or source "registre"\. Did you mean "register"\?$/,
  ],
  ['members nothing', /^no group "nothing"\. `skolnav trace <person> --on <day>` names/],
  ['override show identiti User x', NO_FLOW],
  ['override show identity User x', /^no User that identity wants "x"\./],
  [`override set identity Usr x displayName y --until 2026-12-01 ${WHY}`, NO_KIND],
  [`override set identity User x displayName y --until 2026-12-01 ${WHY}`, /^OVERRIDE_REFUSED /],
  ['override approve x', /^no open override "x"\. All: skolnav override list$/],
  [`override end x ${WHY}`, /^no open override "x"\. All: skolnav override list$/],
  [`pause identiti ${WHY}`, NO_FLOW],
  ['resume identiti', NO_FLOW],
  ['plan --flow identiti', NO_FLOW],
  ['sync --flow identiti', NO_FLOW],
  ['sync --flow identiti --dry-run', NO_FLOW],
  [`resend identity User x ${WHY}`, /^no User in the ledger of identity "x"\./],
  ['trace nobody', /^nobody answers to that; give an id, a personal number/],
  ['trace nobody --field givnName', /^no field of person "givnName"\. Did you mean "givenName"\?$/],
  ['what-if no-such --flow identity', /^no folder no-such$/],
];

/** What these are given need not be there, or is looked at by a test of their own. */
const OTHERS = [...['account invite', 'backup', 'init', 'scaffold connector', 'scaffold mapping']];

describe('what a command names and is not there', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-names-'));
    assert.equal((await skolnav(['init', folder])).code, 0);
    const hub = await openHub({ folder, log: silentLog, environment: {} });
    try {
      const { access } = hub.control;
      const secret = await access.invite({ name: 'kim', rights: ['list'] }, 'test');
      await access.accept(secret, 'a long password of the test');
      await access.invite({ name: 'robin', rights: ['list'] }, 'test');
    } finally {
      await hub.close();
    }
  });
  after(() => rm(folder, { recursive: true }));

  for (const [line, said] of UNKNOWN) {
    it(`is told, with what may be meant, and ends with code 2: ${line}`, async () => {
      const { code, out, err } = await skolnav(['-C', folder, ...line.split(' ')]);
      assert.match(err.trimEnd(), said);
      assert.equal(code, EXIT.usage);
      assert.equal(out, '');
    });
  }

  it('is an account no more once its invitation is taken back', async () => {
    const remove = () => skolnav(['-C', folder, 'account', 'remove', 'robin']);
    assert.deepEqual((await remove()).out, 'robin may not sign in any more.\n');
    assert.equal((await remove()).code, EXIT.usage);
  });

  it('is tried above for every command that takes a name', async () => {
    const program = new Command('skolnav');
    await addCommands(program, paperTerminal().terminal, []);
    const tried = [...UNKNOWN.map(([line]) => line), ...OTHERS];
    assert.deepEqual(
      namedIn(program, '').filter((name) => !tried.some((line) => line.startsWith(name))),
      [],
    );
  });
});

/** The commands below this one that take an argument, as they are written. */
function namedIn(command: Command, before: string): readonly string[] {
  return command.commands.flatMap((one) => {
    const name = `${before}${one.name()}`;
    const own = one.registeredArguments.length > 0 ? [name] : [];
    return [...own, ...namedIn(one, `${name} `)];
  });
}
