import type { Command } from 'commander';
import { HeldFailure } from '../../core/failure/failure.ts';
import type { Hub } from '../../core/hub.ts';
import { singleFlight } from '../../core/schedule/single-flight.ts';
import { scheduleTurns } from '../../core/schedule/turns.ts';
import {
  listenForNotifications,
  type NotificationServer,
} from '../../core/transport/notification-server.ts';
import { type Dashboard, openDashboard } from '../../dashboard/server.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { formatSync } from '../terminal/report.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withTargets } from '../terminal/with-hub.ts';

const EVERY_MINUTE = '* * * * *';

/** `skolnav serve`: stays up and runs each flow at its time, or when its source has news. */
export function addServeCommand(program: Command, terminal: Terminal): void {
  program
    .command('serve')
    .description('stay up, run each flow at its time, mail what a person should know')
    .action(async (_options: unknown, command: Command) => {
      await withTargets(terminal, command, async (hub, signal) => {
        await serve(hub, signal, (text) => terminal.print(text));
        return EXIT.done;
      });
    });
}

/**
 * Looks at the clock every minute, and at sources that ring or are watched, until the signal; what
 * is under way then is stopped cleanly.
 */
export async function serve(
  hub: Hub,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<void> {
  const scheduler = hub.control.scheduler();
  const ended = Promise.withResolvers<void>();
  const look = singleFlight(async () => {
    for (const report of await scheduler.turn(signal)) say(formatSync(report));
  }, ended.reject);
  const dashboard = await showDashboard(hub);
  const opening = openDoorbell(hub, (module) => {
    const isKnown = scheduler.notify(module);
    if (isKnown) look.ask();
    return isKnown;
  });
  // What listens keeps the process up: it must not outlive a start that failed.
  const doorbell = await opening.catch(async (failure) => {
    await dashboard?.stop();
    throw failure;
  });
  tell(hub, say);
  if (dashboard !== null) tellDashboard(dashboard, say);
  // The first look makes up for what was missed while the hub was down.
  look.ask();
  const runs = scheduleTurns(EVERY_MINUTE, async () => look.ask());
  const watch = scheduleTurns(EVERY_MINUTE, () => scheduler.watch());
  const polls = watched(hub).map(([module, watchMs]) =>
    setInterval(() => {
      scheduler.poll(module);
      look.ask();
    }, watchMs),
  );
  if (signal.aborted) ended.resolve();
  else signal.addEventListener('abort', () => ended.resolve(), { once: true });
  try {
    await ended.promise;
  } finally {
    for (const poll of polls) clearInterval(poll);
    runs.stop();
    watch.stop();
    await doorbell?.stop();
    await dashboard?.stop();
    await look.idle();
  }
}

async function openDoorbell(
  { workspace, engine }: Hub,
  ring: (module: string) => boolean,
): Promise<NotificationServer | null> {
  const { doorbell } = workspace.config;
  if (doorbell === null) return null;
  return listenForNotifications({ ...doorbell, token: await engine.secret(doorbell.token), ring });
}

async function showDashboard({ workspace, control, engine }: Hub): Promise<Dashboard | null> {
  const { dashboard, timeZone } = workspace.config;
  if (dashboard === null) return null;
  const { log, now } = engine;
  try {
    return await openDashboard({ ...dashboard, control, log, timeZone, now });
  } catch (cause) {
    if (!(cause instanceof Error && 'syscall' in cause)) throw cause;
    const text = `the dashboard cannot listen on ${dashboard.host}:${dashboard.port}`;
    throw new HeldFailure('DASHBOARD_UNUSABLE', text, { cause });
  }
}

function tellDashboard({ url, firstLink }: Dashboard, say: (line: string) => void): void {
  say(`Dashboard: ${url}`);
  if (firstLink !== null)
    say(`Open this once, within a day, to set the first password: ${firstLink}`);
}

/** The sources that are looked at, and how often. */
function watched({ workspace }: Hub): readonly (readonly [string, number])[] {
  return [...workspace.config.sources].flatMap(([module, { watchMs }]) =>
    watchMs === null ? [] : [[module, watchMs] as const],
  );
}

function tell(hub: Hub, say: (line: string) => void): void {
  const { flows, config } = hub.workspace;
  for (const { name, schedule, deadline } of flows) {
    const by = deadline === null ? '' : `, done by ${deadline}`;
    if (schedule !== null) say(`${name}: ${schedule} (${config.timeZone})${by}`);
  }
  for (const [module, watchMs] of watched(hub))
    say(`${module}: looked at every ${watchMs / 1000} s`);
  const { doorbell } = config;
  if (doorbell !== null)
    say(`Doorbell: POST http://${doorbell.host}:${doorbell.port}/doorbell/<module>`);
  say('Waiting. Ctrl-C stops.');
}
