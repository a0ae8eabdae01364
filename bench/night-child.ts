import { tookMs } from '../core/control/control-bus.ts';
import { openHub } from '../core/hub.ts';
import { silentLog } from '../core/log/log.ts';
import { keepHeapSmall } from '../scripts/terminal/small-heap.ts';

/**
 * One sync of a workspace in a process of its own, so that its memory can be measured: the flows
 * named are delivered (all, if none is), those after a `+` are planned. Prints JSON: seconds of
 * each run, and the processor seconds and the peak memory of the whole.
 * `node bench/night-child.ts <folder> <days from now> [flow ...] [+flow ...]`
 */
keepHeapSmall();
const [, , folder = '', days = '0', ...named] = process.argv;
const aheadMs = Number(days) * 86_400_000;
// What was judged is kept for the next process, as `skolnav sync` has it.
const opening = { folder, log: silentLog, now: () => Date.now() + aheadMs, keepsJudged: true };
const hub = await openHub(opening);
const signal = new AbortController().signal;
const common = { onProgress: () => undefined, signal };
const startedAt = performance.now();
interface Timed {
  readonly subject: string;
  readonly outcome: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly seconds: number;
}
const runs: Timed[] = [];
const delivered = named.filter((flow) => !flow.startsWith('+'));
for (const flow of delivered.length === 0 ? [null] : delivered) {
  const report = await hub.control.sync({ flow, deliver: true, patienceMs: 0, ...common });
  for (const one of [...report.intakes, ...report.flows]) {
    const { subject, outcome, counts } = one;
    if (runs.some((run) => run.subject === subject)) continue;
    runs.push({ subject, outcome, counts, seconds: (tookMs(one) ?? 0) / 1000 });
  }
}
for (const name of named.filter((flow) => flow.startsWith('+'))) {
  const planStartedAt = performance.now();
  const flow = name.slice(1);
  const [plan] = await hub.control.plan({
    flow,
    details: 0,
    reveal: false,
    who: 'bench',
    ...common,
  });
  const { create = 0, update = 0 } = plan?.counts ?? {};
  const counts = { create: create + update };
  const seconds = (performance.now() - planStartedAt) / 1000;
  runs.push({ subject: flow, outcome: 'done', counts, seconds });
}
const seconds = (performance.now() - startedAt) / 1000;
await hub.close();
const megabytes = process.resourceUsage().maxRSS / 1024;
const { user, system } = process.cpuUsage();
const cpuSeconds = (user + system) / 1e6;
process.stdout.write(JSON.stringify({ seconds, cpuSeconds, megabytes, runs }));
