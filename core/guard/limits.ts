/** Limits on what one plan may change; fractions of what a target holds of a kind, from 0. */
export interface Limits {
  /** The first load is free. */
  readonly maxCreate: number;
  readonly maxDelete: number;
  readonly maxUpdate: number;
  /** So many may go while as many come, or get another key. */
  readonly maxReplace: number;
}

export interface Guards extends Limits {
  /** Up to this many changes of a kind always pass. */
  readonly minimum: number;
  /** Of what the target holds of one organisation: only that one is held. */
  readonly perUnit: Limits;
  /** So many different persons must approve a held plan. */
  readonly approvals: number;
  readonly windows: readonly Window[];
}

/** Days on which much is meant to change: its limits take the place of all others. */
export interface Window extends Limits {
  /** First and last day, `YYYY-MM-DD`. */
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}
