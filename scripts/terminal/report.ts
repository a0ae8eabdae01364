import { type Run, type SyncReport, tookMs } from '../../core/control/control-bus.ts';
import { EXIT } from './exit-codes.ts';
import { formatTable } from './table.ts';

const FLOW_COLUMNS = [
  ...['flow', 'outcome', 'planned', 'delivered'],
  ...['parked', 'blocked', 'failed', 'resolved', 'time'],
];

/** What a sync read, planned, delivered, held and failed, and how long it took. */
export function formatSync(report: SyncReport): string {
  const intakes = report.intakes.map((run) => [
    run.subject,
    run.outcome,
    count(run, 'records'),
    count(run, 'changed'),
    count(run, 'removed'),
    badRecords(run),
    count(run, 'resolved'),
    seconds(run),
  ]);
  const flows = report.flows.map((run) => [
    run.subject,
    run.outcome,
    count(run, 'create') + count(run, 'update') + count(run, 'delete'),
    count(run, 'delivered') + count(run, 'removed'),
    count(run, 'parked'),
    count(run, 'blocked'),
    count(run, 'failed'),
    count(run, 'resolved'),
    seconds(run),
  ]);
  const withProblems = [...report.intakes, ...report.flows].filter((run) => run.problem !== null);
  return [
    formatTable(
      ['source', 'outcome', 'read', 'changed', 'removed', 'bad records', 'resolved', 'time'],
      intakes,
    ),
    ...streamTable(report.intakes),
    // A dry run delivers nothing: its plans follow.
    ...(flows.length === 0 ? [] : ['', formatTable(FLOW_COLUMNS, flows)]),
    ...withProblems.map(
      (run) =>
        `\n${run.subject}: ${run.problem?.code} ${run.problem?.text}\n  ${run.problem?.hint}`,
    ),
    '',
    ...nextSteps(report),
    `Done in ${(report.elapsedMs / 1000).toFixed(1)} s.`,
  ].join('\n');
}

/** What the records of each stream became. */
function streamTable(intakes: readonly Run[]): readonly string[] {
  const rows = intakes.flatMap(({ subject, streams = {} }) =>
    Object.entries(streams).map(([stream, { records, made, leftOut, bad }]) => [
      ...[subject, stream, records, made, leftOut, bad],
    ]),
  );
  if (rows.length === 0) return [];
  const head = ['source', 'stream', 'records', 'made', 'left out', 'bad'];
  return ['', formatTable(head, rows)];
}

function count(run: Run, name: string): number {
  return run.counts[name] ?? 0;
}

function badRecords(run: Run): number {
  return count(run, 'quarantined') + count(run, 'invalid');
}

function hasBrought(run: Run): boolean {
  return count(run, 'changed') + count(run, 'removed') + badRecords(run) > 0;
}

/** What a person may want to look at now, with the command that shows it. */
function nextSteps({ intakes, flows }: SyncReport): readonly string[] {
  const of = (runs: readonly Run[], counted: (run: Run) => number, what: string) => {
    const sum = runs.reduce((total, run) => total + counted(run), 0);
    return sum === 0 ? [] : [`${sum} ${what}: skolnav failed`];
  };
  // What a failed intake found bad is kept nowhere: the source as a whole is what failed.
  const kept = intakes.filter((run) => run.outcome !== 'failed');
  const undelivered = (run: Run) => count(run, 'blocked') + count(run, 'failed');
  const isSilent = (run: Run) => run.outcome === 'done' && !hasBrought(run);
  const heard = new Set(intakes.filter((run) => !isSilent(run)).map(({ subject }) => subject));
  const silent = new Set(intakes.map(({ subject }) => subject)).difference(heard);
  const same = new Set(
    intakes.filter((run) => count(run, 'same') > 0).map(({ subject }) => subject),
  );
  const unread = intakes.flatMap((run) => (run.unread ?? []).map(({ text }) => ({ ...run, text })));
  return [
    ...of(kept, badRecords, 'bad records set aside, each with file, line and what to do'),
    ...cleanedIn(intakes),
    ...of(flows, (run) => count(run, 'parked'), 'objects cannot be made, and stay as they were'),
    ...of(flows, undelivered, 'objects not delivered, each with the reason and what to do'),
    ...[...silent].map((subject) =>
      same.has(subject)
        ? `${subject} is unchanged: its files are those that were read before, byte for byte.`
        : `${subject} brought nothing new; what it brought before stays.`,
    ),
    ...unread.map(({ subject, text }) => `${subject}: not read: ${text}`),
  ];
}

function cleanedIn(intakes: readonly Run[]): readonly string[] {
  const sum = intakes.reduce((total, run) => total + count(run, 'cleaned'), 0);
  return sum === 0
    ? []
    : [`${sum} records were cleaned: decomposed letters, blanks and signs nobody sees`];
}

function seconds(run: Run): string {
  return `${((tookMs(run) ?? 0) / 1000).toFixed(1)} s`;
}

/** The exit code that a sync deserves. */
export function exitCodeOf(report: SyncReport): number {
  const runs = [...report.intakes, ...report.flows];
  if (runs.some((run) => run.outcome === 'failed')) return EXIT.failed;
  if (runs.some((run) => run.outcome === 'held')) return EXIT.held;
  if (runs.some(({ unread = [] }) => unread.length > 0)) return EXIT.failed;
  const failed = runs.some((run) => (run.counts['failed'] ?? 0) + (run.counts['blocked'] ?? 0) > 0);
  return failed ? EXIT.failed : EXIT.done;
}
