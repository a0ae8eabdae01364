import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/** Of an owner whose machine says nothing of whether it has ended: host names may be the same. */
const SHARED = '@';

/**
 * A name for this process that no other has: host, process id, and something random. Where machines
 * share the store, only time tells that a process has ended.
 */
export function newOwner(isShared: boolean): string {
  return `${isShared ? SHARED : ''}${hostname()}/${process.pid}/${randomUUID()}`;
}

/** Where a process is, for people: `host/pid`. */
export function placeOfOwner(owner: string): string {
  return owner.replace(SHARED, '').split('/').slice(0, 2).join('/');
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
