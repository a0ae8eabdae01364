import { tmpdir } from 'node:os';
import {
  answerOf,
  HeldObjects,
  type SimulatedAnswer,
  type SimulatedRequest,
  type Simulator,
  startSimulator,
  testContext,
} from 'skolnav/testing';
import type { Json, JsonObject } from '../../core/plugin.ts';
import { Ss12000Api } from './served/api.ts';

/** A provider of SS 12000 2.1.0: the one that we serve to clients, over what a test puts there. */
export class SimulatedProvider {
  readonly #held: HeldObjects;
  readonly #api: Ss12000Api;
  #kept: Json = null;

  constructor(now: () => number) {
    this.#held = new HeldObjects(now);
    const kept = {
      read: async () => this.#kept,
      change: async (make: (kept: Json) => Json) => {
        this.#kept = make(this.#kept);
      },
    };
    // The standard leaves the form of a page token to the provider.
    const seal = (value: Json) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const context = { ...testContext(tmpdir()), now, objects: this.#held, kept, seal, unseal };
    this.#api = new Ss12000Api(context, []);
  }

  /** Puts an entity into a list such as `persons`, in place of the one with the same id. */
  put(list: string, id: string, entity: JsonObject): void {
    this.#held.put(list, id, entity);
  }

  /** Removes an entity; `forgotten`: without a word in the list of what was deleted. */
  remove(list: string, id: string, forgotten = false): void {
    this.#held.remove(list, id, forgotten);
  }

  answer(request: SimulatedRequest): Promise<SimulatedAnswer> {
    return answerOf(this.#api, request);
  }
}

function unseal(text: string): Json {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

/** A provider that has been started, and the service in front of it. */
export interface Ss12000Simulator extends Simulator {
  /** Base of the service. */
  readonly url: string;
  readonly provider: SimulatedProvider;
}

/**
 * Starts a provider on a free loopback port. `fill` puts there what it has, before its first answer:
 * whom nobody asks need not make a city.
 */
export async function startSs12000(
  now: () => number = Date.now,
  fill: (provider: SimulatedProvider) => Promise<void> = async () => undefined,
): Promise<Ss12000Simulator> {
  const provider = new SimulatedProvider(now);
  let filled: Promise<void> | null = null;
  const simulator = await startSimulator(async (request) => {
    filled ??= fill(provider);
    await filled;
    return provider.answer(request);
  });
  return { ...simulator, url: `${simulator.origin}/v2.0`, provider };
}
