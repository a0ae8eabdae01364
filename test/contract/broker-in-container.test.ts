import { randomUUID } from 'node:crypto';
import { RabbitBroker } from '../../core/broker/rabbitmq/rabbitmq-broker.ts';
import { pending } from '../pending.ts';
import { type ContainerService, startRabbitContainer } from '../services/containers.ts';
import { describeBroker } from './broker.contract.ts';

describe('RabbitMQ as its users run it, in a container', () => {
  let service: ContainerService | undefined;
  before(async function () {
    this.timeout(180_000);
    const found = await startRabbitContainer();
    // Docker is one of three ways to the same server: without it nothing is untested, even in CI.
    if ('missing' in found) return pending(this, found.missing);
    service = found;
  });
  after(() => service?.stop());

  describeBroker('RabbitMQ in a container', async () => {
    return new RabbitBroker(randomUUID(), { url: service?.url ?? '' });
  });
});
