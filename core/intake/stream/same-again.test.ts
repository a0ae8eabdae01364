import assert from 'node:assert/strict';
import { later } from '../../mapping/compile-late.ts';
import type { InboundMapping } from '../../mapping/compiled.ts';
import { DatedMappings } from './same-again.ts';

describe('the mappings of a source that may be what was read before', () => {
  it('are compiled when a record is converted, and not for a night without news', () => {
    let compiled = 0;
    const whole = () => {
      compiled += 1;
      return { convert: () => 'converted', rules: ['a rule'] };
    };
    const mapping = later<InboundMapping>({ file: 'person.yaml' }, ['convert', 'rules'], whole);
    const { mappings, until } = new DatedMappings([mapping]);
    const [dated] = mappings;
    assert.ok(dated !== undefined && until > '9');
    assert.deepEqual([dated.file, compiled], ['person.yaml', 0]);
    // SAFETY: the mapping of this test looks at neither.
    const nothing = {} as Parameters<InboundMapping['convert']>[0];
    const context = {} as Parameters<InboundMapping['convert']>[1];
    assert.equal(dated.convert(nothing, context), 'converted');
    assert.deepEqual(dated.rules, ['a rule']);
    // Whoever takes it apart has all of it.
    assert.deepEqual(Object.keys({ ...dated }).sort(), ['convert', 'file', 'rules']);
    assert.ok(compiled > 0);
  });
});
