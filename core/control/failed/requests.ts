import type { OnProgress } from '../../message/progress.ts';
import type { OfPart, PageWish } from '../../store/message-store.ts';
import type { PlanReport } from '../preview/plan-report.ts';

/** Which failures are asked for. */
export interface FailureFilter {
  readonly target?: string;
  readonly code?: string;
  readonly limit: number;
}

/** A group of failures of one kind at one target, or a part of it. */
export interface GroupRequest extends OfPart {
  readonly target: string;
  readonly code: string;
  readonly objectKind?: string;
  /** Epoch milliseconds: what has failed since then is not meant. */
  readonly until?: number;
  readonly who: string;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

export interface DiscardGroupRequest
  extends OfPart,
    Pick<GroupRequest, 'target' | 'code' | 'objectKind' | 'until' | 'who'> {
  readonly reason: string;
}

/** A row for the table that a message waits for. */
export interface RowRequest {
  /** The message's id. */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly who: string;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

/** What a row would change: of an inbound table the first, of an outbound one the second. */
export interface RowTrial {
  /** So many of the records that are set aside could be read with it. */
  readonly readable?: number;
  readonly reports?: readonly PlanReport[];
}

export interface RestoreGroupRequest extends OfPart {
  readonly target: string;
  readonly code: string;
  readonly objectKind: string;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly who: string;
}

export interface GroupReport {
  readonly found: number;
  /** Of those, records and mapping faults, if any: every sync judges them anew. */
  readonly others?: number;
  readonly tried: number;
  /** Of those tried, how many are off the list now. */
  readonly mended: number;
  /** The stage at which the same failure came again: nothing after it was tried. */
  readonly stoppedAt: number | null;
  /** A person ended it before its time. */
  readonly endedBy?: 'paused' | 'cancelled';
}

export interface ResendRequest {
  readonly flow: string;
  readonly objectKind: string;
  /** Our key of the object. */
  readonly key: string;
  readonly who: string;
  readonly reason: string;
}

/** `set`: the target takes whole sets, and the whole one goes again. */
export type Resent = 'object' | 'set' | 'unknown';

/** Which page of a group: as the store orders it, or by the names of school units. */
export interface FailureWish extends Omit<PageWish, 'by'> {
  readonly by: PageWish['by'] | 'unit';
}

/** The orders in which the messages of a group can be asked for. */
export const FAILURE_ORDERS = {
  oldest: { by: 'number', isDown: false },
  newest: { by: 'number', isDown: true },
  latest: { by: 'updated', isDown: true },
  longest: { by: 'updated', isDown: false },
  unit: { by: 'unit', isDown: false },
  place: { by: 'place', isDown: false },
} as const satisfies Record<string, Pick<FailureWish, 'by' | 'isDown'>>;

/** What of a group is named, without what is left out. */
export function partOf({ unit, run, place }: OfPart): OfPart {
  return {
    ...(unit === undefined ? {} : { unit }),
    ...(run === undefined ? {} : { run }),
    ...(place === undefined ? {} : { place }),
  };
}
