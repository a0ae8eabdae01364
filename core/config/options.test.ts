import assert from 'node:assert/strict';
import { resolveOptions } from './options.ts';

const SCHEMA = {
  type: 'object',
  properties: { url: { type: 'string' }, perSecond: { type: 'integer' } },
};

describe('the options of a binding when it is opened', () => {
  it('are taken as they are written, where they refer to nothing: they were checked then', async () => {
    const written = { url: 'https://lms.example', perSecond: 5 };
    const { options, faults } = await resolveOptions(SCHEMA, written, '/nowhere', {});
    assert.deepEqual([options === written, faults], [true, []]);
  });

  it('are what their references stand for, as numbers where the schema says so, and are checked', async () => {
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: as it is written in a file.
    const written = { url: '${env:URL}', perSecond: '${env:RATE}' };
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above.
    const resolve = (RATE: string) =>
      resolveOptions(SCHEMA, written, '/nowhere', { URL: 'https://lms.example', RATE });
    assert.deepEqual((await resolve('5')).options, { url: 'https://lms.example', perSecond: 5 });
    const { faults } = await resolve('many');
    assert.match(JSON.stringify(faults), /perSecond/);
    assert.doesNotMatch(JSON.stringify(faults), /many/);
  });
});
