import assert from 'node:assert/strict';
import { parseYaml, type YamlFile } from '../../schema/yaml-file.ts';
import { formerRules, inTodaysWords } from './former-rules.ts';

function file(text: string): YamlFile {
  const { yaml } = parseYaml('config/hub.yaml', text);
  assert.ok(yaml !== null);
  return yaml;
}

describe('the rules of a source in the words of an older version', () => {
  const before = file(`sources:
  register:
    minRecords: 95%
    perUnit: { minRecords: 0.8, minimum: 10 }
    approvals: 2
    windows: [{ from: 2027-08-09, to: 2027-08-27, reason: "the rollover", minRecords: 40% }]
    maxAge: 4d
  walter: { perUnit: { minRecords: 0 } }
  hanna: { maxAge: 4d }
`);

  it('mean what the words of guards mean', () => {
    const window = { from: '2027-08-09', to: '2027-08-27', reason: 'the rollover' };
    assert.deepEqual(inTodaysWords(before), {
      sources: {
        register: {
          guards: {
            maxDelete: '5%',
            perUnit: { maxDelete: '20%', minimum: 10 },
            approvals: 2,
            windows: [{ ...window, maxDelete: '60%' }],
          },
          maxAge: '4d',
        },
        walter: { guards: { perUnit: { maxDelete: '100%' } } },
        hanna: { maxAge: '4d' },
      },
    });
  });

  it('are told with the line to write in their place', () => {
    const told = formerRules(before).map(({ line, hint }) => `${line}: ${hint}`);
    assert.deepEqual(told, [
      '3: In place of minRecords, perUnit, approvals, windows: guards: { maxDelete: 5%, ' +
        'perUnit: { minimum: 10, maxDelete: 20% }, approvals: 2, windows: [{ from: 2027-08-09, ' +
        'to: 2027-08-27, reason: "the rollover", maxDelete: 60% }] }',
      '8: In place of perUnit: guards: { perUnit: { maxDelete: 100% } }',
    ]);
  });

  it('are left to the schema where they were none', () => {
    const odd = file('sources: { register: { minRecords: most, perUnit: 3 }, walter: 7 }');
    const value = inTodaysWords(odd);
    const guards = { minRecords: 'most', perUnit: 3 };
    assert.deepEqual(value, { sources: { register: { guards }, walter: 7 } });
  });
});
