import type { Saying } from '../message/message.ts';
import { Failure, TransientFailure } from './failure.ts';
import { saying } from './saying.ts';

/** What an operating system says of files and disks. */
const OF_FILES = new Map(
  Object.entries({
    ENOENT: 'notThere',
    ENOTDIR: 'partNoFolder',
    EEXIST: 'standsThere',
    ENOTEMPTY: 'notEmpty',
    EISDIR: 'isFolder',
    EACCES: 'mayNot',
    EPERM: 'mayNot',
    EROFS: 'readOnlyDisk',
    ENOSPC: 'diskFull',
    EDQUOT: 'quotaUsed',
    EFBIG: 'fileTooLarge',
    EMFILE: 'manyFilesOpen',
    ENFILE: 'manyFilesOpen',
    EBUSY: 'inUse',
    ETXTBSY: 'inUse',
    EIO: 'diskFaulty',
    ELOOP: 'linksCircle',
    ENAMETOOLONG: 'nameTooLong',
    EXDEV: 'otherDisk',
  } as const),
);

/** What it says of addresses and connections. */
const OF_NETWORKS = new Map(
  Object.entries({
    ECONNREFUSED: 'nobodyListens',
    ECONNRESET: 'wasCut',
    ECONNABORTED: 'wasCut',
    EPIPE: 'wasCut',
    ETIMEDOUT: 'tooLate',
    ENOTFOUND: 'nameUnknown',
    EAI_AGAIN: 'nameUnknown',
    EHOSTUNREACH: 'noWayThere',
    ENETUNREACH: 'noWayThere',
    EADDRINUSE: 'portTaken',
    EADDRNOTAVAIL: 'addressElsewhere',
  } as const),
);

/** Libraries hide what the system has said so deep at most. */
const MOST_CAUSES = 4;

/**
 * Why the operating system did not do what was asked, as an error or what is behind it says it:
 * this is the one place that knows its codes. Null where no system has said anything.
 */
export function systemFault(error: unknown): Saying | null {
  const code = systemCode(error);
  if (code === null) return null;
  const name = OF_FILES.get(code) ?? OF_NETWORKS.get(code);
  return name === undefined ? saying('systemSays', { code }) : saying(name, {});
}

/** The same of a file or folder, with its path where the error has it: FILE_UNUSABLE. */
export function asFileFailure(error: unknown): unknown {
  if (!OF_FILES.has(systemCode(error) ?? '')) return error;
  const path = error instanceof Error && 'path' in error ? String(error.path) : null;
  const why = systemFault(error) ?? '';
  const said =
    path === null ? saying('someFileUnusable', { why }) : saying('fileUnusable', { path, why });
  return new TransientFailure('FILE_UNUSABLE', said, { cause: error });
}

/** The system's own code, `ENOSPC`; null where there is none, or a failure has said it already. */
export function systemCode(error: unknown): string | null {
  let at = error;
  for (let depth = 0; depth < MOST_CAUSES; depth++) {
    if (!(at instanceof Error) || at instanceof Failure) return null;
    if ('code' in at && typeof at.code === 'string') {
      const isSystems = 'errno' in at || 'syscall' in at || OF_NETWORKS.has(at.code);
      if (isSystems && /^E(?!RR_)[A-Z_]{2,20}$/.test(at.code)) return at.code;
    }
    at = at.cause;
  }
  return null;
}

/** CONNECTION_LOST: no answer came, in the words of the system, or by a library's code. */
export function notReached(address: string, cause: unknown, code = ''): TransientFailure {
  const why = systemFault(cause) ?? code;
  const said =
    why === '' ? saying('notReached', { address }) : saying('notReachedFor', { address, why });
  return new TransientFailure('CONNECTION_LOST', said, { cause });
}
