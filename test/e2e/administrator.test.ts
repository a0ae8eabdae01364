import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '../../core/failure/finding.ts';
import { FILE_FAULTS, type FileFault, vouch } from '../../scripts/generate/file-faults.ts';
import { type Said, skolnav } from './skolnav.ts';
import { World } from './world.ts';

const PUPILS = 60;
const MAPPINGS = join(import.meta.dirname, '..', '..', 'mappings', 'barn-och-elevregister');

/** Who has nothing but the command line, and believes what it says. */
describe('an administrator with the command line alone', () => {
  let world: World;
  const run = (...args: readonly string[]) =>
    skolnav(['-C', world.folder, ...args], world.environment);
  const folder = () => join(world.folder, 'data', 'register');

  async function seesNothingLeft(): Promise<void> {
    assert.match((await run('failed')).out, /^Nothing has failed/);
    const { out, code } = await run('findings');
    assert.match(out, /^Nothing to see to/);
    assert.equal(code, 0);
  }

  describe('finds every bad record by its file and line', () => {
    /** What `skolnav failed` lists: id, code, file and line. */
    let listed: readonly (readonly [id: string, code: string, file: string, line: number])[];

    before(async () => {
      world = await World.open();
      await world.night(1, PUPILS, true);
      await cp(folder(), join(world.folder, 'sent'), { recursive: true });
    });
    after(() => world.close());

    it('told by the sync, by the findings and one by one', async () => {
      const { out } = await run('sync');
      assert.match(out, /^\d+ bad records set aside, .*: skolnav failed$/m);
      const findings = await run('findings');
      assert.equal(findings.code, 1);
      for (const hint of findings.out.match(/^ {2}Ask.*/gm) ?? []) {
        assert.match(hint, /skolnav sync.*\(skolnav failed\)/);
      }
      const list = (await run('failed')).out;
      const rows = list.matchAll(/^(\S{22}) .* ([A-Z_]+) +(\S+):(\d+)/gm);
      listed = [...rows].map(([, id = '', code = '', file = '', line]) => {
        return [id, code, file, Number(line)] as const;
      });
      for (const line of list.split('\n')) assert.ok(line.length <= 100, line);
      const [first] = listed;
      const { out: shown } = await run('failed', 'show', first?.[0] ?? '');
      assert.match(shown, /^ {2}what {3}.*\n {2}do {5}Ask the sender.*\n {2}where {2}ber-/m);
    });

    it('sees a code resolved by the row that the words ask for, all else by a mended file', async () => {
      const { messages } = JSON.parse(
        (await run('failed', '--code', 'CODE_UNMAPPED', '--json')).out,
      );
      const tables = new Map<string, string | null>();
      for (const { id, problem } of messages) tables.set(id, await addRow(problem.text));
      const mended = new Set([...tables].filter(([, table]) => table !== null).map(([id]) => id));
      assert.ok(mended.size >= 4, 'the codes that are shown');
      assert.match((await run('check')).out, /^No faults/);
      await resend(listed.filter(([id]) => !mended.has(id)));
      const { out, code } = await run('sync');
      assert.equal(code, 0, out);
      const [, resolved] = /^register +done(?: +\d+){3} +0 +(\d+)/m.exec(out) ?? [];
      assert.equal(Number(resolved), listed.length, out);
      assert.match((await run('failed')).out, /^Nothing has failed/);
      // The sender took out a person whose status is no code, and left the enrolment.
      const left = JSON.parse((await run('findings', '--json')).out);
      const told = left.map(({ code, subject }: Finding) => `${code} ${subject.split(' ', 1)}`);
      // Of whose code of protection nobody knew: protected until a person has released them.
      assert.deepEqual(told.sort(), ['PROTECTION_RELEASE protection', 'REFERENCE_MISSING intake']);
    });

    /** `the code "F" has no row in tables/sex.csv`: now it has; null where no file is named. */
    async function addRow(told: string): Promise<string | null> {
      const found = /the code "(.*?)" has no row in (\S+\.csv)/.exec(told);
      if (found === null) return null;
      const [, code = '', table = ''] = found;
      const own = join(world.folder, 'mappings', 'barn-och-elevregister', table);
      await mkdir(join(own, '..'), { recursive: true });
      const builtIn = () => readFile(join(MAPPINGS, table), 'utf8');
      const text = await readFile(own, 'utf8').catch(builtIn);
      const meaning = text.split('\n')[1]?.split(',')[1];
      const row = `\n${code},${meaning}\n`;
      if (!text.includes(row)) await writeFile(own, text.trimEnd() + row);
      return table;
    }

    /** The sender takes out the records that stand at these places, and sends the night after. */
    async function resend(places: typeof listed): Promise<void> {
      const sent = join(world.folder, 'sent');
      for (const name of (await readdir(sent)).filter((one) => /\.(xml|csv)$/.test(one))) {
        const bad = places.filter(([, , file]) => file === name).map(([, , , line]) => line);
        const text = await readFile(join(sent, name), 'utf8');
        await writeFile(join(sent, name), without(text, bad));
      }
      await vouch(sent, 'ber-20260901', 'counted');
      const next = (name: string) => name.replaceAll('20260901', '20260902');
      const marker = join(sent, 'ber-20260901.done');
      await writeFile(marker, next(await readFile(marker, 'utf8')));
      for (const name of (await readdir(sent)).filter((one) => one.startsWith('ber-'))) {
        await rename(join(sent, name), join(folder(), next(name)));
      }
    }
  });

  describe('finds what is wrong with a night as a whole', () => {
    let night = 1;

    before(async () => {
      world = await World.open();
      await world.night(night, PUPILS);
      assert.equal((await run('sync')).code, 0);
    });
    after(() => world.close());

    for (const fault of FILE_FAULTS.filter(({ shows }) => shows !== 'object')) {
      it(`${fault.name}: ${fault.what}, and sees it resolved`, async () => {
        await sendDamaged(fault);
        seesWhole(await run('sync'), fault.code);
        if (fault.name === 'school') await readsWhichSchool();
        await sendGood();
        await heals(await run('sync'));
      });
    }

    it('and has nothing left to see to', seesNothingLeft);

    for (const fault of FILE_FAULTS.filter(({ shows }) => shows === 'object')) {
      it(`${fault.name}: ${fault.what}, and sees it resolved`, async () => {
        await world.close();
        world = await World.open();
        night = 0;
        await sendDamaged(fault);
        await looksUp(await run('sync'), fault.code);
        await sendGood();
        await heals(await run('sync'));
        await seesNothingLeft();
      });
    }

    async function sendDamaged({ damage }: FileFault): Promise<void> {
      const before = `ber-${20_260_900 + night}`;
      // What was sent is archived; the sender still has it.
      if (night > 0) await world.night(night, PUPILS);
      night += 1;
      const { batch } = await world.night(night, PUPILS);
      await damage({ folder: folder(), batch, before });
    }

    async function sendGood(): Promise<void> {
      night += 1;
      await world.night(night, PUPILS);
    }

    /** The sync says itself what is wrong and what to do; or that nothing has come. */
    function seesWhole({ out, code }: Said, expected: string | null): void {
      if (expected === null) {
        assert.match(out, /brought nothing new; what it brought before stays/);
        assert.equal(code, 0);
        return;
      }
      const [, read, hint = ''] = /^\w+: ([A-Z_]+) .*\n {2}(.*)/m.exec(out) ?? [];
      assert.equal(read, expected, out);
      assert.match(hint, /sync|hold/);
      assert.notEqual(code, 0);
    }

    /** The list of holds names it, not only the one hold that is shown. */
    async function readsWhichSchool(): Promise<void> {
      assert.match((await run('hold')).out, /^ +register, \S.*: missing are/m);
    }

    /** One object: which it is, whose it is, and in which line of which file that stands. */
    async function looksUp({ out }: Said, expected: string | null): Promise<void> {
      assert.match(out, /^1 objects? not delivered, .*: skolnav failed$/m);
      const [, id = '', read] = /^(\S{22}) .* ([A-Z_]+)/m.exec((await run('failed')).out) ?? [];
      assert.equal(read, expected);
      const shown = (await run('failed', 'show', id)).out;
      const [, person = ''] = /about {2}person (\S+) \(skolnav trace\)/.exec(shown) ?? [];
      assert.match((await run('trace', person)).out, /account .*-konto\.csv:\d+/);
    }

    /** What the hints ask for where the right file has come: a person's word, or one sync more. */
    async function heals(told: Said): Promise<void> {
      let said = told;
      for (let times = 0; said.code !== 0 && times < 3; times++) {
        const list = said.code === 3 ? (await run('hold', 'list')).out : '';
        for (const [, id = ''] of list.matchAll(/^(\S{10}) +\w+ \w+ +open/gm)) {
          await run('hold', 'approve', id, '--reason', 'the file before was the wrong one');
        }
        said = await run('sync');
      }
      assert.equal(said.code, 0, said.out);
    }
  });
}).timeout(60_000);

/** A file without the records that stand in these lines, counted from 1. */
function without(text: string, bad: readonly number[]): string {
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const lines: (string | null)[] = text.split(end);
  const isCsv = end === '\r\n';
  for (const line of bad.filter((one, at) => bad.indexOf(one) === at)) {
    let [first, last] = [line - 1, line - 1];
    if (!isCsv) {
      while (!/^\s*<(person|group|membership)[ >]/.test(lines[first] ?? '')) first -= 1;
      while (!/<\/(person|group|membership)>$/.test(lines[last] ?? '')) last += 1;
    }
    lines.fill(null, first, last + 1);
  }
  return lines.filter((line) => line !== null).join(end);
}
