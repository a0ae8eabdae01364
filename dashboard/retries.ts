import {
  type ControlBus,
  Failure,
  type GroupRetry,
  type Log,
  type RetryName,
} from '../core/control/control-bus.ts';

/** Why a retry did not begin, or broke off. */
export interface Refusal {
  readonly code: string;
  readonly text: string;
}

export interface RetriedGroup {
  readonly target: string;
  readonly code: string;
  readonly objectKind: string;
  readonly until: number;
}

/** Retries of whole groups go on while pages are read; how they go is kept by the hub. */
export class Retries {
  readonly #control: ControlBus;
  readonly #log: Log;
  readonly #refused = new Map<string, Refusal>();
  readonly #stop = new AbortController();
  readonly #running = new Map<string, Promise<void>>();

  constructor(control: ControlBus, log: Log) {
    this.#control = control;
    this.#log = log;
  }

  refusalOf(group: RetryName): Refusal | null {
    return this.#refused.get(nameOf(group)) ?? null;
  }

  /** One that has been asked for counts as running before the hub has kept its first step. */
  async of(group: RetryName): Promise<GroupRetry | 'begins' | null> {
    const kept = await this.#control.retryOf(group);
    const isOurs = this.#running.has(nameOf(group));
    return isOurs && kept?.state !== 'running' ? 'begins' : kept;
  }

  begin(group: RetriedGroup, who: string): void {
    this.#run(group, (request) => this.#control.retryGroup({ ...request, who }));
  }

  resume(group: RetriedGroup, who: string): void {
    this.#run(group, (request) => this.#control.resumeRetry({ ...request, who }));
  }

  /** What is under way stops cleanly. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('the dashboard stops'));
    await Promise.all(this.#running.values());
  }

  #run(group: RetriedGroup, work: (request: Request) => Promise<unknown>): void {
    const name = nameOf(group);
    if (this.#running.has(name)) return;
    this.#refused.delete(name);
    const { signal } = this.#stop;
    const request = { ...group, onProgress: () => undefined, signal };
    const running = work(request).then(
      () => undefined,
      (failure: unknown) => this.#refuse(name, failure),
    );
    this.#running.set(
      name,
      running.finally(() => this.#running.delete(name)),
    );
  }

  #refuse(name: string, failure: unknown): void {
    if (this.#stop.signal.aborted) return;
    if (failure instanceof Failure) {
      this.#refused.set(name, { code: failure.code, text: failure.message });
      return;
    }
    this.#log.error({ kind: failure instanceof Error ? failure.name : '' }, 'a retry broke off');
    this.#refused.set(name, { code: 'DEFECT', text: '' });
  }
}

type Request = Omit<Parameters<ControlBus['retryGroup']>[0], 'who'>;

function nameOf({ target, code, objectKind }: RetryName): string {
  return JSON.stringify([target, code, objectKind]);
}
