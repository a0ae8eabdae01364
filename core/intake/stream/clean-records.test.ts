import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RecordBatch } from '../../connector/connector.ts';
import { canonicalText } from '../../message/canonical-text.ts';
import type { JsonObject } from '../../message/message.ts';
import { RecordCleaner } from './clean-records.ts';

function batchOf(...values: JsonObject[]): RecordBatch {
  const records = values.map((value, index) => {
    return { operation: 'upsert' as const, value, file: 'f.csv', line: index + 2 };
  });
  const end = { faults: [], last: true, checkpoint: null };
  return { stream: 'pupil', mode: 'full', records, ...end };
}

describe('the records of a source', () => {
  it('have one spelling of their texts, also in lists and objects; who had another is counted', () => {
    const cleaner = new RecordCleaner();
    const { records } = cleaner.clean(
      batchOf(
        { name: 'A\u030asa', names: [{ given: 'Ann\n  Marie' }], age: 7 },
        { name: 'Åsa', names: [], age: 7 },
      ),
    );
    assert.deepEqual(
      records.map(({ value }) => value),
      [
        { name: 'Åsa', names: [{ given: 'Ann Marie' }], age: 7 },
        { name: 'Åsa', names: [], age: 7 },
      ],
    );
    assert.equal(cleaner.cleaned, 1);
  });

  it('are as they came where nothing is to be cleaned, whatever they hold', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        // SAFETY: fast-check's JSON values are JSON.
        const record = value as JsonObject;
        const once = new RecordCleaner().clean(batchOf(record)).records[0]?.value ?? {};
        const cleaner = new RecordCleaner();
        assert.equal(cleaner.clean(batchOf(once)).records[0]?.value, once);
        assert.equal(cleaner.cleaned, 0);
        for (const [field, text] of Object.entries(record)) {
          if (typeof text === 'string') assert.equal(once[field], canonicalText(text));
        }
      }),
    );
  });

  it('are told of once a field where a spreadsheet would run what stands there', () => {
    const cleaner = new RecordCleaner();
    const batch = batchOf({ name: '=1+1' }, { name: '@x' }, { phone: '+46 70' });
    const texts = cleaner.clean(batch).remarks?.map(({ text }) => text);
    assert.deepEqual(texts, ['f.csv, line 2: name begins as a formula does']);
    assert.equal(cleaner.clean(batch).remarks, undefined);
  });
});
