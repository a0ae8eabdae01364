import type { Sink } from '../connector/connector.ts';
import type { SinkLimits } from '../dispatch/delivery.ts';
import type { Log } from '../log/log.ts';
import type { PlanFlowSurroundings, PlanTask } from './plan-flow.ts';

export interface FlowSurroundings extends PlanFlowSurroundings {
  readonly log: Log;
  /** `YYYY-MM-DD` of an instant where the city is. */
  readonly dateOf: (epochMs: number) => string;
}

/** One execution of a flow. */
export interface FlowTask extends PlanTask {
  readonly limits: SinkLimits;
  /** Opened only if there is something to deliver. */
  readonly openSink: () => Promise<Sink>;
}
