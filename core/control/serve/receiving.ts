import type { Receiver } from '../../connector/connector.ts';
import { Failure, HeldFailure } from '../../failure/failure.ts';
import type { Engine } from '../../run/engine.ts';
import type { InboxDelivery } from '../../store/inbox-store.ts';
import type { EventDoor } from '../../transport/event-calls.ts';

/** A queue that is not reached is asked again after so long, and each time after twice as long. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Takes what systems send by themselves, keeps it before anybody is told that it has come, and
 * then says which module has news.
 */
export class Receiving implements EventDoor {
  readonly #engine: Engine;
  readonly #receivers: ReadonlyMap<string, Receiver>;
  readonly #onNews: (module: string) => void;
  readonly #stop = new AbortController();
  #queues: readonly Promise<void>[] = [];

  private constructor(
    engine: Engine,
    receivers: ReadonlyMap<string, Receiver>,
    onNews: (module: string) => void,
  ) {
    this.#engine = engine;
    this.#receivers = receivers;
    this.#onNews = onNews;
  }

  /**
   * Opens the receivers of all modules that flows read, where this process hears what comes. Throws
   * CONFIG_INVALID, SECRET_MISSING.
   */
  static async open(
    engine: Engine,
    hears: boolean,
    onNews: (module: string) => void,
  ): Promise<Receiving> {
    const { flows, config } = engine.workspace;
    const receivers = new Map<string, Receiver>();
    for (const module of new Set(hears ? flows.flatMap(({ from }) => from) : [])) {
      const receiver = await engine.openReceiver(module);
      if (receiver === null) continue;
      receivers.set(module, receiver);
      if (receiver.receive === undefined || config.doorbell !== null) continue;
      const hint = 'Say in config/hub.yaml where: doorbell: { port: 8765 }.';
      const text = `module "${module}" is to be called, and nobody listens`;
      throw new HeldFailure('CONFIG_INVALID', text, { hint });
    }
    return new Receiving(engine, receivers, onNews);
  }

  /** Those that may have news that nobody has looked at: whoever kept them may have been killed. */
  get modules(): readonly string[] {
    return [...this.#receivers.keys()];
  }

  /** Those whose systems call. */
  get called(): readonly string[] {
    return this.modules.filter((module) => this.receiverOf(module)?.receive !== undefined);
  }

  receiverOf(module: string): Receiver | undefined {
    return this.#receivers.get(module);
  }

  async keep(module: string, delivery: InboxDelivery): Promise<boolean> {
    const { store, now } = this.#engine;
    const isKept = await store.inbox.keep(module, delivery, now());
    if (isKept) this.#onNews(module);
    return isKept;
  }

  onRefused(module: string, { code }: Failure): void {
    this.#engine.log.warn({ module, code }, 'a call was refused');
  }

  /** Reads the queues until it is stopped. `onDefect` hears what should never be thrown. */
  begin(onDefect: (error: unknown) => void): void {
    this.#queues = [...this.#receivers].flatMap(([module, receiver]) => {
      if (receiver.consume === undefined) return [];
      return [this.#consume(module, receiver.consume.bind(receiver)).catch(onDefect)];
    });
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    await Promise.all(this.#queues);
  }

  async #consume(module: string, consume: NonNullable<Receiver['consume']>): Promise<void> {
    const { signal } = this.#stop;
    const keep = (delivery: InboxDelivery) => this.#keepAtLast(module, delivery);
    try {
      await this.#untilItGoes(module, () => consume(keep, signal));
    } catch (failure) {
      if (!signal.aborted) throw failure;
    }
  }

  /**
   * A message is not given back while the store is out: a broker counts how often it has handed one
   * out, and drops it in the end. Where its id was used for another, both are kept, since nobody
   * can be told.
   */
  async #keepAtLast(module: string, delivery: InboxDelivery): Promise<void> {
    await this.#untilItGoes(module, async () => {
      if (await this.keep(module, delivery)) return;
      this.#engine.log.warn({ module, code: 'EVENT_REUSED' }, 'an id was used again');
      await this.keep(module, { ...delivery, id: `${delivery.id} ${delivery.digest}` });
    });
  }

  async #untilItGoes(module: string, work: () => Promise<void>): Promise<void> {
    const { signal } = this.#stop;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        await work();
        return;
      } catch (failure) {
        if (signal.aborted || !(failure instanceof Failure)) throw failure;
        this.#engine.log.warn({ module, code: failure.code }, 'events wait');
        await this.#engine.sleep(pauseMs, signal);
      }
    }
  }
}
