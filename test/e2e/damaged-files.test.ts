import assert from 'node:assert/strict';
import { appendFile, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vouch } from '../../scripts/generate/file-faults.ts';
import { runOf, World } from './world.ts';

/** A damaged batch changes nothing, says what is wrong, and the next good one goes through. */
describe('a damaged file', () => {
  let world: World;
  let night = 1;

  before(async () => {
    world = await World.open();
    await world.night(1, 120);
    await world.sync();
  });
  after(() => world.close());

  const path = (name: string) => join(world.folder, 'data', 'register', name);
  const named = async (end: string) => {
    const names = await readdir(path(''));
    return names.find((name) => name.endsWith(end)) ?? '';
  };
  const change = async (name: string, edit: (text: string) => string) =>
    writeFile(path(name), edit(await readFile(path(name), 'utf8')));

  /** The sender itself sends the damage. */
  const vouchNow = async () => {
    const batch = (await named('.done')).replace('.done', '');
    await vouch(path(''), batch, 'as before');
  };

  const XML = '.xml';
  const CSV = '-konto.csv';
  const cases: readonly {
    readonly what: string;
    readonly code: string;
    readonly damage: () => Promise<void>;
    /** How many the file calls protected before the damage; they are gone all the same. */
    readonly newlyProtected?: number;
  }[] = [
    {
      what: 'that is truncated',
      code: 'FILE_DAMAGED',
      damage: async () => truncate(path(await named(XML)), 20_000),
    },
    {
      what: 'that is truncated, with a marker that vouches for it',
      code: 'FILE_DAMAGED',
      damage: async () => {
        await truncate(path(await named(XML)), 20_000);
        await vouchNow();
      },
    },
    {
      what: 'with fewer lines than its marker counts',
      code: 'FILE_DAMAGED',
      damage: async () => {
        await change(await named(CSV), (text) => text.split('\r\n').slice(0, -20).join('\r\n'));
        await vouchNow();
      },
    },
    {
      what: 'that is missing',
      code: 'FILE_MISSING',
      damage: async () => rm(path(await named(CSV))),
    },
    {
      what: 'in the wrong encoding',
      code: 'FILE_ENCODING',
      damage: async () => {
        const name = await named(XML);
        await writeFile(
          path(name),
          (await readFile(path(name), 'utf8')).replace('</name>', 'å</name>'),
          'latin1',
        );
        await vouchNow();
      },
    },
    {
      what: 'with a NUL byte',
      code: 'FILE_UNSAFE',
      damage: async () => {
        await change(await named(CSV), (text) => text.replace('@', '\u0000@'));
        await vouchNow();
      },
    },
    {
      what: 'with an external entity',
      code: 'FILE_UNSAFE',
      damage: async () => {
        const entity = '<!DOCTYPE e [<!ENTITY x SYSTEM "file:///etc/passwd">]><enterprise>';
        await change(await named(XML), (text) => text.replace('<enterprise>', entity));
        await vouchNow();
      },
    },
    {
      what: 'that laughs a billion times',
      code: 'FILE_UNSAFE',
      damage: async () => {
        const laughs = Array.from(
          { length: 9 },
          (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`,
        );
        const dtd = `<!DOCTYPE e [<!ENTITY l0 "ha">${laughs.join('')}]><enterprise>`;
        await change(await named(XML), (text) => text.replace('<enterprise>', dtd));
        await vouchNow();
      },
    },
    {
      what: 'with a field of 10 MB',
      code: 'FILE_UNSAFE',
      newlyProtected: 1,
      damage: async () => {
        await change(await named(CSV), (text) => text.replace('@', `${'x'.repeat(1e7)}@`));
        await vouchNow();
      },
    },
    {
      what: 'that is not well-formed',
      code: 'FILE_DAMAGED',
      damage: async () => {
        await change(await named(XML), (text) => text.replace('</person>', '</persn>'));
        await vouchNow();
      },
    },
    {
      what: 'with another header',
      code: 'FILE_LAYOUT',
      damage: async () => {
        await change(await named(CSV), (text) => text.replace('person_id', 'personid'));
        await vouchNow();
      },
    },
    {
      what: 'that grew after its marker was written',
      code: 'FILE_DAMAGED',
      damage: async () => appendFile(path(await named(CSV)), 'one;more;line;Elev\r\n'),
    },
  ];

  for (const { what, code, damage, newlyProtected = 0 } of cases) {
    const but = newlyProtected > 0 ? ' but for whom it calls protected' : '';
    it(`${what}: ${code}, and nothing is changed${but}`, async () => {
      const before = await world.picture();
      const accounts = world.accounts().length;
      night += 1;
      await world.night(night, 120);
      await damage();
      const report = await world.sync();
      const run = runOf(report, 'register');
      assert.deepEqual([run.outcome, run.problem?.code], ['failed', code]);
      assert.notEqual(run.problem?.hint, '');
      assert.match(`${run.problem?.place?.file} ${run.problem?.text}`, /ber-\d+/);
      assert.equal(world.accounts().length, accounts - newlyProtected);
      if (newlyProtected === 0) assert.deepEqual(await world.picture(), before);
      for (const name of await readdir(path(''))) {
        if (name.includes(`ber-2026`)) await rm(path(name));
      }
    });
  }

  it('with a byte order mark is read as if it had none', async () => {
    night += 1;
    await world.night(night, 120);
    for (const end of [XML, CSV]) await change(await named(end), (text) => `\uFEFF${text}`);
    await vouchNow();
    const run = runOf(await world.sync(), 'register');
    assert.deepEqual([run.outcome, run.problem], ['done', null]);
  });

  it('leaves no trace: the next good night goes through', async () => {
    night += 1;
    await world.night(night, 120);
    const report = await world.sync();
    assert.deepEqual(
      [...report.intakes, ...report.flows].map(({ outcome }) => outcome),
      ['done', 'done', 'done', 'done'],
    );
  });
});
