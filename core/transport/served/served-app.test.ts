import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { ApiRequest, ServedApi } from '../../connector/served/served-api.ts';
import { silentLog } from '../../log/log.ts';
import { listenServed, type ServedServer } from './listen-served.ts';
import type { ServedClient } from './served-app.ts';
import { seal, unseal } from './served-token.ts';

const SECRETS = { lms: 'l'.repeat(32), canteen: 'c'.repeat(32) };
const SECRET_WORD = 'Qxsecret';

describe('who fetches from us', () => {
  let server: ServedServer;
  let now: number;
  let asked: ApiRequest[];
  let answer: ServedApi['answer'];

  const api: ServedApi = {
    base: 'v1',
    answer: (request, signal) => {
      asked.push(request);
      return answer(request, signal);
    },
    refusal: (status, message) => ({ code: String(status), message }),
  };
  const clients = new Map(
    Object.entries(SECRETS).map(([module, secret]): [string, ServedClient] => [
      module,
      { module, id: `${module}-id`, secret, api },
    ]),
  );

  beforeEach(async () => {
    now = Date.parse('2026-09-01T03:00:00Z');
    asked = [];
    answer = async () => ({ status: 200, body: { word: SECRET_WORD } });
    const limits = { requestTimeout: 300, headersTimeout: 200, connectionsCheckingInterval: 50 };
    server = await listenServed(
      { host: '127.0.0.1', port: 0 },
      { clients, url: null, now: () => now, log: silentLog },
      limits,
    );
  });
  afterEach(() => server.stop());

  async function ask(path: string, init: RequestInit = {}) {
    const response = await fetch(server.url + path, init);
    const text = await response.text();
    return { status: response.status, text, headers: response.headers };
  }

  const form = (fields: Readonly<Record<string, string>>): RequestInit => {
    return { method: 'POST', body: new URLSearchParams(fields) };
  };
  const credentials = {
    ...{ grant_type: 'client_credentials', client_id: 'lms-id', client_secret: SECRETS.lms },
  };
  async function bearer(): Promise<Readonly<Record<string, string>>> {
    const { text } = await ask('/lms/token', form(credentials));
    return { authorization: `Bearer ${JSON.parse(text).access_token}` };
  }

  it('gets a token by form or header, which is good for an hour and its own module', async () => {
    const basic = Buffer.from(`lms-id:${SECRETS.lms}`).toString('base64');
    const byHeader = await ask('/lms/token', {
      ...form({ grant_type: 'client_credentials' }),
      headers: { authorization: `Basic ${basic}` },
    });
    assert.equal(JSON.parse(byHeader.text).expires_in, 3600);
    const headers = await bearer();
    const { status, text } = await ask('/lms/v1/things', { headers });
    assert.deepEqual([status, text], [200, JSON.stringify({ word: SECRET_WORD })]);
    assert.deepEqual(asked[0]?.path, ['things']);
    assert.equal(asked[0]?.url, `${server.url}/lms/v1`);
    assert.equal((await ask('/canteen/v1/things', { headers })).status, 401);
    now += 3_600_001;
    assert.equal((await ask('/lms/v1/things', { headers })).status, 401);
  });

  it('gets none for anything else, and is told nothing', async () => {
    const wrong = [
      { ...credentials, client_secret: SECRETS.canteen },
      { ...credentials, client_id: 'canteen-id' },
      { ...credentials, client_id: '', client_secret: '' },
    ];
    for (const fields of wrong) {
      const { status, text } = await ask('/lms/token', form(fields));
      assert.deepEqual([status, text], [401, '{"error":"invalid_client"}']);
    }
    const nowhere = await ask('/nowhere/token', form(credentials));
    assert.deepEqual([nowhere.status, nowhere.text], [401, '{"error":"invalid_client"}']);
    const password = await ask('/lms/token', form({ ...credentials, grant_type: 'password' }));
    assert.deepEqual([password.status, password.text], [400, '{"error":"unsupported_grant_type"}']);
    const json = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };
    assert.equal((await ask('/lms/token', json)).status, 415);
    assert.equal((await ask('/lms/token')).status, 405);
    assert.equal(asked.length, 0);
  });

  it('waits when it guesses', async () => {
    const guess = () => ask('/lms/token', form({ ...credentials, client_secret: 'guess' }));
    const statuses = new Set<number>();
    for (let at = 0; at < 31; at++) statuses.add((await guess()).status);
    assert.deepEqual([...statuses], [401, 429]);
    const { headers } = await guess();
    assert.equal(headers.get('retry-after'), '60');
    now += 60_000;
    assert.equal((await guess()).status, 401);
  });

  it('is refused a token that it has changed', async () => {
    const { authorization = '' } = await bearer();
    const [until = '', ...rest] = authorization.slice('Bearer '.length).split('.');
    const later = (Number.parseInt(until, 36) + 1e9).toString(36);
    for (const token of [[later, ...rest].join('.'), until, '', '..', 'a.b.c']) {
      const headers = { authorization: `Bearer ${token}` };
      assert.equal((await ask('/lms/v1/things', { headers })).status, 401);
    }
  });

  it('finds no other path than its own', async () => {
    const headers = await bearer();
    for (const path of [
      ...['/', '/lms', '/lms/', '/lms/v1/../../etc/passwd', '/lms/v2/things', '/canteen/v1/x'],
      ...['/lms/v1/%2e%2e/%2e%2e/x', '/lms/v1/a%2fb', '/lms/v1/%00', '/lms/v1/%', '//lms/v1/x'],
      ...['/__proto__/v1/x', '/lms/v1/a%5c..%5cb', '/LMS/v1/x'],
    ]) {
      const { status, text } = await ask(path, { headers });
      assert.ok([401, 404].includes(status), `${path} ${status}`);
      assert.ok(!text.includes(SECRET_WORD), path);
    }
    assert.equal(asked.length, 0);
  });

  it('sends no body that is too large, too deep, too slow, or no JSON', async () => {
    const headers = await bearer();
    const post = async (body: string, type = 'application/json') => {
      const init = { method: 'POST', body, headers: { ...headers, 'content-type': type } };
      return ask('/lms/v1/lookup', init);
    };
    assert.equal((await post('{')).status, 400);
    assert.equal((await post('"text"')).status, 400);
    assert.equal((await post('{}', 'text/plain')).status, 415);
    assert.equal((await post('{}', 'application/json; charset=utf-99')).status, 415);
    assert.equal((await post('[]'.padEnd(2_000_000))).status, 413);
    assert.equal(asked.length, 0);
    const deep = 400_000;
    const nested = await post('['.repeat(deep) + ']'.repeat(deep));
    assert.ok([200, 400].includes(nested.status));
    assert.equal((await post('{"ids":[]}')).status, 200);
    assert.deepEqual(asked.at(-1)?.body, { ids: [] });
  });

  it('is let go when it sends 100 MB, of which no more than the limit is read', async () => {
    const { authorization = '' } = await bearer();
    for (const [login, expected] of [
      [authorization, 413],
      ['Bearer none', 401],
    ] as const) {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
      let heard = '';
      socket.on('data', (chunk) => {
        heard += chunk;
      });
      socket.on('error', () => undefined);
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.write(
        `POST /lms/v1/lookup HTTP/1.1\r\nHost: x\r\nAuthorization: ${login}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
      );
      const chunk = ' '.repeat(1_000_000);
      let sent = 0;
      while (sent < 100 && !socket.destroyed && heard === '') {
        if (!socket.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`)) {
          await Promise.race([once(socket, 'drain'), closed]).catch(() => undefined);
        }
        sent += 1;
      }
      socket.end();
      await closed;
      assert.ok(sent < 100, `${sent} MB were taken`);
      // Whoever still sends may lose the answer with the connection.
      if (heard !== '') assert.match(heard, new RegExp(`^HTTP/1.1 ${expected} `));
    }
    assert.equal(asked.length, 0);
  });

  it('is let go when its body does not come', async () => {
    const { authorization } = await bearer();
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      `POST /lms/v1/lookup HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
    );
    socket.resume();
    await once(socket, 'close');
    assert.equal(asked.length, 0);
  });

  it('is told of a fault of ours without a word of it, and of eight requests at once no ninth', async () => {
    const headers = await bearer();
    answer = async () => {
      throw new Error(SECRET_WORD);
    };
    const { status, text } = await ask('/lms/v1/things', { headers });
    assert.equal(status, 500);
    assert.ok(!text.includes(SECRET_WORD));
    const gate = Promise.withResolvers<void>();
    answer = async () => {
      await gate.promise;
      return { status: 204 };
    };
    const all = Array.from({ length: 9 }, () => ask('/lms/v1/things', { headers }));
    const first = await Promise.race(all);
    assert.equal(first.status, 503);
    gate.resolve();
    const statuses = (await Promise.all(all)).map((one) => one.status).sort();
    assert.deepEqual(statuses, [...Array(8).fill(204), 503]);
  });

  it('reads as slowly as it likes: no more is made than it takes', async () => {
    const headers = await bearer();
    let made = 0;
    answer = async () => {
      async function* pieces() {
        for (; made < 10_000; made++) yield 'x'.repeat(10_000);
      }
      return { status: 200, body: pieces() };
    };
    const gone = new AbortController();
    await fetch(`${server.url}/lms/v1/things`, { headers, signal: gone.signal });
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.ok(made < 9000, `${made} pieces were made`);
    gone.abort();
  });
});

describe('what is sealed for a client', () => {
  const [one, other] = [
    { module: 'lms', id: 'lms', secret: SECRETS.lms },
    { module: 'canteen', id: 'lms', secret: SECRETS.lms },
  ];

  it('is read for this client alone, and not when it was changed', () => {
    const text = seal(one, { query: 'civicNo=201304120000' });
    assert.ok(!Buffer.from(text, 'base64url').includes('civicNo'));
    assert.deepEqual(unseal(one, text), { query: 'civicNo=201304120000' });
    assert.equal(unseal(other, text), null);
    assert.equal(unseal(one, `${text.slice(0, -2)}AA`), null);
    for (const wrong of ['', 'x', 'A'.repeat(100)]) assert.equal(unseal(one, wrong), null);
  });
});
