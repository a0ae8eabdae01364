import type {
  ControlBus,
  Inspection,
  KeptAdoption,
  KeptDrift,
  Log,
} from '../core/control/control-bus.ts';
import { Background } from './background.ts';

/** Looks into targets that pages begin: a city takes minutes. How they go is kept by the hub. */
export class Inspections {
  readonly #background: Background;

  constructor(log: Log) {
    this.#background = new Background('look into a target', log);
  }

  async drift(control: ControlBus, flow: string): Promise<Inspection<KeptDrift> | null> {
    return this.#asBegun(`drift ${flow}`, await control.driftOf(flow));
  }

  async adoption(control: ControlBus, flow: string): Promise<Inspection<KeptAdoption> | null> {
    return this.#asBegun(`adoption ${flow}`, await control.adoptionOf(flow));
  }

  lookForDrift(control: ControlBus, flow: string, who: string): void {
    this.#background.begin(`drift ${flow}`, (signal) =>
      control.drift({ flow, who, signal, repair: false }),
    );
  }

  /** Notes what the page has shown; false where something else was found since. */
  async repair(control: ControlBus, flow: string, at: number, who: string): Promise<boolean> {
    const found = (await control.driftOf(flow))?.found ?? null;
    if (found === null || found.at !== at || found.isDone) return false;
    const only = found.report.drifts.map(({ objectKind, key }) => ({ objectKind, key }));
    this.#background.begin(`drift ${flow}`, (signal) =>
      control.drift({ flow, who, signal, repair: true, only }),
    );
    return true;
  }

  adopt(control: ControlBus, flow: string, apply: boolean, who: string): void {
    this.#background.begin(`adoption ${flow}`, (signal) =>
      control.adopt({ flow, who, signal, apply, choose: new Map() }),
    );
  }

  stop(): Promise<void> {
    return this.#background.stop();
  }

  /** One that has been asked for counts as running before the hub has kept that it does. */
  #asBegun<R>(name: string, kept: Inspection<R> | null): Inspection<R> | null {
    const isOurs = this.#background.of(name)?.state === 'running';
    if (!isOurs || kept?.state === 'running') return kept;
    return { state: 'running', step: null, problem: null, found: kept?.found ?? null };
  }
}
