import assert from 'node:assert/strict';
import type { ConnectorContext, InboxDelivery, Refusal } from '../../core/plugin.ts';
import { testContext } from '../../test/contract/testing.ts';
import type { EventLayout, Options } from './options.ts';
import { EventReading } from './reading.ts';
import { EventReceiver } from './receiver.ts';
import { keyOf, signatureOf } from './signature.ts';
import { newSecret } from './simulator.ts';

const NOW = Date.parse('2026-09-01T05:40:00Z');
const SECRET = newSecret();
const COLUMNS = [
  { name: 'id', required: true },
  { name: 'at', path: 'meta.changed' },
  { name: 'tags', all: true },
  { name: 'state' },
  { name: 'reason', drop: true, reason: 'nobody needs it' },
] as const;
const LAYOUT: EventLayout = {
  streams: {
    absence: {
      ...{ format: 'json', file: 'a.json', mode: 'delta', columns: COLUMNS },
      deleted: { column: 'state', value: 'gone' },
    },
    presence: { format: 'json', file: 'b.json', mode: 'delta', columns: COLUMNS },
  },
};

describe('a receiver of events', () => {
  const receiverOf = (layout: EventLayout, more: Partial<Options> = {}) => {
    const options = { layout: 'town', key: 'id', maxBytes: 1000, maxRecords: 3, ...more };
    const webhook = { secret: SECRET, toleranceSeconds: 300 };
    const context = { ...testContext(''), now: () => NOW, options: { webhook, ...options } };
    // SAFETY: it speaks to no service of its own.
    return new EventReceiver(layout, context as unknown as ConnectorContext<Options>);
  };
  const call = async (
    path: string,
    value: unknown,
    layout = LAYOUT,
    more: Partial<Options> = {},
  ): Promise<InboxDelivery | Refusal> => {
    const body = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
    const timestamp = String(NOW / 1000);
    const headers = {
      ...{ 'webhook-id': 'm1', 'webhook-timestamp': timestamp },
      'webhook-signature': signatureOf(keyOf(SECRET), 'm1', timestamp, body),
      'content-type': 'application/json',
    };
    const received = await receiverOf(layout, more).receive?.({ path, headers, body });
    assert.ok(received !== undefined);
    return received;
  };
  const eventsOf = (received: InboxDelivery | Refusal) => {
    assert.ok('events' in received, 'status' in received ? received.failure.message : '');
    return received.events;
  };
  const statusOf = (received: InboxDelivery | Refusal) => {
    assert.ok('status' in received);
    return received.status;
  };

  it('makes of each record an event, with what its layout reads of it and nothing else', async () => {
    const value = { id: 'a1', meta: { changed: 'x' }, tags: ['t'], reason: 'ill', more: 1 };
    const [one, two] = eventsOf(await call('absence', [value, { id: 'a2', state: 'gone' }]));
    assert.deepEqual(one, {
      ...{ key: 'absence a1', at: NOW },
      content: {
        ...{ stream: 'absence', operation: 'upsert' },
        value: { id: 'a1', at: 'x', tags: ['t'], state: '' },
      },
    });
    assert.equal(two?.content['operation'], 'delete');
  });

  it('reads the stream that the address names, the only one where it names none', async () => {
    const [event] = eventsOf(await call('presence', { id: 'a1' }));
    assert.equal(event?.key, 'presence a1');
    assert.equal(statusOf(await call('', { id: 'a1' })), 404);
    assert.equal(statusOf(await call('absences', { id: 'a1' })), 404);
    const { absence } = LAYOUT.streams;
    assert.ok(absence !== undefined);
    const [only] = eventsOf(await call('', { id: 'a1' }, { streams: { absence } }));
    assert.equal(only?.key, 'absence a1');
  });

  it("takes the sender's moment where the options name its column, whatever its zone", async () => {
    const at = async (changed: string) =>
      call('absence', { id: 'a1', meta: { changed } }, LAYOUT, { changed: 'at' });
    const [event] = eventsOf(await at('2026-09-01T07:39:00.5+02:00'));
    assert.equal(event?.at, NOW - 59_500);
    assert.equal(eventsOf(await at('2026-09-01T05:44:59Z')).length, 1, 'clocks differ');
    const wrong = ['2026-09-01T05:45:01Z', '2026-09-01', '2026-13-01T00:00:00Z', 'now', ''];
    for (const changed of wrong) assert.equal(statusOf(await at(changed)), 422, changed);
  });

  it('takes so many records and no more', async () => {
    assert.equal(eventsOf(await call('absence', Array(3).fill({ id: 'a' }))).length, 3);
    assert.equal(statusOf(await call('absence', Array(4).fill({ id: 'a' }))), 422);
  });

  it('reads of a list what can be read, and says of each of the others why it cannot', async () => {
    const options = { layout: 'town', key: 'id', maxBytes: 1000, maxRecords: 9, changed: 'at' };
    const reading = new EventReading(LAYOUT, options);
    const at = (id: unknown, changed = '2026-09-01T05:40:00Z') => ({ id, meta: { changed } });
    const records = [at('a'), at([3]), at(''), at('b', 'now'), at('c')];
    const body = Buffer.from(JSON.stringify(records));
    const sending = { now: NOW, toleranceMs: 0 };
    const { events, refused } = await reading.read('absence', body, sending);
    assert.deepEqual(
      events.map(({ key }) => key),
      ['absence a', 'absence c'],
    );
    const told = refused.map(({ message }) => message.slice(0, 12)).sort();
    assert.deepEqual(told, ['record 2: id', 'record 3: id', 'record 4: at']);
    assert.equal(statusOf(await call('absence', [at('a'), at([3])])), 422, 'a call is mended');
  });

  it('does not guess where a record has a name twice, and keeps ids of many digits apart', async () => {
    assert.equal(statusOf(await call('absence', '{"id":"a1","id":"a2"}')), 422);
    const long = await call('absence', '[{"id":9007199254740993},{"id":9007199254740992}]');
    assert.deepEqual(
      eventsOf(long).map(({ key }) => key),
      ['absence 9007199254740993', 'absence 9007199254740992'],
    );
  });
});
