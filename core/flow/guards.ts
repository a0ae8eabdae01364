import { parseFraction } from '../config/quantities.ts';
import type { YamlFile } from '../config/yaml-file.ts';
import type { Lint } from '../failure/lint.ts';
import type { Guards, Limits } from '../guard/limits.ts';

type WrittenLimits = Readonly<Partial<Record<keyof Limits, string | number>>>;

/** `guards` of a flow file, checked against schemas/hub/flow.v1.json. */
export interface WrittenGuards extends WrittenLimits {
  readonly minimum?: number;
  readonly perUnit?: WrittenLimits;
  readonly approvals?: number;
  readonly windows?: readonly (WrittenLimits & {
    readonly from: string;
    readonly to: string;
    readonly reason: string;
  })[];
}

/** A window that nobody closes is no guard any more. */
const LONGEST_DAYS = 62;
const DAY_MS = 86_400_000;
/** Shares may go beyond the whole for what is created. */
const MOST_SHARE = 100;

export function guardsOf(written: WrittenGuards): Guards {
  return {
    ...limitsOf(written, { maxCreate: 1, maxDelete: 0.02, maxUpdate: 0.2 }),
    minimum: written.minimum ?? 10,
    perUnit: limitsOf(written.perUnit ?? {}, { maxCreate: 1, maxDelete: 0.2, maxUpdate: 1 }),
    approvals: written.approvals ?? 1,
    windows: (written.windows ?? []).map((one) => ({
      ...limitsOf(one, { maxCreate: MOST_SHARE, maxDelete: 1, maxUpdate: 1 }),
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
  };
}

/** A window has a beginning and an end, and is not for ever. */
export function checkWindows(yaml: YamlFile, { windows = [] }: WrittenGuards): readonly Lint[] {
  return windows.flatMap(({ from, to }, index) => {
    const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
    if (days >= 0 && days < LONGEST_DAYS) return [];
    const place = yaml.at(['guards', 'windows', index, 'to']);
    const text =
      days >= 0
        ? `the window is open for ${days + 1} days; ${LONGEST_DAYS} are the most.`
        : 'the window ends before it begins, or a date does not exist.';
    const hint = 'For example from: 2027-08-09, to: 2027-08-27.';
    return [{ file: yaml.file, ...place, code: 'FLOW_WINDOW', text, hint }];
  });
}
