import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
const ROOM_BYTES = 4 * 1024 ** 3;
const END = 'cat > /dev/null; kill -s KILL -- "$1" 2> /dev/null; rm -rf "$2"';

/** A folder for a server's files: in memory where there is room, since all that it writes waits. */
export async function serverFolder(name: string): Promise<string> {
  const memory = await statfs(MEMORY).catch(() => null);
  const hasRoom = memory !== null && memory.bavail * memory.bsize > ROOM_BYTES;
  return mkdtemp(join(hasRoom ? MEMORY : tmpdir(), `skolnav-${name}-`));
}

/** Ends a server, or its group, and removes its folder once we are gone, however we go. */
export function endWithUs(server: ChildProcess, folder: string, isGroup = false): void {
  if (server.pid === undefined) return;
  const whom = isGroup ? -server.pid : server.pid;
  const watcher = spawn('sh', ['-c', END, 'sh', String(whom), folder], {
    // An interruption from the keyboard must not end it before its time.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.unref();
  // Its number may be another's soon.
  server.once('exit', () => watcher.kill('SIGKILL'));
}
