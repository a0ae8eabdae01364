import type {
  AdoptionReport,
  ControlBus,
  DriftReport,
  Log,
  OnProgress,
  Progress,
} from '../core/control/control-bus.ts';
import { Background, type Begun } from './background.ts';

/** What can be looked for in a target, and what is then done about it. */
export type Inspected = 'drift' | 'adoption';

/** What was found, by whom and when; the last of each target is kept, in this process alone. */
export interface Kept<R> {
  readonly report: R;
  /** It was not only looked at: the differences were noted, or what was there was taken. */
  readonly isDone: boolean;
  readonly who: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

interface Reports {
  readonly drift: DriftReport;
  readonly adoption: AdoptionReport;
}

/** How it goes, how it went last, and what was found. */
export interface Inspection<R> {
  readonly begun: Begun | null;
  /** What it is doing now; null before its first step. */
  readonly step: Progress | null;
  readonly kept: Kept<R> | null;
}

/** Looks into targets that pages begin, of each flow one at a time: a city takes minutes. */
export class Inspections {
  readonly #background: Background;
  readonly #now: () => number;
  readonly #steps = new Map<string, Progress>();
  readonly #drifts = new Map<string, Kept<DriftReport>>();
  readonly #adoptions = new Map<string, Kept<AdoptionReport>>();

  constructor(log: Log, now: () => number) {
    this.#background = new Background('look into a target', log);
    this.#now = now;
  }

  drift(flow: string): Inspection<DriftReport> {
    return this.#of('drift', flow, this.#drifts);
  }

  adoption(flow: string): Inspection<AdoptionReport> {
    return this.#of('adoption', flow, this.#adoptions);
  }

  lookForDrift(control: ControlBus, flow: string, who: string): void {
    this.#begin('drift', flow, this.#drifts, { who, isDone: false }, (request) =>
      control.drift({ ...request, repair: false }),
    );
  }

  /** Notes what the page has shown; false where something else was found since. */
  repair(control: ControlBus, flow: string, at: number, who: string): boolean {
    const kept = this.#drifts.get(flow);
    if (kept === undefined || kept.at !== at || kept.isDone) return false;
    const only = kept.report.drifts.map(({ objectKind, key }) => ({ objectKind, key }));
    this.#begin('drift', flow, this.#drifts, { who, isDone: true }, (request) =>
      control.drift({ ...request, repair: true, only }),
    );
    return true;
  }

  adopt(control: ControlBus, flow: string, apply: boolean, who: string): void {
    this.#begin('adoption', flow, this.#adoptions, { who, isDone: apply }, (request) =>
      control.adopt({ ...request, apply, choose: new Map() }),
    );
  }

  stop(): Promise<void> {
    return this.#background.stop();
  }

  #of<R>(what: Inspected, flow: string, kept: ReadonlyMap<string, Kept<R>>): Inspection<R> {
    const name = `${what} ${flow}`;
    const begun = this.#background.of(name);
    const step = begun?.state === 'running' ? (this.#steps.get(name) ?? null) : null;
    return { begun, step, kept: kept.get(flow) ?? null };
  }

  #begin<W extends Inspected>(
    what: W,
    flow: string,
    keep: Map<string, Kept<Reports[W]>>,
    about: { readonly who: string; readonly isDone: boolean },
    work: (request: Request) => Promise<Reports[W] | null>,
  ): void {
    const name = `${what} ${flow}`;
    const onProgress = (step: Progress) => this.#steps.set(name, step);
    this.#background.begin(name, async (signal) => {
      this.#steps.delete(name);
      const report = await work({ flow, who: about.who, onProgress, signal });
      if (report !== null) keep.set(flow, { ...about, report, at: this.#now() });
    });
  }
}

interface Request {
  readonly flow: string;
  readonly who: string;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}
