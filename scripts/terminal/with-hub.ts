import { createWriteStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import {
  asFileFailure,
  Failure,
  InvalidFailure,
  inEnglish,
  systemFault,
} from '../../core/control/control-bus.ts';
import type { Hub } from '../../core/hub.ts';
import { type Looks, makeFolder, type OpenRecords, openRecords } from '../../core/records.ts';
import { withTargetsOf } from '../demo/targets.ts';
import { EXIT } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** The workspace folder that the command line names. */
export function folderOf(command: Command): string {
  const { folder } = command.optsWithGlobals<{ folder: string }>();
  return resolve(folder);
}

/** Opens the hub of a folder; gives up where it is told to. */
type OpenHub = (terminal: Terminal, folder: string, signal: AbortSignal) => Promise<Hub>;

/** Runs a command's work with an open hub, and keeps the code that it gives. */
export async function withHub(
  terminal: Terminal,
  command: Command,
  work: (hub: Hub, signal: AbortSignal) => Promise<number>,
  open: OpenHub = openWorkspaceHub,
): Promise<void> {
  const signal = terminal.interruption();
  const task = async () => {
    const hub = await open(terminal, folderOf(command), signal);
    try {
      return await work(hub, signal);
    } finally {
      await hub.close();
    }
  };
  terminal.exitCode = await attempt(terminal, task, signal);
}

/** For what only looks at what the hub remembers of its own work. */
export async function withRecords(
  terminal: Terminal,
  command: Command,
  work: (records: OpenRecords) => Promise<number>,
): Promise<void> {
  terminal.exitCode = await attempt(terminal, async () => {
    const folder = folderOf(command);
    await refuseNoWorkspace(folder);
    const open = await openRecords(folder, terminal.environment);
    try {
      return await work(open);
    } finally {
      await open.close();
    }
  });
}

/** For what only looks, also at what the files say. */
export function withLooks(
  terminal: Terminal,
  command: Command,
  work: (looks: Looks, timeZone: string) => Promise<number>,
): Promise<void> {
  const openHub = () => openWorkspaceHub(terminal, folderOf(command));
  return withRecords(terminal, command, async ({ look, timeZone }) =>
    work(await look(openHub), timeZone),
  );
}

/** As with a hub, for what talks to targets: the demonstration's are there then, too. */
export async function withTargets(
  terminal: Terminal,
  command: Command,
  work: (hub: Hub, signal: AbortSignal) => Promise<number>,
  open?: OpenHub,
): Promise<void> {
  await withTargetsOf(folderOf(command), () => withHub(terminal, command, work, open));
}

/** So often what is not to be had yet is tried again. */
const AGAIN_MS = 2000;

/**
 * The same for who stays up: servers that are not there yet, and others who must end first, are
 * waited for, as they are later on. Why is told once.
 */
export async function openWhenReached(
  terminal: Terminal,
  folder: string,
  signal: AbortSignal,
): Promise<Hub> {
  for (let told = ''; ; ) {
    try {
      return await openWorkspaceHub(terminal, folder);
    } catch (failure) {
      if (!(failure instanceof Failure && failure.recovery === 'retry')) throw failure;
      if (failure.code !== told) terminal.printError(`${failure.code} ${failure.message}: waiting`);
      told = failure.code;
      await sleep(AGAIN_MS, undefined, { signal });
    }
  }
}

/** Opens the hub of a folder; its log goes to `logs/skolnav.log` in the hub's own data folder. */
export async function openWorkspaceHub(terminal: Terminal, folder: string): Promise<Hub> {
  const { environment } = terminal;
  await refuseNoWorkspace(folder);
  const { openHub, openLog } = await loadHub();
  const logs = join(folder, 'data', 'logs');
  await makeFolder(logs, 0o700);
  const file = join(logs, 'skolnav.log');
  const to = createWriteStream(file, { flags: 'a', mode: 0o600 });
  // Whatever the log does not take, the work is done, and tells its end.
  to.once('error', (error) => {
    const why = inEnglish(systemFault(error) ?? '');
    terminal.printError(`${file} cannot be written, and the work goes on without it: ${why}`);
  });
  const endLog = () => finished(to.end()).catch(() => undefined);
  try {
    const hub = await openHub({ folder, log: openLog(to), environment, keepsJudged: true });
    return { ...hub, close: () => hub.close().finally(endLog) };
  } catch (failure) {
    await endLog();
    throw failure;
  }
}

/** A hub on a copy of what that one keeps: whatever is done there changes nothing. */
export async function openRehearsalHub({ environment }: Terminal, folder: string): Promise<Hub> {
  await refuseNoWorkspace(folder);
  const { openRehearsal, silentLog } = await loadHub();
  return openRehearsal({ folder, log: silentLog, environment });
}

/** Read where it is opened: that takes longer than all that a command which only looks does. */
function loadHub() {
  return import('../../core/hub.ts');
}

/** A folder whose name is misspelt is not made. */
export async function refuseNoWorkspace(folder: string): Promise<void> {
  const isWorkspace = await access(join(folder, 'config', 'hub.yaml')).then(
    () => true,
    () => false,
  );
  if (isWorkspace) return;
  const hint = 'Name the workspace with -C, or make one: `skolnav init <folder>`.';
  throw new InvalidFailure(
    'CONFIG_INVALID',
    `CONFIG_MISSING: config/hub.yaml is not there in ${folder}`,
    { hint },
  );
}

/** What no run has met: files, or what a person asks for, are wrong. */
const GIVEN_WRONGLY: ReadonlySet<string> = new Set(['CONFIG_INVALID', 'OVERRIDE_REFUSED']);

const STOPPED =
  'Stopped by a signal. Nothing is half done: the same command goes on where this one was.';

/** Failures are told with code and hint and end with a stable code; defects show where they are. */
export async function attempt(
  terminal: Terminal,
  work: () => Promise<number>,
  signal: AbortSignal = new AbortController().signal,
): Promise<number> {
  try {
    return await work();
  } catch (thrown) {
    if (signal.aborted) {
      terminal.printError(STOPPED);
      return EXIT.interrupted;
    }
    const error = asFileFailure(thrown);
    if (!(error instanceof Failure)) throw error;
    terminal.printError(`${error.code} ${error.message}\n  ${error.hint}`);
    if (error.recovery === 'hold') return EXIT.held;
    return GIVEN_WRONGLY.has(error.code) ? EXIT.usage : EXIT.failed;
  }
}
