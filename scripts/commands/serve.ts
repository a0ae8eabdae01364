import type { Command } from 'commander';
import { HeldFailure } from '../../core/control/control-bus.ts';
import type { Hub } from '../../core/hub.ts';
import { type Dashboard, openDashboard } from '../../dashboard/server.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { formatSync } from '../terminal/report.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withTargets } from '../terminal/with-hub.ts';

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

/** Serves until the signal, with the dashboard where config has one. */
export async function serve(
  hub: Hub,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<void> {
  const dashboard = await showDashboard(hub);
  // What listens keeps the process up: it must not outlive a start that failed.
  try {
    await hub.control.serve({
      signal,
      onReport: (report) => say(formatSync(report)),
      onListening: (called) => {
        tell(hub, called, say);
        if (dashboard !== null) tellDashboard(dashboard, say);
      },
    });
  } finally {
    await dashboard?.stop();
  }
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

function tell(hub: Hub, called: readonly string[], say: (line: string) => void): void {
  const { flows, config } = hub.workspace;
  for (const { name, schedule, deadline } of flows) {
    const by = deadline === null ? '' : `, done by ${deadline}`;
    if (schedule !== null) say(`${name}: ${schedule} (${config.timeZone})${by}`);
  }
  for (const [module, watchMs] of watched(hub))
    say(`${module}: looked at every ${watchMs / 1000} s`);
  const { doorbell } = config;
  if (doorbell !== null) {
    const at = `http://${doorbell.host}:${doorbell.port}`;
    if (doorbell.token !== null) say(`Doorbell: POST ${at}/doorbell/<module>`);
    for (const module of called) say(`${module}: POST ${at}/events/${module}`);
  }
  say('Waiting. Ctrl-C stops.');
}
