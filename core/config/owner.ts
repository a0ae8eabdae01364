import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/** A name for this process that no other has: host, process id, and something random. */
export function newOwner(): string {
  return `${hostname()}/${process.pid}/${randomUUID()}`;
}

/** True if the owner was a process of this machine that has ended, so that its leases are free. */
export function hasEnded(owner: string): boolean {
  const [host, pid] = owner.split('/');
  return host === hostname() && !isRunning(Number(pid));
}

/** True if this machine has a process of that id, whoever started it. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
