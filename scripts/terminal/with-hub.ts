import { createWriteStream } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { Failure, InvalidFailure } from '../../core/failure/failure.ts';
import { type Hub, openHub, openRehearsal } from '../../core/hub.ts';
import { openLog, silentLog } from '../../core/log/log.ts';
import { withTargetsOf } from '../demo/targets.ts';
import { EXIT } from './exit-codes.ts';

/** The workspace folder that the command line names. */
export function folderOf(command: Command): string {
  const { folder } = command.optsWithGlobals<{ folder: string }>();
  return resolve(folder);
}

/** Who is asking, for the audit trail. */
export function whoAmI(): string {
  return process.env['SKOLNAV_USER'] ?? userInfo().username;
}

/** Runs a command's work with an open hub, and ends the process with the code that it gives. */
export async function withHub(
  command: Command,
  work: (hub: Hub, signal: AbortSignal) => Promise<number>,
  open: (folder: string) => Promise<Hub> = openWorkspaceHub,
): Promise<void> {
  const stop = new AbortController();
  const onSignal = () => stop.abort(new Error('interrupted'));
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  process.exitCode = await attempt(async () => {
    const hub = await open(folderOf(command));
    try {
      return await work(hub, stop.signal);
    } finally {
      await hub.close();
    }
  }, stop.signal);
}

/** The same for what talks to targets: the demonstration's are there then, too. */
export async function withTargets(
  command: Command,
  work: (hub: Hub, signal: AbortSignal) => Promise<number>,
): Promise<void> {
  await withTargetsOf(folderOf(command), () => withHub(command, work));
}

/** Opens the hub of a folder; its log goes to `logs/skolnav.log` in the hub's own data folder. */
export async function openWorkspaceHub(folder: string): Promise<Hub> {
  await refuseNoWorkspace(folder);
  const logs = join(folder, 'data', 'logs');
  await mkdir(logs, { recursive: true, mode: 0o700 });
  const to = createWriteStream(join(logs, 'skolnav.log'), { flags: 'a', mode: 0o600 });
  return openHub({ folder, log: openLog(to) });
}

/** A hub on a copy of what that one keeps: whatever is done there changes nothing. */
export async function openRehearsalHub(folder: string): Promise<Hub> {
  await refuseNoWorkspace(folder);
  return openRehearsal({ folder, log: silentLog });
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

/** Failures are told with code and hint and end with a stable code; defects show where they are. */
export async function attempt(
  work: () => Promise<number>,
  signal: AbortSignal = new AbortController().signal,
): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) return EXIT.interrupted;
    if (!(error instanceof Failure)) throw error;
    process.stderr.write(`${error.code} ${error.message}\n  ${error.hint}\n`);
    if (error.recovery === 'hold') return EXIT.held;
    return error.code === 'CONFIG_INVALID' ? EXIT.usage : EXIT.failed;
  }
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, asPlain, 2)}\n`);
}

function asPlain(_name: string, value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value;
}

export function printLine(text = ''): void {
  process.stdout.write(`${text}\n`);
}
