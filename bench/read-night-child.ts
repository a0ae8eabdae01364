import { once } from 'node:events';
import { openHub } from '../core/hub.ts';
import { silentLog } from '../core/log/log.ts';
import { openDashboard } from '../dashboard/server.ts';

/**
 * One sync of a workspace in the process that shows its dashboard. Prints the dashboard's address
 * and a session, a line each; begins at the first byte of its input, and then prints JSON: seconds
 * of the sync, and of the processor.
 * `node bench/read-night-child.ts <folder>`
 */
const PASSWORD = 'a long sentence of the bench';
const [, , folder = ''] = process.argv;
const hub = await openHub({ folder, log: silentLog });
const { control } = hub;
const at = { host: '127.0.0.1', port: 0, tls: false, timeZone: 'Europe/Stockholm' };
const dashboard = await openDashboard({ ...at, control, log: silentLog });
const account = { name: 'reader', rights: ['list'] } as const;
await control.access.accept(await control.access.invite(account, 'bench'), PASSWORD);
const session = await control.access.signIn(account.name, PASSWORD);
process.stdout.write(`${dashboard.url}\n${session}\n`);
await once(process.stdin, 'data');
const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
const { signal } = new AbortController();
const common = { onProgress: () => undefined, signal };
await control.sync({ flow: null, deliver: true, patienceMs: 0, ...common });
const seconds = (performance.now() - startedAt) / 1000;
const { user, system } = process.cpuUsage(cpuBefore);
process.stdout.write(`${JSON.stringify({ seconds, processor: (user + system) / 1e6 })}\n`);
process.stdin.destroy();
await dashboard.stop();
await hub.close();
