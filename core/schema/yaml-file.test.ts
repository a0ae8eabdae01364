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
      assert.match(lint?.text ?? '', /this key stands here already/);
    }
  });
});

describe('a file that is no YAML', () => {
  const faults = [
    ['a:\n\tb: 1\n', 2, 'a tab stands'],
    ['a: 1\na: 2\n', 2, 'this key stands here already'],
    ['a: 1\nb:2\nc: 3\n', 2, 'is neither a list nor a key'],
    ['a:\n  - 1\n c: 3\n', 3, 'is not indented'],
    ['a: [1, "b]\n', 2, 'a bracket, a quote'],
    ['a: ”B”\nb: { c: @d }\n', 2, 'a sign stands'],
    ['a: "\\q"\n', 1, 'no such sign after a backslash'],
  ] as const;
  for (const [text, line, said] of faults) {
    it(`is told by the line, and how to mend it, in a sentence of ours: ${said}`, () => {
      const { lints } = parseYaml('config/hub.yaml', text);
      const [lint] = lints;
      assert.equal(lint?.text.startsWith(said), true, lint?.text ?? 'no fault');
      assert.deepEqual(
        [lint?.code, lint?.line, typeof lint?.said],
        ['YAML_SYNTAX', line, 'object'],
      );
    });
  }

  it('tells one fault of a line, and not what follows from it', () => {
    const { lints } = parseYaml('config/hub.yaml', 'a: { token: ”{B}”, b: ”{C}” }\n');
    assert.deepEqual(
      lints.map(({ line }) => line),
      [1],
    );
  });
});
