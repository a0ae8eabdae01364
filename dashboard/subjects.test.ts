import assert from 'node:assert/strict';
import { languageFor } from './language.ts';
import { saySubject } from './subjects.ts';

describe('what a finding is about', () => {
  const [swedish, english] = ['sv', 'en'].map((code) => languageFor(code, '', 'Europe/Stockholm'));

  it('is said in the reader’s language, with its own name', () => {
    assert.ok(swedish !== undefined && english !== undefined);
    const said = (subject: string) => [saySubject(swedish, subject), saySubject(english, subject)];
    assert.deepEqual(said('flow lms'), ['flödet lms', 'flow lms']);
    assert.deepEqual(said('canonical group'), ['uppgifter av slaget grupp', 'data of kind group']);
    assert.deepEqual(said('broker'), ['meddelandeförmedlaren', 'broker']);
    assert.deepEqual(said('lms:itslearning'), ['lms:itslearning', 'lms:itslearning']);
    assert.deepEqual(said('something new'), ['something new', 'something new']);
  });
});
