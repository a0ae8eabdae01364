import { createHash } from 'node:crypto';
import type { AuditEntry, AuditRecord, Link } from '../run-store.ts';

/** How the audit trail stands up to a check. */
export interface AuditCheck {
  readonly entries: number;
  /** Entries of an older version, which had no chain. */
  readonly unchained: number;
  /** Number of the first entry that is not as it was written, or does not follow the one before. */
  readonly brokenAt: number | null;
  /** Digest of the newest entry: noted elsewhere, it shows later that nothing was chained anew. */
  readonly head: string;
  /** Whether the chain has an entry of the digest that was noted; null where none was given. */
  readonly hasNoted: boolean | null;
}

export function linkOf(previous: string, entry: AuditEntry): Link {
  const { at, who, action, subject, reason } = entry;
  const text = JSON.stringify([previous, at, who, action, subject, reason]);
  return { previous, digest: createHash('sha256').update(text).digest('hex') };
}

/** Checks a trail, oldest first. What a purge has forgotten lies before it, and is not missed. */
export async function checkChain(
  trail: AsyncIterable<readonly AuditRecord[]>,
  noted: string | null,
): Promise<AuditCheck> {
  let [entries, unchained, head] = [0, 0, ''];
  let brokenAt: number | null = null;
  let hasNoted = false;
  for await (const page of trail) {
    for (const record of page) {
      const isFirst = entries === unchained;
      entries += 1;
      if (record.digest === '' && isFirst) unchained += 1;
      else if (!follows(record, isFirst ? record.previous : head)) brokenAt ??= record.number;
      head = record.digest;
      hasNoted ||= head === noted;
    }
  }
  return { entries, unchained, brokenAt, head, hasNoted: noted === null ? null : hasNoted };
}

function follows(record: AuditRecord, head: string): boolean {
  return record.previous === head && record.digest === linkOf(head, record).digest;
}
