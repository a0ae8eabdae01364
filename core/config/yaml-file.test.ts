import assert from 'node:assert/strict';
import { parseYaml } from './yaml-file.ts';

describe('keys of a YAML file', () => {
  it('are what is written, and no values', () => {
    const text = 'null: omit\n01: GR\n1: GY\ntrue: [ja]\n"null ": x\nplain:\n  null: park\n';
    const { yaml, lints } = parseYaml('mappings/x.yaml', text);
    assert.deepEqual(lints, []);
    assert.deepEqual(yaml?.value, {
      ...{ null: 'omit', '01': 'GR', 1: 'GY', true: ['ja'], 'null ': 'x' },
      plain: { null: 'park' },
    });
    assert.deepEqual(yaml?.keyAt(['01']), { line: 2, column: 1 });
    assert.deepEqual(yaml?.at(['plain', 'null']), { line: 7, column: 9 });
    for (const twice of ['a: 1\n"a": 2\n', 'null: 1\n"null": 2\n', '01: a\n01: b\n']) {
      const [lint] = parseYaml('mappings/x.yaml', twice).lints;
      assert.match(lint?.text ?? '', /keys must be unique/);
    }
  });
});
