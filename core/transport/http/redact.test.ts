import assert from 'node:assert/strict';
import { redact } from './redact.ts';

describe('what a target says, as it is shown', () => {
  for (const [said, shown] of [
    ['userName anna.berg is taken', 'userName *** is taken'],
    ['b%C3%A5t and b\\u00e5t are båt', '*** and *** are ***'],
    ['mail to bo@skola.example failed', 'mail to *** failed'],
    ['number 20130102-1234 is in use', 'number *** is in use'],
    ['the name is that of Bo Ek', 'the name is that of ***'],
    ['ANNA-KARIN ÅSBERG has it (User Bo Ek)', '*** has it (User ***)'],
    ['“Bo O’Neill” exists; "Ek, Bo" too', '“***” exists; "Ek, Bo" too'],
    ['500 Internal Server Error', '500 Internal Server Error'],
    ['Access Denied: Invalid Token for HTTP POST', 'Access Denied: Invalid Token for HTTP POST'],
    ['attribute name.familyName is required', 'attribute name.familyName is required'],
    ['one\r\ntwo', 'one two'],
  ] as const) {
    it(`shows ${JSON.stringify(said)} without what is somebody's`, () => {
      assert.equal(redact(said, ['anna.berg', 'båt', 'a']), shown);
    });
  }

  it('is no longer than a paragraph', () => {
    assert.equal(redact('word '.repeat(1000), []).length, 300);
  });
});
