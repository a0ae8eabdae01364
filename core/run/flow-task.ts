import type { Sink } from '../connector/sink.ts';
import type { DeliveryContext, SinkLimits } from '../dispatch/delivery.ts';
import type { ScopeTask } from '../plan/scope/plan-scope.ts';
import type { Place } from '../plan/together/pass.ts';
import type { ViewNeeds } from '../view/views.ts';

/** What planning and delivering a flow needs. */
export interface FlowContext extends DeliveryContext {
  readonly needs: ViewNeeds;
}

/** The same in a night, where other flows are run as well. */
export interface NightContext extends FlowContext {
  /** Where it sees everything, if it must, and waits until its target may be told. */
  readonly place: Place;
}

/** What a plan may be: any, or the one that a person has looked at. */
export interface PlanTask extends ScopeTask {
  readonly run: string;
  /** The digest of the plan that may run; null for any. */
  readonly plan: string | null;
  /** A set is written again although nothing in it has changed. */
  readonly rewrite: boolean;
}

/** One execution of a flow. */
export interface FlowTask extends PlanTask {
  readonly limits: SinkLimits;
  /** Looks where the target's system is now; throws a Failure where nothing may be told to it. */
  readonly findTarget: () => Promise<void>;
  /** Opened only if there is something to deliver. */
  readonly openSink: () => Promise<Sink>;
}
