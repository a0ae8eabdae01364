import { GenericContainer, getContainerRuntimeClient, Wait } from 'testcontainers';
import type { ServiceMissing } from '../services.ts';

/** The maker's image, unless SKOLNAV_TEST_RABBITMQ_IMAGE names one of the same kind. */
const RABBITMQ = process.env['SKOLNAV_TEST_RABBITMQ_IMAGE'] ?? 'rabbitmq:3.13-alpine';
const AMQP_PORT = 5672;
const START_MS = 120_000;
const NO_DOCKER =
  'no docker daemon answers: start one, or set DOCKER_HOST; SKOLNAV_TEST_CONTAINERS=true insists on it';

/** A real service in a container. */
export interface ContainerService {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts RabbitMQ in a container of its own. Throws what docker says where an image cannot be had;
 * without a daemon it is missing, unless SKOLNAV_TEST_CONTAINERS is `true`: then it throws, too.
 */
export async function startRabbitContainer(): Promise<ContainerService | ServiceMissing> {
  if (!(await hasDocker())) return { missing: NO_DOCKER };
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

async function hasDocker(): Promise<boolean> {
  try {
    await getContainerRuntimeClient();
    return true;
  } catch (cause) {
    if (process.env['SKOLNAV_TEST_CONTAINERS'] === 'true') throw new Error(NO_DOCKER, { cause });
    return false;
  }
}
