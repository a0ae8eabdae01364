import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordOfProcessing } from '../../core/control/processing.ts';
import { skolnav } from './skolnav.ts';

const EXAMPLE = join(import.meta.dirname, '..', '..', 'examples', 'old-systems');

describe('the record of processing', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-article30-'));
    await cp(EXAMPLE, folder, { recursive: true });
    file = join(folder, 'article30.md');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const run = (...args: readonly string[]) => skolnav(['-C', folder, ...args]);

  it('says of each flow who gets what of whom, why and on what basis', async () => {
    const { out, code } = await run('article30', '--json');
    assert.equal(code, 0);
    const { flows }: RecordOfProcessing = JSON.parse(out);
    const names = flows.map(({ flow }) => flow);
    assert.deepEqual(names, [
      ...['bosko-back', 'economy', 'independent', 'microsoft-sds-v1', 'school-age', 'skolwebb'],
      'sprakcentrum-requests',
    ]);
    const [bosko, economy, , , schoolAge, skolwebb] = flows;
    const ofBosko = new Set(bosko?.data.map(({ kind }) => kind));
    const kinds = ['attendance-schedule', 'organisation', 'placement'];
    assert.deepEqual([...ofBosko].sort(), kinds, 'nobody’s name or number');
    assert.equal(schoolAge?.legalBasis, 'legal-obligation');
    assert.deepEqual(skolwebb?.persons, ['pupils', 'guardians']);
    const emails = skolwebb?.data.find(({ field }) => field === 'emails');
    assert.deepEqual([emails?.kind, emails?.goesTo], ['person', ['guardian.epost']]);
    const numbers = economy?.data.filter(({ field }) => field === 'civicNo');
    assert.deepEqual(numbers, [], 'no flow says more than its mappings read');
    assert.deepEqual([economy?.recipient.module, economy?.setsKept], ['economy', 100]);
  });

  it('is compared with flows and mappings by check: a field more makes it stale', async () => {
    assert.equal((await run('article30', '--out', file)).code, 0);
    assert.match(await readFile(file, 'utf8'), /\| person\.emails \|.*\| guardian\.epost \|/);
    const before = await run('check', '--article30', file);
    assert.match(before.out, /no faults/);
    const layout = join(folder, 'mappings', 'skolwebb', 'skolwebb.layout.yaml');
    const mapping = join(folder, 'mappings', 'skolwebb', 'pupil.yaml');
    const change = async (path: string, from: string, to: string) =>
      writeFile(path, (await readFile(path, 'utf8')).replace(from, to));
    await change(layout, '{ name: efternamn', '{ name: fodd }, { name: efternamn');
    await change(mapping, '  efternamn:', '  fodd: { take: pupil.birthDate }\n  efternamn:');
    const after = await run('check', '--article30', file);
    assert.equal(after.code, 1);
    assert.match(after.out, /ARTICLE30_STALE/);
    assert.match((await run('article30')).out, /\| person\.birthDate \|.*\| pupil\.fodd \|/);
  });
});
