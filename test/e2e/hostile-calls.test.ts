import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { AbsenceApp, type CallAnswer, newSecret } from '../../connectors/events/simulator.ts';
import type { Hub } from '../../core/hub.ts';
import { AbsenceWorld, absencesIn, until } from './absence-world.ts';

const HUGE_BYTES = 100_000_000;
const RUNS = 150;

describe('hostile calls', () => {
  let town: AbsenceWorld;

  before(async () => {
    town = await AbsenceWorld.open();
  });
  after(() => town.close());

  /** While it is served; afterwards nothing may have been kept, and it answers as ever. */
  const attacked = (work: (hub: Hub) => Promise<void>) =>
    town.served(async (hub) => {
      await work(hub);
      assert.equal(await hub.engine.store.inbox.newest('absence'), 0);
      assert.equal(await absencesIn(hub), 0);
      assert.equal((await town.app.call('', { headers: { 'webhook-id': '' } })).status, 401);
    });
  const body = () => JSON.stringify(town.absence('f1'));
  const told = ({ status, body: text }: CallAnswer) => [status, text];
  const appAt = (path: string, secret = town.secret) =>
    new AbsenceApp({
      url: `http://127.0.0.1:${town.port}${path}`,
      secret,
      now: () => town.world.now,
    });
  const refusal = ({ status, body: text }: CallAnswer) => [status, JSON.parse(text).title];
  const titled = ({ body: text }: CallAnswer): string => JSON.parse(text).detail;

  it('learn nothing unless they are signed, not even which modules there are', async () => {
    await attacked(async () => {
      const { app } = town;
      const good = 'v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';
      const answers = await Promise.all([
        appAt('/events/absence', newSecret()).call(body()),
        appAt('/events/nothing').call(body()),
        appAt('/events/register').call(body()),
        app.call(body(), { headers: { 'webhook-signature': '' } }),
        app.call(body(), { headers: { 'webhook-signature': good } }),
        app.call(body(), { headers: { 'webhook-signature': `${good} `.repeat(200) } }),
        app.call(body(), { headers: { 'webhook-id': 'another' } }),
        app.call(body(), { headers: { 'webhook-timestamp': '1788000000' } }),
        app.call(body(), { headers: { 'webhook-timestamp': 'now' } }),
        app.call(body(), { headers: { 'webhook-id': '19'.repeat(70) } }),
        app.call('not what was signed', { headers: { 'webhook-signature': `v1,${good}` } }),
      ]);
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([401]));
      assert.equal(new Set(answers.map((answer) => String(told(answer)))).size, 1);
    });
  });

  it('may not be replayed: neither from another time, nor with another body', async () => {
    await attacked(async () => {
      for (const clockAheadMs of [-301_000, 302_000, -86_400_000]) {
        const answer = await town.app.call(body(), { clockAheadMs });
        assert.deepEqual(refusal(answer), [401, 'EVENT_UNSIGNED']);
        assert.match(titled(answer), /more than 300 seconds from our clock/);
      }
    });
  });

  it('of 100 MB are refused, whether they say so or not, without being read', async () => {
    await attacked(async () => {
      const before = process.memoryUsage().rss;
      const said = await rawCall(
        `POST /events/absence HTTP/1.1\r\nhost: x\r\ncontent-length: ${HUGE_BYTES}\r\n\r\n`,
        (socket) => pour(socket, 3_000_000),
      );
      assert.match(said, /^HTTP\/1.1 413 [\s\S]*more than 1000000 bytes/);
      const unsaid = await rawCall(
        'POST /events/absence HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n',
        (socket) => pour(socket, HUGE_BYTES, true),
      );
      assert.match(unsaid, /^HTTP\/1.1 413 /);
      const grown = process.memoryUsage().rss - before;
      assert.ok(grown < HUGE_BYTES, `${grown} bytes more`);
    });
  });

  it('that drip are hung up on, and keep nobody else waiting', async () => {
    await attacked(async () => {
      const startedAt = performance.now();
      const slow = Array.from({ length: 20 }, () =>
        rawCall(
          'POST /events/absence HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n',
          async (socket) => {
            while (!socket.destroyed && performance.now() - startedAt < 10_000) {
              socket.write(' ');
              await sleep(200);
            }
          },
        ),
      );
      const quick = await town.app.call('{');
      assert.equal(quick.status, 422);
      await Promise.all(slow);
      assert.ok(performance.now() - startedAt < 8500, 'they were hung up on within seconds');
    });
  }).timeout(30_000);

  it('with signed nonsense are told what is wrong, and never what they held', async () => {
    await attacked(async () => {
      const secretText = '19121212-1212';
      const deep = '['.repeat(400_000) + ']'.repeat(400_000);
      const bodies: readonly (readonly [string | Uint8Array, RegExp])[] = [
        ['', /no JSON/],
        ['{', /no JSON/],
        [deep, /nests deeper than 20/],
        [`{"id":${deep}}`, /nests deeper than 20/],
        [`${'{"a":'.repeat(30)}1${'}'.repeat(30)}`, /nests deeper/],
        [Buffer.from([0xff, 0xfe, 0x7b, 0x7d]), /no JSON in UTF-8/],
        [`\ufeff${body()}`, /no JSON/],
        ['[]', /no record/],
        ['null', /record 1 is no object/],
        [`["${secretText}"]`, /record 1 is no object/],
        [`{"id":"${secretText}"}`, /record 1: elev is missing/],
        [JSON.stringify({ ...town.absence('f1'), id: '' }), /id is empty/],
        [JSON.stringify({ ...town.absence('f1'), id: 'x'.repeat(300) }), /longer than 200/],
        [JSON.stringify({ ...town.absence('f1'), andrad: secretText }), /andrad is no moment/],
        [JSON.stringify({ ...town.absence('f1'), andrad: '2099-01-01T00:00:00Z' }), /yet to come/],
        [JSON.stringify({ ...town.absence('f1'), status: secretText }), /status does not fit/],
        [JSON.stringify(Array(1001).fill(town.absence('f1'))), /more than 1000 records/],
      ];
      for (const [sent, expected] of bodies) {
        const answer = await town.app.call(sent);
        assert.deepEqual(refusal(answer), [422, 'EVENT_MALFORMED'], String(expected));
        assert.match(titled(answer), expected);
        assert.ok(!answer.body.includes(secretText));
      }
      const prototype = `{"__proto__":{"id":"x"},"constructor":1,${body().slice(1)}`;
      const odd = await town.app.call(prototype.replace('"status":"gallande"', '"status":"x"'));
      assert.equal(odd.status, 422);
    });
  });

  it('of another type, method or path are refused', async () => {
    await attacked(async () => {
      for (const type of ['text/plain', 'application/xml', 'application/json; charset=latin1']) {
        const answer = await town.app.call(body(), { headers: { 'content-type': type } });
        assert.equal(answer.status, 415, type);
      }
      const packed = await town.app.call(body(), { headers: { 'content-encoding': 'gzip' } });
      assert.equal(packed.status, 415);
      assert.equal((await appAt('/events/absence/other').call(body())).status, 404);
      const tricks = ['/events/../events/absence/x/y', '/events/%61bsence', '/events/absence?x=1'];
      const more = [
        '/events/absence/../../doorbell/absence',
        '/events//absence',
        '/EVENTS/absence',
      ];
      for (const path of [...tricks, ...more, '/', '/events', '/events/absence%00']) {
        const said = await rawCall(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n`);
        assert.match(said, /^HTTP\/1.1 401 /, path);
      }
      for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
        const said = await rawCall(`${method} /events/absence HTTP/1.1\r\nhost: x\r\n\r\n`);
        assert.match(said, /^HTTP\/1.1 405 /, method);
      }
      const smuggled = await rawCall(
        'POST /events/absence HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      );
      assert.match(smuggled, /^HTTP\/1.1 400 /);
    });
  });

  it(`keep nothing, whatever is sent with a good signature (${RUNS} bodies)`, async () => {
    await attacked(async () => {
      const json = fc.json({ maxDepth: 6 });
      const bytes = fc.uint8Array({ maxLength: 400 }).map((one) => Buffer.from(one));
      await fc.assert(
        fc.asyncProperty(fc.oneof(json, bytes), async (sent) => {
          const answer = await town.app.call(sent);
          assert.deepEqual(refusal(answer), [422, 'EVENT_MALFORMED']);
        }),
        { numRuns: RUNS },
      );
    });
  });

  it('keep out nobody who calls rightly, however many come at once', async () => {
    await town.served(async () => {
      const wrong = appAt('/events/absence', newSecret());
      const noise = Array.from({ length: 80 }, () => wrong.call(randomBytes(1000)));
      assert.equal((await town.app.sendUntilTaken(town.absence('f1'))).status, 202);
      await Promise.all(noise);
      await until(async () => (await town.told()).length === 1);
    });
  });

  /** Writes what stands there, whatever it is, and answers all that came back. */
  async function rawCall(
    head: string,
    go: (socket: Socket) => Promise<void> = async () => undefined,
  ): Promise<string> {
    const socket = connect(town.port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
    // Whoever is hung up on while they write hears of it so.
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(head);
    await go(socket);
    const given = sleep(3000).then(() => socket.destroy());
    await Promise.race([closed, given]);
    return Buffer.concat(chunks).toString('utf8');
  }
});

/** Sends zeroes as long as anybody takes them. */
async function pour(socket: Socket, bytes: number, isChunked = false): Promise<void> {
  const chunk = Buffer.alloc(64_000);
  for (let sent = 0; sent < bytes && !socket.destroyed; sent += chunk.length) {
    if (isChunked) socket.write(`${chunk.length.toString(16)}\r\n`);
    const isTaken = socket.write(chunk);
    if (isChunked) socket.write('\r\n');
    if (!isTaken) {
      await Promise.race([
        new Promise((resolve) => socket.once('drain', resolve)),
        new Promise((resolve) => socket.once('close', resolve)),
      ]);
    }
  }
}
