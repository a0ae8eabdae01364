import assert from 'node:assert/strict';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { SyncReport } from '../../core/control/control-bus.ts';
import { inWords } from '../../core/failure/saying.ts';
import type { Message } from '../../core/message/message.ts';
import { SENTENCES as swedish } from '../../dashboard/locales/sv-sentences.ts';
import type { PlantedFault } from '../../scripts/generate/fault.ts';
import { FILE_FAULTS, type FileFault } from '../../scripts/generate/file-faults.ts';
import { runOf, World } from './world.ts';

/** What was found, or what would have been right. */
const PHRASES = [
  ...['has no value', 'is empty', 'is missing', 'has no id'],
  ...['is not', 'must match', 'which has', 'is none of', 'instead of'],
];

/** Words of the English sentences that no field, file or code has. */
const ENGLISH = /\b(?:is|has|must|the|which|instead|line|rule)\b/;

/** Enough for a record of each kind of fault. */
const PUPILS = 120;
/** Enough for a fault of a night as a whole, of which there are many. */
const FEWER = 50;

describe('a record of each kind of fault', () => {
  let world: World;
  let planted: readonly PlantedFault[];
  let failures: readonly Message[];

  before(async () => {
    world = await World.open();
    planted = (await world.night(1, PUPILS, true)).faults;
    const report = await world.sync();
    for (const { subject, outcome } of report.flows) assert.equal(outcome, 'done', subject);
    failures = await world.withHub(({ control }) => control.failures({ limit: 1000 }));
  });
  after(() => world.close());

  it('is set aside with its code, file, line and field, and nothing else is', () => {
    const said = (file = '', line: number | null = null, code = '', field: string | null = null) =>
      `${file}:${line} ${code} ${field ?? ''}`;
    const found = failures.map(({ problem }) => {
      return said(problem?.place?.file, problem?.place?.line, problem?.code, problem?.place?.field);
    });
    // What could be a record of two streams is set aside in both.
    assert.deepEqual(
      [...new Set(found)].sort(),
      planted.map(({ file, line, code, field }) => said(file, line, code, field)).sort(),
    );
    assert.ok(planted.length >= 40);
  });

  it('is told in words that are enough to mend it, and without a name or number of anybody', () => {
    for (const { problem } of failures) {
      const { text = '', hint = '', place } = problem ?? {};
      assert.ok(
        PHRASES.some((phrase) => text.includes(phrase)),
        text,
      );
      assert.ok(text.includes(place?.field ?? ''), text);
      assert.notEqual(hint, '');
      assert.ok(problem?.said !== undefined, text);
      assert.equal(inWords(problem.said), text);
      assert.doesNotMatch(inWords(problem.said, swedish) ?? '', ENGLISH);
      assert.doesNotMatch(text + hint, /\bFia\b|\bFel\b|@skola|1304120019|\+46/);
    }
  });

  it('is gone from the list when it is mended', async () => {
    await world.night(2, PUPILS);
    await world.sync();
    const left = await world.withHub(({ control }) => control.failures({ limit: 1000 }));
    assert.deepEqual(left, []);
  });
});

describe('a night with a fault as a whole', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
  });
  afterEach(() => world.close());

  async function damagedNight({ damage }: FileFault, night: number): Promise<SyncReport> {
    const { batch } = await world.night(night, FEWER);
    const folder = join(world.folder, 'data', 'register');
    await damage({ folder, batch, before: 'ber-20260901' });
    return world.sync();
  }

  const of = (where: FileFault['shows']) => FILE_FAULTS.filter(({ shows }) => shows === where);

  for (const fault of [...of('intake'), ...of('nothing')]) {
    const { name, what, code } = fault;
    it(`${name}: ${what}: ${code ?? 'no failure'}, and nothing is changed`, async () => {
      await world.night(1, FEWER);
      await world.sync();
      const before = await world.picture();
      // The register still has the first night: what the hub has read is in its archive.
      await world.night(1, FEWER);
      const run = runOf(await damagedNight(fault, 2), 'register');
      assert.equal(run.problem?.code ?? null, code);
      assert.notEqual(run.problem?.hint, '');
      assert.ok(isDeepStrictEqual(await world.picture(), before));
    });
  }

  for (const fault of of('flows')) {
    it(`${fault.name}: ${fault.what}: ${fault.code}, and every flow is held`, async () => {
      await world.night(1, FEWER);
      await world.sync();
      for (const { subject, outcome, problem } of (await damagedNight(fault, 2)).flows) {
        assert.deepEqual([outcome, problem?.code], ['held', fault.code], subject);
      }
    });
  }

  for (const fault of of('object')) {
    it(`${fault.name}: ${fault.what}: ${fault.code} for one of them`, async () => {
      await damagedNight(fault, 1);
      const failures = await world.withHub(({ control }) => control.failures({ limit: 10 }));
      // In one target or in several, it is the same.
      assert.deepEqual([...new Set(failures.map(({ problem }) => problem?.code))], [fault.code]);
    });
  }
});
