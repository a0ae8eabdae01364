/** One measured number, and what it is to be compared with in the same run. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: 'records/s' | 'records' | 's' | 'ms' | 'MB' | 'bytes' | 'calls/s';
  /** The baseline's value in the same unit; null for a baseline and where there is none. */
  readonly against: number | null;
}

/** Seconds of the fastest of several runs: the machine's other work only ever slows one down. */
export async function fastest(work: () => Promise<void>, times = 5): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let time = 0; time < times; time++) {
    const startedAt = performance.now();
    await work();
    best = Math.min(best, (performance.now() - startedAt) / 1000);
  }
  return best;
}

/** The same in processor seconds of this process, where other work keeps the processors busy. */
export async function leastProcessor(work: () => Promise<void>, times = 5): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let time = 0; time < times; time++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1_000_000);
  }
  return best;
}

/** A table for people; the last column is the ratio to the baseline. */
export function formatFigures(title: string, figures: readonly Figure[]): string {
  const rows = figures.map(({ what, value, unit, against }) => {
    const ratio = against === null ? '' : `x ${(value / against).toFixed(2)}`;
    return `| ${what} | ${rounded(value)} ${unit} | ${ratio} |`;
  });
  return [`### ${title}`, '', '| what | measured | to baseline |', '|---|---:|---:|', ...rows].join(
    '\n',
  );
}

function rounded(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}

/** p50 and p99 of some times in milliseconds, beside those of a baseline. */
export function shares(
  what: string,
  times: readonly number[],
  baseline: readonly number[] | null,
): readonly Figure[] {
  return [50, 99].map((percent) => ({
    what: `${what}: p${percent}`,
    value: percentile(times, percent),
    unit: 'ms',
    against: baseline === null ? null : percentile(baseline, percent),
  }));
}

function percentile(times: readonly number[], percent: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? Number.NaN;
}
