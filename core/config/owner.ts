import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/** A name for this process that no other has: host, process id, and something random. */
export function newOwner(): string {
  return `${hostname()}/${process.pid}/${randomUUID()}`;
}

/** True if the owner was a process of this machine that has ended, so that its leases are free. */
export function hasEnded(owner: string): boolean {
  const [host, pid] = owner.split('/');
  if (host !== hostname() || Number(pid) === process.pid) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
