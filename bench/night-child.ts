import { openHub } from '../core/hub.ts';
import { silentLog } from '../core/log/log.ts';

/**
 * One sync of a workspace in a process of its own, so that its memory can be measured. Prints JSON:
 * seconds of each run, and the peak memory of the whole. `node bench/night-child.ts <folder>`
 */
const [, , folder = ''] = process.argv;
const hub = await openHub({ folder, log: silentLog });
const signal = new AbortController().signal;
const startedAt = performance.now();
const report = await hub.control.sync({
  ...{ flow: null, deliver: true, onProgress: () => undefined, signal, patienceMs: 0 },
});
const seconds = (performance.now() - startedAt) / 1000;
await hub.close();
const runs = [...report.intakes, ...report.flows].map((run) => ({
  subject: run.subject,
  outcome: run.outcome,
  counts: run.counts,
  seconds: ((run.endedAt ?? run.startedAt) - run.startedAt) / 1000,
}));
const megabytes = process.resourceUsage().maxRSS / 1024;
process.stdout.write(JSON.stringify({ seconds, megabytes, runs }));
