import assert from 'node:assert/strict';
import { FileSystemWorld } from './file-system-world.ts';

describe('Walter: children at schools elsewhere, and school duty, by columns', () => {
  let walter: FileSystemWorld;

  before(async () => {
    walter = await FileSystemWorld.open('walter');
  });
  after(() => walter?.close());

  it('is taken in whole; who goes to school elsewhere gets no account of the city', async () => {
    await walter.assertQuiet();
    const duties = await walter.entities('school-duty');
    const rows = (await walter.text('walter-skolplikt')).trim().split('\r\n').slice(1, -1);
    assert.equal(duties.length, rows.length);
    const persons = await walter.entities('person');
    const elsewhere = persons.filter(({ enrolments }) =>
      JSON.stringify(enrolments ?? []).includes('"governedBy":"Other"'),
    );
    const unknown = rows.filter((row) => row.endsWith(';')).length;
    assert.ok(unknown > 0);
    assert.equal(elsewhere.length, rows.length - unknown);
    const accounts = JSON.stringify(walter.world.accounts());
    assert.deepEqual(
      elsewhere.filter(({ id }) => accounts.includes(id)),
      [],
    );
  });

  it('sets a bad record aside alone, and takes in the next good one', async () => {
    await walter.change('walter-skolplikt', ';J;', ';?;');
    const report = walter.runOf(await walter.world.sync());
    assert.deepEqual([report.counts['quarantined'], report.counts['removed']], [1, 0]);
    await walter.change('walter-skolplikt', ';?;', ';U;');
    await walter.world.sync();
    const duties = await walter.entities('school-duty');
    assert.equal(duties.filter(({ status }) => status === 'Uppskjuten').length, 1);
  });

  it('changes nothing where a file was cut', async () => {
    const before = await walter.entities('school-duty');
    await walter.change('walter-elever', /SLUT;\d+\r\n/, '');
    const run = walter.runOf(await walter.world.sync());
    assert.deepEqual([run.outcome, run.problem?.code], ['failed', 'FILE_DAMAGED']);
    assert.deepEqual(await walter.entities('school-duty'), before);
  });
});
