import assert from 'node:assert/strict';
import { parseYaml } from '../../schema/yaml-file.ts';
import { checkWindows } from './windows.ts';

describe('a window', () => {
  function faults(from: string, to: string): readonly string[] {
    const { yaml } = parseYaml('x.yaml', `windows:\n  - from: "${from}"\n    to: "${to}"\n`);
    assert.ok(yaml !== null);
    const windows = [{ from, to, reason: 'the new school year' }];
    return checkWindows(yaml, ['windows'], windows, 'X').map(({ line, text }) => `${line} ${text}`);
  }

  it('has two days of the calendar, and ends within two months', () => {
    assert.deepEqual(faults('2027-08-09', '2027-08-27'), []);
    const noDay = 'there is no such day in the calendar.';
    assert.deepEqual(faults('2027-02-01', '2027-02-31'), [`3 ${noDay}`]);
    assert.deepEqual(faults('2027-02-30', '2027-08-09'), [`2 ${noDay}`]);
    assert.deepEqual(faults('2027-08-27', '2027-08-09'), ['3 the window ends before it begins.']);
    assert.match(faults('2027-08-09', '9999-12-31').join(), /open for \d+ days/);
  });
});
