import type { ControlBus, Log } from '../core/control/control-bus.ts';
import { Background, type Begun } from './background.ts';

/** What waits for a target that is out is left to the next turn: somebody watches the page. */
const PATIENCE_MS = 60_000;

/** Flows that a page lets run; of each one's last sync, runs and findings say what came of it. */
export class Syncs {
  readonly #background: Background;

  constructor(log: Log) {
    this.#background = new Background('sync', log);
  }

  of(flow: string): Begun | null {
    return this.#background.of(flow);
  }

  begin(control: ControlBus, flow: string, who: string): void {
    const request = { flow, who, deliver: true, onProgress: () => undefined };
    this.#background.begin(flow, (signal) =>
      control.sync({ ...request, signal, patienceMs: PATIENCE_MS }),
    );
  }

  stop(): Promise<void> {
    return this.#background.stop();
  }
}
