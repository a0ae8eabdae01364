import { randomUUID } from 'node:crypto';
import type {
  ControlBus,
  Log,
  MappingTestResult,
  MappingTrial,
  Progress,
} from '../core/control/control-bus.ts';
import { Background, type Begun } from './background.ts';

/** Texts are kept here alone: few of them, and the oldest goes first. */
const MOST_KEPT = 10;

/** What another text of a mapping would change, as far as that is known. */
export interface Trial {
  readonly id: string;
  readonly file: string;
  readonly text: string;
  readonly who: string;
  /** Those of its own tests that do not pass. */
  readonly failed: readonly MappingTestResult[];
  /** What it is doing now; null before the first step. */
  readonly step: Progress | null;
  /** Null until it has ended. */
  readonly outcome: MappingTrial | null;
}

/** Trials of mappings that pages begin: one at a time, since each plans whole flows. */
export class Trials {
  readonly #background: Background;
  readonly #kept = new Map<string, Trial>();

  constructor(log: Log) {
    this.#background = new Background('trial', log);
  }

  /** Null where there is none, or it is another person's. */
  of(id: string, who: string): { readonly trial: Trial; readonly begun: Begun } | null {
    const trial = this.#kept.get(id);
    const begun = this.#background.of(id);
    return trial === undefined || begun === null || trial.who !== who ? null : { trial, begun };
  }

  /** The new one's id; null while another is under way. */
  begin(
    control: ControlBus,
    given: Pick<Trial, 'file' | 'text' | 'who' | 'failed'>,
    reveal: boolean,
  ): string | null {
    const isBusy = [...this.#kept.keys()].some((one) => this.#isRunning(one));
    if (isBusy) return null;
    const id = randomUUID();
    this.#keep({ ...given, id, step: null, outcome: null });
    const onProgress = (step: Progress) => this.#note(id, { step });
    this.#background.begin(id, async (signal) => {
      const { file, text, who } = given;
      const request = { file, text, who, reveal, onProgress, signal };
      const outcome = await control.tryMapping(request);
      this.#note(id, { outcome });
    });
    return id;
  }

  stop(): Promise<void> {
    return this.#background.stop();
  }

  #isRunning(id: string): boolean {
    return this.#background.of(id)?.state === 'running';
  }

  #keep(trial: Trial): void {
    this.#kept.set(trial.id, trial);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size <= MOST_KEPT || oldest === undefined) return;
    this.#kept.delete(oldest);
    this.#background.forget(oldest);
  }

  #note(id: string, what: Partial<Pick<Trial, 'step' | 'outcome'>>): void {
    const trial = this.#kept.get(id);
    if (trial !== undefined) this.#kept.set(id, { ...trial, ...what });
  }
}
