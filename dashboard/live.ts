import type { ServerResponse } from 'node:http';
import type { ControlBus } from '../core/control/control-bus.ts';

const LOOK_MS = 2000;
/** A night changes something at every look: fifty readers who ask anew each time would slow it. */
const CALM_MS = 30_000;
/** Then the browser asks anew, and its session is looked at again. */
const LONGEST_MS = 5 * 60_000;
const MOST_LISTENERS = 200;

/** Tells open pages that something has changed, and nothing of what it is. */
export class Live {
  readonly #control: ControlBus;
  readonly #listeners = new Set<ServerResponse>();
  #looking: NodeJS.Timeout | null = null;
  /** What was told last, or seen first. */
  #last = '';
  #calmUntil = 0;

  constructor(control: ControlBus) {
    this.#control = control;
  }

  listen(response: ServerResponse): void {
    if (this.#listeners.size >= MOST_LISTENERS) {
      response.writeHead(503).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('retry: 3000\n\n');
    this.#listeners.add(response);
    const over = setTimeout(() => response.end(), LONGEST_MS);
    response.once('close', () => {
      clearTimeout(over);
      this.#listeners.delete(response);
      if (this.#listeners.size === 0) this.stop();
    });
    this.#looking ??= setInterval(() => {
      // A store that fails shows at the pages themselves.
      this.#look().catch(() => undefined);
    }, LOOK_MS);
  }

  stop(): void {
    if (this.#looking !== null) clearInterval(this.#looking);
    this.#looking = null;
    for (const response of this.#listeners) response.end();
  }

  async #look(): Promise<void> {
    const now = JSON.stringify([await this.#control.overview(), await this.#control.underWay()]);
    const isNew = this.#last !== '' && this.#last !== now;
    // What is held back now, the first look after it finds.
    if (isNew && performance.now() < this.#calmUntil) return;
    this.#last = now;
    if (!isNew) return;
    this.#calmUntil = performance.now() + CALM_MS;
    for (const response of this.#listeners) response.write('event: change\ndata:\n\n');
  }
}
