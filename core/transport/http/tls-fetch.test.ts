import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { pending } from '../../../test/pending.ts';
import { Failure } from '../../failure/failure.ts';
import { createHttpClient } from './http-client.ts';
import { failureOfTls, fetchOverTls, pinOf, type TlsOptions } from './tls-fetch.ts';

const run = promisify(execFile);

const PACKERS: Readonly<Record<string, (text: string) => Buffer>> = {
  ...{ gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync },
  'x-gzip': () => Buffer.from('no gzip'),
};

interface Identity {
  readonly cert: string;
  readonly key: string;
}

async function identity(folder: string, name: string): Promise<Identity> {
  const [cert, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-subj', `/CN=${name}.example`, '-days', '2', '-keyout', key, '-out', cert],
  ]);
  return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
}

describe('a service that both sides prove themselves to by TLS', () => {
  let folder = '';
  let server: Server;
  let ours: Identity;
  let theirs: Identity;
  let strangers: Identity;
  let address = '';
  let heard = 0;
  const sockets = new Set<Socket>();

  before(async function () {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-tls-'));
    const has = await run('openssl', ['version']).then(
      () => true,
      () => false,
    );
    if (!has) pending(this, 'no openssl on this machine: apt-get install openssl');
    ours = await identity(folder, 'ours');
    theirs = await identity(folder, 'theirs');
    strangers = await identity(folder, 'strangers');
    const login = { requestCert: true, rejectUnauthorized: true, ca: ours.cert };
    server = createServer({ ...theirs, ...login }, (request, response) => {
      heard += 1;
      // SAFETY: a server of TLS has sockets of TLS.
      const { subject } = (request.socket as TLSSocket).getPeerCertificate();
      response.statusCode = request.method === 'DELETE' ? 204 : 200;
      response.setHeader('etag', 'W/"1"');
      const pack = PACKERS[request.url?.slice(1) ?? ''];
      if (pack !== undefined) {
        response.setHeader('content-encoding', request.url?.slice(1) ?? '');
        response.end(pack('{"Resources":[]}'));
        return;
      }
      request.on('data', (text) => response.write(text));
      request.on('end', () => {
        response.end(request.method === 'DELETE' ? '' : String(subject.CN));
      });
    });
    // Also those whose handshake never ends: the server itself counts them only afterwards.
    server.on('connection', (socket) => sockets.add(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const at = server.address();
    address = `https://127.0.0.1:${typeof at === 'object' && at !== null ? at.port : 0}/`;
  });
  after(async () => {
    for (const socket of sockets) socket.destroy();
    server?.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    heard = 0;
  });

  const pins = () => [pinOf(theirs.cert) ?? ''];
  const trusted = () => ({ ...ours, ca: theirs.cert, pins: pins() });
  const refusal = async (options: TlsOptions, code: string) => {
    const holds = (error: unknown) =>
      error instanceof Failure && error.recovery === 'hold' && error.code === code;
    await assert.rejects(async () => fetchOverTls(options)(address), holds);
    assert.equal(heard, 0, 'nothing was sent');
  };

  it('is asked and answers, with what is sent and what is told', async () => {
    const ask = fetchOverTls({ ...trusted(), ownPin: pinOf(ours.cert) ?? '' });
    const answer = await ask(address, { method: 'POST', body: 'from ' });
    assert.deepEqual([answer.status, answer.headers.get('etag')], [200, 'W/"1"']);
    assert.equal(await answer.text(), 'from ours.example');
    const empty = await ask(address, { method: 'DELETE' });
    assert.deepEqual([empty.status, await empty.text()], [204, '']);
  });

  it('may pack what it answers, and what is packed wrongly is an error of what is read', async () => {
    const ask = fetchOverTls(trusted());
    for (const encoding of ['gzip', 'deflate', 'br']) {
      const answer = await ask(`${address}${encoding}`);
      assert.equal(await answer.text(), '{"Resources":[]}', encoding);
    }
    await assert.rejects((await ask(`${address}x-gzip`)).text());
  });

  it('whose certificate this system does not trust is told from one that is not reached, and is tried again', async () => {
    const client = createHttpClient({
      ...{ fetch, now: Date.now, baseUrl: address, paceOf: (_name, make) => make() },
      sleep: async () => undefined,
    });
    const { signal } = new AbortController();
    const asked = client.send({ method: 'GET', path: '/', signal });
    await assert.rejects(asked, { code: 'CERTIFICATE_UNKNOWN', recovery: 'retry' });
    assert.equal(heard, 0, 'nothing was sent');
  });

  it('hears nothing from whoever has no certificate, or another one', async () => {
    for (const own of [{}, strangers]) {
      await assert.rejects(fetchOverTls({ ...own, ca: theirs.cert, pins: pins() })(address));
    }
    assert.equal(heard, 0);
  });

  it('holds where our certificate and its key are of no use', async () => {
    await refusal({ ...ours, key: strangers.key, ca: theirs.cert }, 'CREDENTIALS');
    await refusal({ ...trusted(), cert: 'no certificate' }, 'CREDENTIALS');
    await refusal({ ...trusted(), ownPin: pins()[0] ?? '' }, 'CREDENTIALS');
  });

  // As Node and OpenSSL put it; which of them comes first hangs on who closes the connection.
  const ALERTS = [
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tlsv13 alert certificate required'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'tlsv1 alert unknown ca'],
    ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', 'ssl/tls alert handshake failure'],
    ['EPROTO', 'write EPROTO SSL routines:ssl3_read_bytes:ssl/tls alert bad certificate'],
  ] as const;
  for (const [code, text] of ALERTS) {
    it(`holds where it says that it refuses our certificate: ${code}`, () => {
      const failure = failureOfTls(Object.assign(new Error(text), { code }), 'idp.example');
      assert.ok(failure instanceof Failure);
      assert.deepEqual([failure.code, failure.recovery], ['CREDENTIALS', 'hold']);
    });
  }

  it('is told nothing where it is not who it should be: by its issuer, its key or its name', async () => {
    await refusal({ ...ours, ca: strangers.cert, pins: pins() }, 'CERTIFICATE_UNKNOWN');
    await refusal({ ...trusted(), pins: [pinOf(ours.cert) ?? ''] }, 'CERTIFICATE_UNKNOWN');
    await refusal({ ...ours, ca: theirs.cert }, 'CERTIFICATE_UNKNOWN');
    await refusal(ours, 'CERTIFICATE_UNKNOWN');
  });

  it('stops when the signal fires', async () => {
    const signal = AbortSignal.abort(new Error('stop'));
    await assert.rejects(fetchOverTls(trusted())(address, { signal }), /stop/);
  });
});
