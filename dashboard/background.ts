import { Failure, type Log, type Problem } from '../core/control/control-bus.ts';

/** Why something did not begin, or broke off. */
export type Refusal = Pick<Problem, 'code' | 'text' | 'said'>;

/** How what was begun last under a name goes or went. */
export type Begun =
  | { readonly state: 'running' | 'ended' }
  | ({ readonly state: 'refused' } & Refusal);

/** What pages begin and that goes on while they are read: of each name one at a time. */
export class Background {
  /** What it is, for the log. */
  readonly #what: string;
  readonly #log: Log;
  readonly #known = new Map<string, Begun>();
  readonly #running = new Set<Promise<void>>();
  readonly #stop = new AbortController();

  constructor(what: string, log: Log) {
    this.#what = what;
    this.#log = log;
  }

  of(name: string): Begun | null {
    return this.#known.get(name) ?? null;
  }

  /** Resolves when it has ended; at once where it is under way already. */
  async begin(name: string, work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    if (this.of(name)?.state === 'running') return;
    this.#known.set(name, { state: 'running' });
    const running = this.#run(work).then((begun) => {
      this.#known.set(name, begun);
    });
    this.#running.add(running);
    running.finally(() => this.#running.delete(running));
    await running;
  }

  /** What has ended is no longer known. */
  forget(name: string): void {
    if (this.of(name)?.state !== 'running') this.#known.delete(name);
  }

  /** What is under way stops cleanly. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('the dashboard stops'));
    await Promise.all(this.#running);
  }

  async #run(work: (signal: AbortSignal) => Promise<unknown>): Promise<Begun> {
    const { signal } = this.#stop;
    try {
      await work(signal);
      return { state: 'ended' };
    } catch (failure) {
      if (failure instanceof Failure) {
        return { state: 'refused', ...failure.toProblem() };
      }
      if (signal.aborted) return { state: 'refused', code: 'INTERRUPTED', text: '' };
      const kind = failure instanceof Error ? failure.name : '';
      this.#log.error({ kind }, `a ${this.#what} broke off`);
      return { state: 'refused', code: 'DEFECT', text: '' };
    }
  }
}
