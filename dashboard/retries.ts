import { setTimeout } from 'node:timers/promises';
import type {
  ControlBus,
  GroupRetry,
  Log,
  ObjectName,
  OfPart,
  Retried,
  RetryName,
} from '../core/control/control-bus.ts';
import { Background, type Refusal } from './background.ts';

/** So long a page waits for what it has begun. */
const PATIENCE_MS = 5000;

export interface RetriedGroup extends OfPart {
  readonly target: string;
  readonly code: string;
  readonly objectKind: string;
  readonly until: number;
}

/** Retries of whole groups that pages begin; how they go is kept by the hub. */
export class Retries {
  readonly #background: Background;

  constructor(log: Log) {
    this.#background = new Background('retry', log);
  }

  refusalOf(group: RetryName): Refusal | null {
    const begun = this.#background.of(nameOf(group));
    return begun?.state === 'refused' ? begun : null;
  }

  /** One that has been asked for counts as running before the hub has kept its first step. */
  async of(control: ControlBus, group: RetryName): Promise<GroupRetry | 'begins' | null> {
    const kept = await control.retryOf(group);
    const isOurs = this.#background.of(nameOf(group))?.state === 'running';
    return isOurs && kept?.state !== 'running' ? 'begins' : kept;
  }

  begin(control: ControlBus, group: RetriedGroup, who: string): void {
    this.#run(group, (request) => control.retryGroup({ ...request, who }));
  }

  resume(control: ControlBus, group: RetriedGroup, who: string): void {
    this.#run(group, (request) => control.resumeRetry({ ...request, who }));
  }

  /** Delivers one object; what takes longer than a page may goes on behind it, or is refused. */
  async now(control: ControlBus, object: ObjectName, who: string): Promise<Retried | 'later'> {
    let outcome: Retried | 'later' = 'later';
    const { target, objectKind, key } = object;
    const name = JSON.stringify(['now', target, objectKind, key]);
    const begun = this.#background.begin(name, async (signal) => {
      const request = { ...object, who, signal, onProgress: () => undefined };
      outcome = await control.retryNow(request);
    });
    await Promise.race([begun, setTimeout(PATIENCE_MS, undefined, { ref: false })]);
    return outcome;
  }

  stop(): Promise<void> {
    return this.#background.stop();
  }

  #run(group: RetriedGroup, work: (request: Request) => Promise<unknown>): void {
    this.#background.begin(nameOf(group), (signal) =>
      work({ ...group, onProgress: () => undefined, signal }),
    );
  }
}

type Request = Omit<Parameters<ControlBus['retryGroup']>[0], 'who'>;

function nameOf({ target, code, objectKind, unit, run, place }: RetryName): string {
  return JSON.stringify([target, code, objectKind, unit, run, place]);
}
