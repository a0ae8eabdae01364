import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startHangingProxy } from '../../../test/cluster/hanging-proxy.ts';
import { describeBroker } from '../../../test/contract/broker.contract.ts';
import { pending } from '../../../test/pending.ts';
import { type RabbitService, startRabbit } from '../../../test/services/rabbitmq.ts';
import { serviceOrPending } from '../../../test/services.ts';
import type { Broker } from '../broker.ts';
import { RabbitBroker } from './rabbitmq-broker.ts';

const run = promisify(execFile);
const TARGET = 'lms:itslearning';
const ONE_BY_ONE = { batchSize: 1, concurrency: 1 };
const TICKETS = Array.from({ length: 500 }, (_, at) => ({ messageId: `m${at}` }));

describe('RabbitMQ', () => {
  let service: RabbitService;
  before(async function () {
    this.timeout(90_000);
    service = serviceOrPending(this, await startRabbit());
  });
  after(() => service?.stop());

  describeBroker('RabbitMQ', async () => new RabbitBroker(randomUUID(), { url: service.url }));

  describe('with several processes', () => {
    let workspace: string;
    let [one, other]: Broker[] = [];
    beforeEach(() => {
      workspace = randomUUID();
      one = new RabbitBroker(workspace, { url: service.url });
      other = new RabbitBroker(workspace, { url: service.url });
    });
    afterEach(async () => {
      await one?.close();
      await other?.close();
    });

    it('gives a target to one of them, and to the next when that one ends', async () => {
      const got: [string[], string[]] = [[], []];
      const first = await one?.consume(TARGET, collect(got[0]), ONE_BY_ONE);
      const second = await other?.consume(TARGET, collect(got[1]), ONE_BY_ONE);
      await one?.publish(TARGET, TICKETS.slice(0, 20));
      await first?.untilLeft(0, AbortSignal.timeout(10_000));
      await first?.stop();
      await one?.publish(TARGET, TICKETS.slice(20, 30));
      while (got[1].length < 10) await sleep(20);
      await second?.stop();
      assert.deepEqual(
        got.map((ids) => ids.length),
        [20, 10],
      );
    });

    it('keeps nobody waiting for tickets that another process has handled', async () => {
      await one?.publish(TARGET, TICKETS.slice(0, 5));
      const busy = await other?.consume(TARGET, async () => undefined, ONE_BY_ONE);
      const waiting = await one?.consume(TARGET, async () => undefined, ONE_BY_ONE);
      const { signal } = new AbortController();
      await waiting?.untilLeft(0, signal);
      await waiting?.stop();
      await busy?.stop();
    });
  });

  it('is not reached where its connection hangs, and is as soon as it answers again', async () => {
    const { port } = new URL(service.url);
    const proxy = await startHangingProxy(Number(port));
    const url = service.url.replace(`:${port}`, `:${proxy.port}`);
    const broker = new RabbitBroker(randomUUID(), { url });
    try {
      await broker.reach();
      proxy.hang();
      await assert.rejects(broker.reach(), { code: 'BROKER_OUT' });
      proxy.goOn();
      await broker.reach();
    } finally {
      await broker.close();
      await proxy.stop();
    }
  });

  it('says that its disk is full, and takes tickets again when there is room', async function () {
    const { control } = service;
    if (control === null) return pending(this, 'the broker that is named is not ours to fill');
    this.timeout(60_000);
    const broker = new RabbitBroker(randomUUID(), { url: service.url, answerMs: 3000 });
    const leave = (free: string) =>
      run(control.program, ['set_disk_free_limit', free], { env: control.environment });
    try {
      await broker.publish(TARGET, TICKETS.slice(0, 1));
      await leave('900000GB');
      await assert.rejects(broker.publish(TARGET, TICKETS.slice(1, 2)), {
        ...{ code: 'BROKER_OUT', message: /takes no messages: low on disk\. Make room/ },
      });
      await leave('50MB');
      await soon(() => broker.publish(TARGET, TICKETS.slice(2, 3)));
    } finally {
      await broker.close();
    }
  });

  it('loses no ticket when it is killed, tells who consumes, and is found again', async function () {
    const { kill } = service;
    if (kill === null) return pending(this, 'the broker that is named is not ours to kill');
    this.timeout(90_000);
    const broker = new RabbitBroker(randomUUID(), { url: service.url });
    await broker.publish(TARGET, TICKETS);
    const seen = new Set<string>();
    const slow = async (batch: readonly { messageId: string }[]) => {
      await sleep(10);
      for (const { messageId } of batch) seen.add(messageId);
    };
    const dying = await broker.consume(TARGET, slow, ONE_BY_ONE);
    await dying.untilLeft(400, AbortSignal.timeout(10_000));
    await kill();
    const told = await dying.untilLeft(0, AbortSignal.timeout(10_000)).catch(({ code }) => code);
    assert.equal(told, 'BROKER_OUT');
    await dying.stop();
    await assert.rejects(broker.publish(TARGET, TICKETS), { code: 'BROKER_OUT' });
    await service.restart();
    const next = await soon(() => broker.consume(TARGET, slow, { batchSize: 50, concurrency: 1 }));
    while (seen.size < TICKETS.length) await sleep(20);
    await next.stop();
    await broker.close();
  });
});

/** A queue takes a moment after its broker to be there again. */
async function soon<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (failure) {
      if (tries === 100) throw failure;
      await sleep(100);
    }
  }
}

function collect(ids: string[]) {
  return async (batch: readonly { messageId: string }[]) => {
    ids.push(...batch.map(({ messageId }) => messageId));
  };
}
