import {
  type ControlBus,
  Failure,
  type GroupReport,
  type Log,
} from '../core/control/control-bus.ts';

/** A group that is tried again; its page tells how it goes. */
export type Retry =
  | { readonly state: 'running' }
  | { readonly state: 'ended'; readonly report: GroupReport }
  | { readonly state: 'refused'; readonly code: string; readonly text: string };

export interface RetriedGroup {
  readonly target: string;
  readonly code: string;
  readonly objectKind: string;
  readonly until: number;
}

/** Retries of whole groups go on while pages are read; each group's last one is remembered. */
export class Retries {
  readonly #control: ControlBus;
  readonly #log: Log;
  readonly #known = new Map<string, Retry>();
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(control: ControlBus, log: Log) {
    this.#control = control;
    this.#log = log;
  }

  of(group: Omit<RetriedGroup, 'until'>): Retry | null {
    return this.#known.get(nameOf(group)) ?? null;
  }

  begin(group: RetriedGroup, who: string): void {
    const name = nameOf(group);
    if (this.#known.get(name)?.state === 'running') return;
    this.#known.set(name, { state: 'running' });
    const running = this.#run(group, who).then((retry) => {
      this.#known.set(name, retry);
    });
    this.#running.add(running);
    running.finally(() => this.#running.delete(running));
  }

  /** What is under way stops cleanly. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('the dashboard stops'));
    await Promise.all(this.#running);
  }

  async #run(group: RetriedGroup, who: string): Promise<Retry> {
    const { signal } = this.#stop;
    const request = { ...group, who, onProgress: () => undefined, signal };
    try {
      return { state: 'ended', report: await this.#control.retryGroup(request) };
    } catch (failure) {
      if (failure instanceof Failure) {
        return { state: 'refused', code: failure.code, text: failure.message };
      }
      if (signal.aborted) return { state: 'refused', code: 'INTERRUPTED', text: '' };
      this.#log.error({ kind: failure instanceof Error ? failure.name : '' }, 'a retry broke off');
      return { state: 'refused', code: 'DEFECT', text: '' };
    }
  }
}

function nameOf({ target, code, objectKind }: Omit<RetriedGroup, 'until'>): string {
  return JSON.stringify([target, code, objectKind]);
}
