import assert from 'node:assert/strict';
import { shownOptions } from './shown-options.ts';

const REFERENCE = ['$', '{env:TOKEN}'].join('');

describe('shown options', () => {
  it('name where a secret is, and never say one that stands in the file', () => {
    const options = {
      url: 'https://kim:open-sesame@vendor.example/api?key=open-sesame',
      token: REFERENCE,
      basic: { user: 'hub', password: 'open-sesame' },
      headers: { 'X-Key': 'open-sesame' },
      keys: ['open-sesame'],
      pageSize: 50,
    };
    const secrets = ['token', 'basic.password', 'headers.*', 'keys'];
    const shown = new Map(shownOptions(options, secrets).map(({ name, value }) => [name, value]));
    assert.equal(shown.get('token'), REFERENCE);
    assert.equal(shown.get('basic.user'), 'hub');
    assert.equal(shown.get('basic.password'), null);
    assert.equal(shown.get('headers.X-Key'), null);
    assert.equal(shown.get('pageSize'), '50');
    assert.doesNotMatch(JSON.stringify([...shown]), /open-sesame/);
  });
});
