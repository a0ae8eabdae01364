import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SftpOptions } from '../../core/plugin.ts';
import { freePort } from './free-port.ts';

const run = promisify(execFile);
const PROGRAMS = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/opt/homebrew/sbin/sshd'];
const INSTALL = 'no sshd on this machine: apt-get install openssh-server, or set SKOLNAV_TEST_SFTP';

interface Started {
  readonly options: SftpOptions;
  readonly localFolder: string | null;
  readonly kill: (() => Promise<void>) | null;
  stop(): Promise<void>;
}

/** A server named by a URL; the host key's fingerprint is the parameter `hostKey`. */
export function sshdFromEnvironment(url: URL): Started {
  const hostKeys = url.searchParams.getAll('hostKey');
  const options = {
    host: url.hostname,
    port: Number(url.port || 22),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    folder: url.pathname,
    hostKeys,
  };
  return { options, localFolder: null, kill: null, stop: async () => undefined };
}

/** OpenSSH's server as the current user, on a free loopback port, with keys of its own. */
export async function startSshd(): Promise<Started | { readonly missing: string }> {
  const program = PROGRAMS.find((path) => existsSync(path));
  if (program === undefined) return { missing: INSTALL };
  const home = await mkdtemp(join(tmpdir(), 'skolnav-sshd-'));
  const folder = join(home, 'files');
  await mkdir(folder);
  const port = await freePort();
  const hostKey = await makeKey(join(home, 'host_key'));
  await makeKey(join(home, 'login_key'));
  await writeFile(join(home, 'authorized_keys'), await readFile(join(home, 'login_key.pub')));
  await writeFile(join(home, 'sshd_config'), configuration(home, port));
  const server = await launch(program, join(home, 'sshd_config'));
  const options = {
    host: '127.0.0.1',
    port,
    user: userInfo().username,
    privateKey: await readFile(join(home, 'login_key'), 'utf8'),
    hostKeys: [hostKey],
    folder,
  };
  const kill = (): Promise<void> => killWithSessions(server);
  const stop = async (): Promise<void> => {
    await kill();
    await rm(home, { recursive: true, force: true });
  };
  return { options, localFolder: folder, kill, stop };
}

/** Makes an Ed25519 key and answers its fingerprint. */
export async function makeKey(path: string): Promise<string> {
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
  const { stdout } = await run('ssh-keygen', ['-lf', `${path}.pub`]);
  return stdout.split(' ')[1] ?? '';
}

function configuration(home: string, port: number): string {
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(home, 'host_key')}`,
    'PidFile none',
    'UsePAM no',
    'StrictModes no',
    `AuthorizedKeysFile ${join(home, 'authorized_keys')}`,
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'Subsystem sftp internal-sftp',
    '',
  ].join('\n');
}

async function launch(program: string, config: string): Promise<ChildProcess> {
  // Started by root, sshd wants this folder; the system's own start-up script makes it elsewhere.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const server = spawn(program, ['-D', '-e', '-f', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const output: string[] = [];
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`sshd did not start: ${output.join('')}`)));
    server.stderr?.on('data', (chunk: Buffer) => {
      output.push(chunk.toString());
      if (output.join('').includes('Server listening')) resolve();
    });
  });
  return server;
}

async function killWithSessions(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const gone = new Promise((resolve) => server.once('exit', resolve));
  const sessions = await descendants(server.pid);
  server.kill('SIGKILL');
  for (const pid of sessions) endProcess(pid);
  await gone;
}

/** Each session is a process of its own that outlives its listener. */
async function descendants(root: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(name)) continue;
    const line = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    parents.set(Number(name), Number(line.slice(line.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const found = [root];
  for (const pid of found) {
    for (const [child, parent] of parents) if (parent === pid) found.push(child);
  }
  return found.slice(1);
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself meanwhile.
  }
}
