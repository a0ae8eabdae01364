import { openHub } from '../core/hub.ts';
import { silentLog } from '../core/log/log.ts';

/**
 * One sync of a workspace in a process of its own, so that its memory can be measured; with a flow,
 * that flow is delivered and the others are planned. Prints JSON: seconds of each run, and the peak
 * memory of the whole. `node bench/night-child.ts <folder> [flow]`
 */
const [, , folder = '', delivered] = process.argv;
const hub = await openHub({ folder, log: silentLog });
const signal = new AbortController().signal;
const startedAt = performance.now();
const report = await hub.control.sync({
  ...{ flow: delivered ?? null, deliver: true, onProgress: () => undefined, signal, patienceMs: 0 },
});
const planned = [];
for (const { name } of delivered === undefined ? [] : hub.workspace.flows) {
  if (name === delivered) continue;
  const planStartedAt = performance.now();
  const common = { details: 0, reveal: false, who: 'bench', onProgress: () => undefined, signal };
  const [plan] = await hub.control.plan({ flow: name, ...common });
  const planSeconds = (performance.now() - planStartedAt) / 1000;
  const { create = 0, update = 0 } = plan?.counts ?? {};
  const counts = { create: create + update };
  planned.push({ subject: name, outcome: 'done', counts, seconds: planSeconds });
}
const seconds = (performance.now() - startedAt) / 1000;
await hub.close();
const runs = [...report.intakes, ...report.flows].map((run) => ({
  subject: run.subject,
  outcome: run.outcome,
  counts: run.counts,
  seconds: ((run.endedAt ?? run.startedAt) - run.startedAt) / 1000,
}));
const megabytes = process.resourceUsage().maxRSS / 1024;
process.stdout.write(JSON.stringify({ seconds, megabytes, runs: [...runs, ...planned] }));
