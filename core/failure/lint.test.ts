import assert from 'node:assert/strict';
import { didYouMean } from './lint.ts';

const MODULES = ['lms', 'sis', 'idp', 'library', 'learning-platform'];
const FIELDS = ['birthDate', 'givenName', 'phoneNumbers', 'emails', 'protectedPersons', 'id'];

/** What is written, what there is, and what is meant; '' where nobody can tell. */
const TABLE: readonly (readonly [string, readonly string[], string])[] = [
  ['lmss', MODULES, 'lms'],
  ['lsm', MODULES, 'lms'],
  ['LMS', MODULES, 'lms'],
  ['xis', MODULES, 'sis'],
  ['abc', MODULES, ''],
  ['ldp', MODULES, 'idp'],
  ['lmn', ['sms'], ''],
  ['to', ['tls'], ''],
  ['io', ['id'], ''],
  ['if', FIELDS, ''],
  ['ID', FIELDS, 'id'],
  ['from', ['form', 'to'], 'form'],
  ['mail', ['data', 'mall'], 'mall'],
  ['port', ['host'], ''],
  ['libary', MODULES, 'library'],
  ['birthday', FIELDS, 'birthDate'],
  ['givenNmae', FIELDS, 'givenName'],
  ['phone', FIELDS, 'phoneNumbers'],
  ['telephoneNumbers', FIELDS, 'phoneNumbers'],
  ['email', FIELDS, 'emails'],
  ['protectedPerson', FIELDS, 'protectedPersons'],
  ['persons', FIELDS, 'protectedPersons'],
  ['learnig-plattform', MODULES, 'learning-platform'],
  ['learningplatform', MODULES, 'learning-platform'],
  ['something-else', MODULES, ''],
];

describe('did you mean', () => {
  for (const [written, candidates, meant] of TABLE) {
    it(`"${written}" is taken for ${meant === '' ? 'nothing' : `"${meant}"`}`, () => {
      assert.equal(didYouMean(written, candidates), meant === '' ? '' : `Did you mean "${meant}"?`);
    });
  }

  it('takes the nearest where several are near', () => {
    assert.equal(didYouMean('streem', ['steam', 'stream', 'street']), 'Did you mean "stream"?');
  });
});
