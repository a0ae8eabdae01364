import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { Receiving } from '../../core/control/serve/receiving.ts';
import type { Hub } from '../../core/hub.ts';
import { pending } from '../pending.ts';
import { type RabbitService, startRabbit } from '../services/rabbitmq.ts';
import { serviceOrPending } from '../services.ts';
import { AbsenceWorld, absencesIn, until } from './absence-world.ts';

describe('absences from a queue of RabbitMQ', () => {
  let service: RabbitService;
  let town: AbsenceWorld;
  let model: ChannelModel;
  let channel: ConfirmChannel;
  let queue: string;

  before(async function () {
    this.timeout(90_000);
    service = serviceOrPending(this, await startRabbit());
  });
  after(() => service?.stop());

  beforeEach(async () => {
    town = await AbsenceWorld.open();
    queue = `absences-${randomUUID()}`;
    town.world.environment['QUEUE_URL'] = service.url;
    await town.world.reconfigure(
      'webhook: {',
      `queue: { name: ${queue}, url: "\${env:QUEUE_URL}" }, webhook: {`,
    );
    await reach();
    await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  });
  afterEach(async () => {
    await model?.close().catch(() => undefined);
    await town?.close();
  });

  const reach = async () => {
    model = await connect(service.url);
    model.on('error', () => undefined);
    channel = await model.createConfirmChannel();
    channel.on('error', () => undefined);
  };
  const put = async (body: unknown, messageId?: string) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    channel.sendToQueue(queue, Buffer.from(text), {
      persistent: true,
      ...(messageId === undefined ? {} : { messageId }),
    });
    await channel.waitForConfirms();
  };
  const left = async () => (await channel.checkQueue(queue)).messageCount;

  it('are at their target in under a second, and acknowledged once they are kept', async () => {
    await town.served(async () => {
      await town.arrivesSoon((id) => put(town.absence(id)));
    });
    assert.equal(await left(), 0);
  });

  it('stay in the queue while the hub is down, and come in their order, each once', async () => {
    for (const at of [1, 2, 3]) await put(town.absence(`f${at}`), `m${at}`);
    await put(town.absence('f1'), 'm1');
    await put([town.absence('f4'), town.absence('f5')]);
    assert.equal(await left(), 5);
    await town.served(async (hub) => {
      await until(async () => (await town.told()).length === 5);
      assert.equal(await absencesIn(hub), 5);
      const known = (await town.app.send(town.absence('f1'), { id: 'm2' })).status;
      assert.equal(known, 409, 'calls and messages have one inbox');
    });
    assert.equal(await left(), 0);
  });

  it('that cannot be read wait for a person, and keep none behind them', async () => {
    await town.served(async (hub) => {
      await put('{', 'broken');
      const odd = { ...town.absence('secret-id'), fran: 'imorgon' };
      await put([town.absence('before'), odd, town.absence('behind')], 'odd');
      await put(`"${'x'.repeat(1_100_000)}"`, 'large');
      await put(town.absence('f1'));
      await until(async () => (await town.told()).length === 3);
      const failures = await hub.control.failures({ limit: 9 });
      const told = failures.map(({ problem }) => `${problem?.code} ${problem?.text}`).sort();
      assert.equal(told.length, 3);
      assert.match(told[0] ?? '', /^RECORD_INVALID broken: the body is no JSON/);
      assert.match(told[1] ?? '', /^RECORD_INVALID large: it has more than 1000000 bytes/);
      assert.match(told[2] ?? '', /^RECORD_INVALID odd: record 2: fran does not fit/);
      assert.ok(!JSON.stringify(failures).includes('imorgon'));
    });
    assert.equal(await left(), 0);
  });

  it('are kept both where one id stands for two', async () => {
    await town.served(async (hub) => {
      await put(town.absence('f1'), 'same');
      await put(town.absence('f2'), 'same');
      await until(async () => (await town.told()).length === 2);
      assert.equal(await absencesIn(hub), 2);
    });
  });

  it('are not acknowledged while the store is out, nor given back', async () => {
    await town.served(async (hub) => {
      const { inbox } = hub.engine.store;
      const keep = inbox.keep.bind(inbox);
      const { TransientFailure } = await import('../../core/failure/failure.ts');
      let refused = 0;
      inbox.keep = async () => {
        refused += 1;
        throw new TransientFailure('STORE_OUT', 'the store: out');
      };
      await put(town.absence('f1'));
      await until(() => refused === 1);
      assert.equal((await town.app.send(town.absence('f2'))).status, 503);
      await sleep(200);
      assert.deepEqual(await town.told(), []);
      inbox.keep = keep;
      await until(async () => (await town.told()).length === 1);
      assert.equal(refused, 2, 'one that was refused of the queue, and the call');
    });
    assert.equal(await left(), 0);
  });

  it('that a process has in hand when it ends come to another one, each once', async () => {
    const { TransientFailure } = await import('../../core/failure/failure.ts');
    const reading = async (hub: Hub) => {
      const receiving = await Receiving.open(hub.engine, true, () => undefined);
      receiving.begin((error) => assert.fail(String(error)));
      return receiving;
    };
    await town.world.withHub(async (one) => {
      let held = 0;
      one.engine.store.inbox.keep = async () => {
        held += 1;
        throw new TransientFailure('STORE_OUT', 'the store: out, for this process');
      };
      const first = await reading(one);
      await until(async () => (await channel.checkQueue(queue)).consumerCount === 1);
      for (let at = 0; at < 8; at++) await put(town.absence(`f${at}`), `m${at}`);
      await until(() => held > 0);
      await town.world.withHub(async (other) => {
        const second = await reading(other);
        await put(town.absence('f8'), 'm8');
        await first.stop();
        await until(async () => {
          const kept = await Array.fromAsync(other.engine.store.inbox.after('absence', 0));
          return kept.flat().length === 9;
        });
        await second.stop();
      });
    });
    assert.equal(await left(), 0);
  });

  it('are read again once the broker is there again, or the queue', async function () {
    const { kill } = service;
    if (kill === null) return pending(this, 'the broker that is named is not ours to kill');
    this.timeout(90_000);
    await put(town.absence('f1'));
    await town.served(async () => {
      await until(async () => (await town.told()).length === 1);
      await kill();
      await service.restart();
      await reach();
      await put(town.absence('f2'));
      await until(async () => (await town.told()).length === 2);
    });
  });

  it('are waited for where the queue is not there, and calls are taken all the same', async () => {
    await channel.deleteQueue(queue);
    await town.served(async (hub: Hub) => {
      assert.equal((await town.app.send(town.absence('f1'))).status, 202);
      await until(async () => (await town.told()).length === 1);
      await sleep(500);
      await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
      await put(town.absence('f2'));
      await until(async () => (await absencesIn(hub)) === 2);
    });
  });
});
