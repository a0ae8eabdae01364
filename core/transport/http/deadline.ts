/** Fires where nothing has renewed it in time. */
export class Deadline {
  readonly #ms: number;
  readonly #late = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number) {
    this.#ms = ms;
  }

  get signal(): AbortSignal {
    return this.#late.signal;
  }

  renew(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#late.abort(), this.#ms).unref();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
