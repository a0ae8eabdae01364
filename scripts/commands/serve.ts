import { type Command, Option } from 'commander';
import {
  HeldFailure,
  InvalidFailure,
  ROLES,
  type Role,
  saying,
  systemFault,
} from '../../core/control/control-bus.ts';
import type { Hub } from '../../core/hub.ts';
import { speechOf } from '../../dashboard/language.ts';
import { type Dashboard, openDashboard } from '../../dashboard/server.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { formatSync } from '../terminal/report.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { openWhenReached, withTargets } from '../terminal/with-hub.ts';

/** `skolnav serve`: stays up and runs each flow at its time, or when its source has news. */
export function addServeCommand(program: Command, terminal: Terminal): void {
  program
    .command('serve')
    .description('stay up, run each flow at its time, mail what a person should know')
    .addOption(
      new Option('--role <role>', 'what this process of a cluster does')
        .choices(ROLES)
        .default('all'),
    )
    .action(async ({ role }: { role: Role }, command: Command) => {
      const work = async (hub: Hub, signal: AbortSignal) => {
        await serve(hub, signal, (text) => terminal.print(text), role);
        return EXIT.done;
      };
      await withTargets(terminal, command, work, openWhenReached);
    });
}

/**
 * Serves until the signal, with the dashboard where config has one. Throws BUSY where another
 * process serves the workspace.
 */
export async function serve(
  hub: Hub,
  signal: AbortSignal,
  say: (text: string) => void,
  role: Role = 'all',
): Promise<void> {
  if (role !== 'all' && hub.workspace.config.cluster === null) throw alone(role);
  const { servingAlone } = await import('../../core/hub.ts');
  await servingAlone(hub.engine, signal, (held) => serveAlone(hub, held, say, role));
}

async function serveAlone(
  hub: Hub,
  signal: AbortSignal,
  say: (text: string) => void,
  role: Role,
): Promise<void> {
  const shows = role === 'all' || role === 'web';
  const dashboard = shows ? await showDashboard(hub) : null;
  // What listens keeps the process up: it must not outlive a start that failed.
  try {
    await hub.control.serve({
      role,
      signal,
      speech: speechOf(hub.workspace.config.mail?.language ?? 'en'),
      onReport: (report) => say(formatSync(report)),
      onListening: (called, served) => {
        if (role === 'all' || role === 'scheduler') tell(hub, say);
        tellDoorbell(hub, shows, called, say);
        if (served !== null) say(`Served: ${served}/<module>`);
        if (dashboard !== null) tellDashboard(dashboard, say);
        say('Waiting. Ctrl-C stops.');
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
    const why = systemFault(cause);
    if (why === null) throw cause;
    const said = saying('dashboardDeaf', { address: `${dashboard.host}:${dashboard.port}`, why });
    throw new HeldFailure('DASHBOARD_UNUSABLE', said, { cause });
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
}

function tellDoorbell(
  { workspace }: Hub,
  hears: boolean,
  called: readonly string[],
  say: (line: string) => void,
): void {
  const { doorbell } = workspace.config;
  if (doorbell === null || !hears) return;
  const at = `http://${doorbell.host}:${doorbell.port}`;
  if (doorbell.token !== null) say(`Doorbell: POST ${at}/doorbell/<module>`);
  for (const module of called) say(`${module}: POST ${at}/events/${module}`);
}

function alone(role: Role): InvalidFailure {
  const text = `the role ${role} needs other processes that share its state, and the backend is embedded`;
  const hint = 'Leave --role out, or say `backend: cluster` in config/hub.yaml.';
  return new InvalidFailure('CONFIG_INVALID', text, { hint });
}
