import assert from 'node:assert/strict';
import { createHmac, hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { sharedPaces } from './rate-budget.ts';
import { openService, type ServiceOptions } from './service.ts';
import { bodyOf, serveOnLoopback } from './simulated-http.ts';

const NOW = Date.parse('2026-09-01T03:00:00Z');

describe('the client of a web service', () => {
  let stop = async () => {};
  afterEach(() => stop());

  /** What a service hears of a request. */
  async function heard(login: Partial<ServiceOptions>, body?: string) {
    const requests: { readonly headers: IncomingHttpHeaders; readonly text: string }[] = [];
    const service = await serveOnLoopback(async (request, response) => {
      requests.push({ headers: request.headers, text: await bodyOf(request) });
      response.end(request.url === '/token' ? '{"access_token":"t"}' : '{}');
    });
    stop = service.stop;
    const { oauth, ...rest } = login;
    const tokenUrl = `${service.origin}/token`;
    const more = oauth === undefined ? {} : { oauth: { ...oauth, tokenUrl } };
    const world = { fetch, now: () => NOW, paceOf: sharedPaces() };
    const wait = async (ms: number) => sleep(ms);
    const url = `${service.origin}/api`;
    const client = openService({ url, ...rest, ...more }, { ...world, sleep: wait });
    const { signal } = new AbortController();
    const path = '/persons?x=1';
    await client.send({ method: 'POST', path, signal, ...(body === undefined ? {} : { body }) });
    return requests.at(-1)?.headers ?? {};
  }

  it('logs in as the options say', async () => {
    const oauth = { tokenUrl: '', clientId: 'hub', clientSecret: 's' };
    const basic = { user: 'hub', password: 'p:å' };
    const apiKey = { key: 'k', header: 'X-API-Key' };
    const encoded = Buffer.from('hub:p:å').toString('base64');
    for (const [login, header, value] of [
      [{ token: 'b' }, 'authorization', 'Bearer b'],
      [{ oauth }, 'authorization', 'Bearer t'],
      [{ basic }, 'authorization', `Basic ${encoded}`],
      [{ apiKey }, 'x-api-key', 'k'],
      [{ headers: { 'X-Tenant': 'city' } }, 'x-tenant', 'city'],
      [{}, 'authorization', undefined],
    ] as const) {
      assert.equal((await heard(login))[header], value);
      await stop();
      stop = async () => {};
    }
  });

  it('signs method, path, body and time, under the header names of the options', async () => {
    const names = { keyHeader: 'X-Key', dateHeader: 'X-When', digestHeader: 'X-Sum' };
    const hmac = { keyId: 'hub', secret: 'shared', ...names, signatureHeader: 'X-Proof' };
    for (const body of ['{"name":"Åsa"}', undefined]) {
      const headers = await heard({ hmac }, body);
      await stop();
      const digest = hash('sha256', body ?? '', 'base64');
      const date = 'Tue, 01 Sep 2026 03:00:00 GMT';
      const text = `POST\n/api/persons?x=1\n${digest}\n${date}`;
      const proof = createHmac('sha256', 'shared').update(text).digest('base64');
      assert.deepEqual(
        [headers['x-key'], headers['x-when'], headers['x-sum'], headers['x-proof']],
        ['hub', date, digest, proof],
      );
    }
    stop = async () => {};
  });
});
