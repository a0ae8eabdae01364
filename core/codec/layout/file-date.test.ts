import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileFileName, fileNameFault } from './file-date.ts';

describe('the date in the name of a file', () => {
  const dateOf = (pattern: string, name: string) => compileFileName(pattern)(name)?.date;

  it('is read in the usual forms, the year first or last', () => {
    for (const written of ['20260901', '2026-09-01', '01092026', '01-09-2026']) {
      assert.equal(dateOf('pupils-{date}.csv', `pupils-${written}.csv`), '2026-09-01');
    }
  });

  it('is the day that was written, in whichever of the usual forms', () => {
    const day = fc.date({
      min: new Date('1900-01-01T00:00:00Z'),
      max: new Date('2199-12-31T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(day, (date) => {
        const iso = date.toISOString().slice(0, 10);
        const [year, month, dayOfMonth] = iso.split('-');
        for (const written of [
          iso,
          `${year}${month}${dayOfMonth}`,
          `${dayOfMonth}${month}${year}`,
        ]) {
          assert.equal(dateOf('p{date}.csv', `p${written}.csv`), iso);
        }
      }),
    );
  });

  it('is none where no such day is in the calendar, or it is written otherwise', () => {
    for (const written of ['20261301', '30023026', '20260230', '260901', '2026-09-01-2', 'v36']) {
      assert.equal(dateOf('pupils-{date}.csv', `pupils-${written}.csv`), null, written);
    }
  });

  it('is read in the form that the pattern gives, and in no other', () => {
    assert.equal(dateOf('p-{date:MM-dd-yyyy}.csv', 'p-09-01-2026.csv'), '2026-09-01');
    assert.equal(dateOf('p-{date:MM-dd-yyyy}.csv', 'p-20260901.csv'), null);
  });

  it('is not looked for in the names of other files', () => {
    assert.equal(dateOf('pupils-{date}.csv', 'schools-20260901.csv'), undefined);
    assert.equal(dateOf('pupils-{date}.csv', 'pupils-old.csv'), undefined);
    assert.equal(dateOf('pupils.csv', 'pupils.csv'), '');
    assert.equal(dateOf('läsår-{date}.csv', 'läsår-20260901.csv'.normalize('NFD')), '2026-09-01');
  });

  it('makes a pattern faulty that no file could fit', () => {
    for (const pattern of ['p-{datum}.csv', 'p-{date:yyMMdd}.csv', 'in/p.csv', 'p-*.csv']) {
      assert.notEqual(fileNameFault(pattern), null, pattern);
    }
    for (const pattern of ['p.csv', 'p-{date}.csv', 'p-{date:yyyy.MM.dd}.csv']) {
      assert.equal(fileNameFault(pattern), null, pattern);
    }
  });
});
