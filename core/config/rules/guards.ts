import { parseFraction } from '../quantities.ts';
import type { WrittenWindow } from './windows.ts';

/** Limits on what one run may change; fractions of what is held of a kind, from 0. */
export interface Limits {
  /** The first load is free. */
  readonly maxCreate: number;
  readonly maxDelete: number;
  readonly maxUpdate: number;
  /** So many may go while as many come, or get another key. */
  readonly maxReplace: number;
}

/** Limits, and how many changes of a kind always pass. */
export interface UnitLimits extends Limits {
  readonly minimum: number;
}

/** What guards a flow's plans, or what a source delivers: what a source lacks are deletions. */
export interface Guards extends UnitLimits {
  /** Of what is held of one organisation: only that one is held up. */
  readonly perUnit: UnitLimits;
  /** So many different persons must approve what is held up. */
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

type WrittenLimits = Readonly<Partial<Record<keyof Limits, string | number>>>;

/** `guards` of a flow or of a source, checked against the schema of its file. */
export interface WrittenGuards extends WrittenLimits {
  readonly minimum?: number;
  readonly perUnit?: WrittenLimits & { readonly minimum?: number };
  readonly approvals?: number;
  readonly windows?: readonly (WrittenLimits & WrittenWindow)[];
}

/** What holds where a file does not say. Of a unit as many always pass as of the whole. */
export interface UsualGuards {
  readonly whole: UnitLimits;
  readonly perUnit: Limits & { readonly minimum?: number };
}

/** Shares may go beyond the whole for what is created. */
const MOST_SHARE = 100;
const LIFTED: Limits = { maxCreate: MOST_SHARE, maxDelete: 1, maxUpdate: 1, maxReplace: 1 };

export function guardsOf(written: WrittenGuards, usual: UsualGuards): Guards {
  const { perUnit = {}, approvals = 1, windows = [] } = written;
  const minimum = written.minimum ?? usual.whole.minimum;
  return {
    ...limitsOf(written, usual.whole),
    minimum,
    perUnit: {
      ...limitsOf(perUnit, usual.perUnit),
      minimum: perUnit.minimum ?? usual.perUnit.minimum ?? minimum,
    },
    approvals,
    windows: windows.map((one) => ({
      ...limitsOf(one, LIFTED),
      from: one.from,
      to: one.to,
      reason: one.reason,
    })),
  };
}

function limitsOf(written: WrittenLimits, usual: Limits): Limits {
  return {
    maxCreate: parseFraction(written.maxCreate, MOST_SHARE) ?? usual.maxCreate,
    maxDelete: parseFraction(written.maxDelete) ?? usual.maxDelete,
    maxUpdate: parseFraction(written.maxUpdate) ?? usual.maxUpdate,
    maxReplace: parseFraction(written.maxReplace) ?? usual.maxReplace,
  };
}
