import assert from 'node:assert/strict';
import type { WorkerState } from '../../core/control/control-bus.ts';
import type { Hub } from '../../core/hub.ts';
import { type Form, raiseForm } from '../../core/run/form.ts';
import { underLease } from '../../core/run/leases/lease.ts';
import { copyMongoStore } from '../../core/store/mongodb/copy.ts';
import { Evening, IS_COMPLETE, type Night, targetsOf } from '../crash/crash-world.ts';
import { World } from '../e2e/world.ts';
import { type ClusterServices, placeOn } from '../services/cluster.ts';
import { Crew, until } from './crew.ts';
import { hubState } from './end-state.ts';
import { imsObjects, startWatchingProxy, type WatchingProxy } from './watching-proxy.ts';

const FLOWS = ['collaboration', 'identity', 'lms'];
const TARGETS = ['identity:scim', 'lms:itslearning'];
/** Started before the scheduler; `npm test` has fewer. */
export const WORKERS = IS_COMPLETE ? 3 : 2;
/** So slow is each call to a target that a night has a middle. */
const CALL_MS = 15;
/** A night that is not over by then waits for somebody who is thought dead, or was put off. */
const AGAIN_MS = 15_000;
/** Longer than deliveries last that a newer version waits for. */
const NEWER_MS = 60_000;

/** The evening before a night on a cluster, when every flow is due; nights are copies of it. */
export class ClusterEvening {
  readonly #evening: Evening;
  /** After all that was done before: a clock that went back would take it for this night's. */
  readonly #at: number;

  private constructor(evening: Evening) {
    this.#evening = evening;
    this.#at = evening.world.now + 60_000;
  }

  static async before(night: Night, services: ClusterServices): Promise<ClusterEvening> {
    const evening = await Evening.before(night, () => World.openOn(placeOn(services)));
    await evening.world.withHub(async ({ engine: { store } }) => {
      for (const flow of FLOWS) await store.putValue(`turn ${flow}`, '2026-08-31T02:00');
    });
    return new ClusterEvening(evening);
  }

  async copy(): Promise<World> {
    const world = await this.#evening.copy();
    world.now = this.#at;
    const [from, to] = [this.#evening.world, world].map(
      ({ environment }) => environment['STORE_URL'] ?? '',
    );
    await copyMongoStore({ url: from ?? '' }, new URL(to ?? '').pathname.slice(1));
    return world;
  }

  close(): Promise<void> {
    return this.#evening.close();
  }
}

/** One night of some workers and a scheduler, which somebody may disturb. */
export class ClusterNight {
  readonly world: World;
  readonly crew: Crew;
  readonly #hub: Hub;
  readonly #watches: readonly WatchingProxy[];
  #jumped = 0;

  private constructor(world: World, hub: Hub, watches: readonly WatchingProxy[]) {
    this.world = world;
    this.crew = new Crew(world, true);
    this.#hub = hub;
    this.#watches = watches;
  }

  /** Does something in a night that has been opened, and closes it. */
  static async in<T>(evening: ClusterEvening, work: (night: ClusterNight) => Promise<T>) {
    const world = await evening.copy();
    const watches = [
      await startWatchingProxy(world.identity.url, CALL_MS),
      await startWatchingProxy(world.lms.url, CALL_MS, imsObjects),
    ];
    const [identity, lms] = watches;
    Object.assign(world.environment, { IDENTITY_URL: identity?.url, LMS_URL: lms?.url });
    try {
      return await world.withHub(async (hub): Promise<T> => {
        const night = new ClusterNight(world, hub, watches);
        // RabbitMQ 3.10 forgets how to reach a queue that it made in the second before its death.
        for (const target of TARGETS) await hub.engine.broker.publish(target, []);
        try {
          return await work(night);
        } finally {
          await night.crew.kill();
        }
      });
    } finally {
      for (const watch of watches) await watch.stop();
      await world.close();
    }
  }

  /** Starts the workers, and then a scheduler. Who has stopped may never say that it is there. */
  async start(environments: readonly Readonly<Record<string, string>>[] = []): Promise<void> {
    const { store } = this.#hub.engine;
    const here = () => store.runs.workers().catch(() => []);
    const isHere = async () => {
      const owners = (await here()).map(({ owner }) => Number(owner.split('/')[1]));
      return workers.every((pid) => owners.includes(pid) || this.crew.isAtStep(pid)) || null;
    };
    const workers = Array.from({ length: WORKERS }, (_, at) =>
      this.crew.start('worker', environments[at] ?? {}),
    );
    await until('all are there', isHere);
    this.crew.start('scheduler', environments[WORKERS] ?? {});
  }

  /** Starts what is missing for the night to go on; who is stopped is no help. */
  goOn(but?: number): void {
    const roles = this.crew.roles(but);
    for (const role of ['worker', 'scheduler'] as const) {
      if (!roles.has(role)) this.crew.start(role);
    }
  }

  /** Who is there, as everybody is told. */
  workers(): Promise<readonly WorkerState[]> {
    return this.#hub.control.workers();
  }

  /** Lets a version that writes another form come, as one does, and go again with `null`. */
  async comeNewer(form: Form | null): Promise<void> {
    const { engine } = this.#hub;
    const { store } = engine;
    if (form === null) return store.putValue('form', null);
    const { signal } = new AbortController();
    await underLease(engine, { signal }, () => raiseForm(store, form), NEWER_MS);
  }

  /** Does all that is to be done, without workers. */
  async alone(): Promise<void> {
    const { signal } = new AbortController();
    const request = { flow: null, deliver: true, signal, patienceMs: 2000 };
    await this.#hub.control.sync({ ...request, onProgress: () => undefined });
  }

  /** The clocks of all, or of all but one, jump: who has a lease and is silent has it no more. */
  jump(but?: number): void {
    this.#jumped += this.crew.jump(but);
  }

  /** Until every flow has had its turn; who waits in vain is helped by the clock. */
  async over(but?: number): Promise<void> {
    const { store } = this.#hub.engine;
    let helpAt = performance.now() + AGAIN_MS;
    await until('the night is over', async () => {
      if (performance.now() > helpAt) {
        this.jump(but);
        helpAt = performance.now() + AGAIN_MS;
      }
      const turns = FLOWS.map((flow) => store.getValue(`turn ${flow}`));
      const done = await Promise.all(turns).catch(() => [null]);
      return done.every((turn) => String(turn) > '2026-09-01') || null;
    });
  }

  async state() {
    const hub = await hubState(this.#hub.engine);
    const { collaboration } = await this.world.picture();
    return { hub, ...targetsOf(this.world), collaboration };
  }

  /** All has ended by itself, no object was told of by two at once, and nothing is left to do. */
  async end(): Promise<void> {
    await this.crew.stop();
    assert.deepEqual(this.crew.failed, [], this.crew.said);
    assert.deepEqual(
      this.#watches.flatMap(({ clashes }) => clashes),
      [],
    );
    this.world.now += this.#jumped + 3_600_000;
    const { signal } = new AbortController();
    const asked = { flow: null, details: 5, reveal: false, who: 'test', signal };
    const plans = await this.#hub.control.plan({ ...asked, onProgress: () => undefined });
    for (const { counts } of plans) {
      assert.deepEqual(counts, { create: 0, update: 0, delete: 0 });
    }
    assert.deepEqual(await this.#hub.control.failures({ limit: 5 }), []);
  }
}
