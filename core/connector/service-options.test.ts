import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../message/message.ts';
import { secretFields } from '../schema/option-fields.ts';
import { applyDefaults, compileSchemaAll } from '../schema/validator.ts';
import { loadConnectors } from './registry.ts';

const SERVICE = { auth: ['bearer', 'basic', 'hmac'], example: 'https://lms.example/api' };

describe('the options of a web service, which a manifest declares', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-service-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function optionsOf(service: object): Promise<JsonObject> {
    const options = {
      ...{ type: 'object', additionalProperties: false, required: ['school'] },
      properties: { school: { type: 'string' } },
    };
    const about = { name: 'lms', title: 'LMS', summary: 'An LMS.', stability: 'beta' };
    await mkdir(join(folder, 'lms'), { recursive: true });
    const manifest = JSON.stringify({ ...about, service, options });
    await writeFile(join(folder, 'lms', 'manifest.json'), manifest);
    const { registry, lints } = await loadConnectors([folder]);
    assert.deepEqual(lints, []);
    return registry.manifest('lms')?.options ?? {};
  }
  const url = 'https://lms.example/api';
  const faults = (schema: JsonObject, options: JsonObject) =>
    compileSchemaAll(schema)(applyDefaults(schema, options)).length;

  it('stand before those of the connector, with one login and its secrets', async () => {
    const schema = await optionsOf(SERVICE);
    const basic = { user: 'hub', password: 'p' };
    const right: JsonObject[] = [{ token: 't' }, { basic }, { hmac: { keyId: 'k', secret: 's' } }];
    for (const login of right) assert.equal(faults(schema, { url, school: 'x', ...login }), 0);
    const wrong: JsonObject[] = [{}, { token: 't', basic }, { basic: { user: 'hub' } }];
    for (const login of wrong) assert.notEqual(faults(schema, { url, school: 'x', ...login }), 0);
    assert.notEqual(faults(schema, { url, token: 't' }), 0, 'the connector’s own is needed too');
    assert.notEqual(faults(schema, { school: 'x', token: 't' }), 0);
    const secrets = ['token', 'basic.password', 'hmac.secret', 'headers.*', 'tls.key'];
    assert.deepEqual(secretFields(schema), [...secrets, 'tls.passphrase']);
    const filled = applyDefaults(schema, { url, school: 'x', hmac: { keyId: 'k', secret: 's' } });
    assert.deepEqual([filled['requestsPerSecond'], filled['timeoutMs']], [10, 30_000]);
    assert.equal(Object(filled['hmac']).signatureHeader, 'X-Signature');
  });

  it('may have no login at all, where a certificate is enough', async () => {
    const schema = await optionsOf({ ...SERVICE, optional: true, requestsPerSecond: 50 });
    assert.equal(faults(schema, { url, school: 'x' }), 0);
    assert.equal(applyDefaults(schema, { url })['requestsPerSecond'], 50);
  });

  it('are of a kind that the core knows', async () => {
    await assert.rejects(optionsOf({ ...SERVICE, auth: ['kerberos'] }), /expected/i);
  });
});
