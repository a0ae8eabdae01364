import { parseFraction } from '../config/quantities.ts';
import type { WrittenWindow } from '../config/windows.ts';
import type { Guards, Limits } from '../guard/limits.ts';

type WrittenLimits = Readonly<Partial<Record<keyof Limits, string | number>>>;

/** `guards` of a flow file, checked against schemas/hub/flow.v1.json. */
export interface WrittenGuards extends WrittenLimits {
  readonly minimum?: number;
  readonly perUnit?: WrittenLimits;
  readonly approvals?: number;
  readonly windows?: readonly (WrittenLimits & WrittenWindow)[];
}

/** Shares may go beyond the whole for what is created. */
const MOST_SHARE = 100;
const UNIT_LIMITS: Limits = { maxCreate: 1, maxDelete: 0.2, maxUpdate: 1, maxReplace: 0.2 };
const LIFTED: Limits = { maxCreate: MOST_SHARE, maxDelete: 1, maxUpdate: 1, maxReplace: 1 };

export function guardsOf(written: WrittenGuards): Guards {
  return {
    ...limitsOf(written, { maxCreate: 1, maxDelete: 0.02, maxUpdate: 0.2, maxReplace: 0.02 }),
    minimum: written.minimum ?? 10,
    perUnit: limitsOf(written.perUnit ?? {}, UNIT_LIMITS),
    approvals: written.approvals ?? 1,
    windows: (written.windows ?? []).map((one) => ({
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
