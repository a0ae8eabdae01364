import { GenericContainer, getContainerRuntimeClient, ImageName, Wait } from 'testcontainers';
import type { ServiceMissing } from '../services.ts';

/** The maker's image, unless SKOLNAV_TEST_RABBITMQ_IMAGE names one of the same kind. */
const RABBITMQ = process.env['SKOLNAV_TEST_RABBITMQ_IMAGE'] ?? 'rabbitmq:3.13-alpine';
const AMQP_PORT = 5672;
const START_MS = 120_000;

/** A real service in a container. */
export interface ContainerService {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts RabbitMQ in a container of its own. Without a docker daemon, or an image for it, the
 * service is missing; where SKOLNAV_TEST_CONTAINERS is `true`, it throws instead.
 */
export async function startRabbitContainer(): Promise<ContainerService | ServiceMissing> {
  const missing = await whatIsMissing(RABBITMQ);
  if (missing !== null) {
    if (process.env['SKOLNAV_TEST_CONTAINERS'] === 'true') throw new Error(missing);
    return { missing };
  }
  const container = await new GenericContainer(RABBITMQ)
    .withExposedPorts(AMQP_PORT)
    .withWaitStrategy(Wait.forLogMessage(/Server startup complete/))
    .withStartupTimeout(START_MS)
    .start();
  const [host, port] = [container.getHost(), container.getMappedPort(AMQP_PORT)];
  return {
    url: `amqp://guest:guest@${host}:${port}`,
    stop: async () => void (await container.stop()),
  };
}

async function whatIsMissing(image: string): Promise<string | null> {
  const client = await getContainerRuntimeClient().catch(() => null);
  if (client === null) return 'no docker daemon answers: start one, or set DOCKER_HOST';
  const name = ImageName.fromString(image);
  // A pull that fails can end without a word.
  await client.image.pull(name).catch(() => undefined);
  const isThere = await client.image.exists(name);
  return isThere ? null : `docker has no image ${image}, and gets none: docker pull ${image}`;
}
