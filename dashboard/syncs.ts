import { type ControlBus, Failure, type Log } from '../core/control/control-bus.ts';

/** How the last sync that a page has begun went; runs and findings say what came of it. */
export type Begun =
  | { readonly state: 'running' | 'ended' }
  | { readonly state: 'refused'; readonly code: string; readonly text: string };

/** What waits for a target that is out is left to the next turn: somebody watches the page. */
const PATIENCE_MS = 60_000;

/** Flows that a page lets run go on while pages are read; each one's last is remembered. */
export class Syncs {
  readonly #control: ControlBus;
  readonly #log: Log;
  readonly #known = new Map<string, Begun>();
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(control: ControlBus, log: Log) {
    this.#control = control;
    this.#log = log;
  }

  of(flow: string): Begun | null {
    return this.#known.get(flow) ?? null;
  }

  begin(flow: string, who: string): void {
    if (this.of(flow)?.state === 'running') return;
    this.#known.set(flow, { state: 'running' });
    const running = this.#run(flow, who).then((begun) => {
      this.#known.set(flow, begun);
    });
    this.#running.add(running);
    running.finally(() => this.#running.delete(running));
  }

  /** What is under way stops cleanly. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('the dashboard stops'));
    await Promise.all(this.#running);
  }

  async #run(flow: string, who: string): Promise<Begun> {
    const { signal } = this.#stop;
    const request = { flow, who, deliver: true, onProgress: () => undefined, signal };
    try {
      await this.#control.sync({ ...request, patienceMs: PATIENCE_MS });
      return { state: 'ended' };
    } catch (failure) {
      if (failure instanceof Failure) {
        return { state: 'refused', code: failure.code, text: failure.message };
      }
      if (signal.aborted) return { state: 'refused', code: 'INTERRUPTED', text: '' };
      this.#log.error({ kind: failure instanceof Error ? failure.name : '' }, 'a sync broke off');
      return { state: 'refused', code: 'DEFECT', text: '' };
    }
  }
}
