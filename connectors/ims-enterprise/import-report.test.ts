import assert from 'node:assert/strict';
import { readReport } from './import-report.ts';

describe('the report of an import', () => {
  it('is none before a document has been taken in', () => {
    assert.equal(readReport(''), null);
    assert.equal(readReport('Data Exported\t2026-09-01 02:00:00\ta.xml\n'), null);
  });

  it('says of each element what was wrong with it, whatever else stands there', () => {
    const text = [
      'Data Exported\t2026-09-01 02:00:00\tb.xml',
      'Data imported\t2026-09-01 02:00:30\ta.xml\tnightly',
      'Rooms\t12',
      'Records\t3',
      'Error\tPerson\tp1\tname\tthe family name is missing',
      'Warning\tmembership\tg1 p2\tSTATUS\t',
    ].join('\r\n');
    assert.deepEqual(readReport(text), {
      ...{ file: 'a.xml', records: 3, isRefused: false, isSkipped: false },
      notes: [
        {
          ...{ severity: 'error', element: 'person', id: 'p1', code: 'NAME' },
          text: 'the family name is missing',
        },
        { severity: 'warning', element: 'membership', id: 'g1 p2', code: 'STATUS', text: '' },
      ],
    });
  });

  it('counts nothing where what it counts is no number', () => {
    const imported = 'Data Imported\t\ta.xml\n';
    assert.equal(readReport(imported)?.records, null);
    assert.equal(readReport(`${imported}Records\tmany\n`)?.records, null);
  });

  it('says that a document was left alone, or refused as a whole', () => {
    const imported = 'Data Imported\t\ta.xml\n';
    assert.equal(readReport(`${imported}Skipped\tno large changes\n`)?.isSkipped, true);
    assert.equal(readReport(`${imported}Failed\tno XML\n`)?.isRefused, true);
  });
});
