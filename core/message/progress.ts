/**
 * One named step of a run, for progress bars: how much is done, and of how much if that is known.
 */
export interface Progress {
  /** `intake register`, `plan lms`, `deliver lms`. */
  readonly step: string;
  readonly done: number;
  readonly total: number | null;
  readonly ended: boolean;
}

export type OnProgress = (progress: Progress) => void;
