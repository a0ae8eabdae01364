import { TransientFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import type { Problem } from '../message/message.ts';
import type { Progress } from '../message/progress.ts';

export interface Run {
  readonly id: string;
  readonly type: 'intake' | 'flow';
  /** Source module, or flow name. */
  readonly subject: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  /**
   * Milliseconds of it in which a flow waited for those that are planned in the same pass, noted
   * when its target may be told and at its end.
   */
  readonly waitedMs?: number;
  /** `held`: waits for a person; `failed`: nothing was changed. */
  readonly outcome: 'running' | 'done' | 'held' | 'failed';
  readonly counts: Readonly<Record<string, number>>;
  readonly problem: Problem | null;
  /** The target as a whole gave no answer: the circuit opened, and nobody's attempt was counted. */
  readonly isOutage?: true;
  /** What a flow's run planned: from good runs comes what is usual on a weekday. */
  readonly planned?: Planned;
  /** When an intake's data were made, as their sender says; epoch milliseconds. */
  readonly asOf?: number;
  /** Whether an intake brought a whole set to its end, and not only changes. */
  readonly isWhole?: boolean;
  /** What an intake's records became, by stream. */
  readonly streams?: Readonly<Record<string, StreamYield>>;
  /** What was odd about an intake's files, and kept nothing from being read. */
  readonly remarks?: readonly Problem[];
  /** What lay at an intake's source when it ended and was not read, each file with the reason. */
  readonly unread?: readonly Problem[];
}

/** What the records of one stream became in one run. */
export interface StreamYield {
  readonly records: number;
  /** Parts of entities. */
  readonly made: number;
  /** Records that no mapping takes: their `when` is not met, or their `each` is empty. */
  readonly leftOut: number;
  /** Records that were set aside. */
  readonly bad: number;
}

export function beginningRun(
  id: string,
  type: Run['type'],
  subject: string,
  startedAt: number,
): Run {
  const begun = { endedAt: null, outcome: 'running', counts: {}, problem: null } as const;
  return { id, type, subject, startedAt, ...begun };
}

/** Milliseconds that a run took by itself; null while it is under way. */
export function tookMs({ startedAt, endedAt, waitedMs = 0 }: Run): number | null {
  return endedAt === null ? null : endedAt - startedAt - waitedMs;
}

/** Whether an intake took records in; one that holds some school units has taken in all else. */
export function hasTakenIn({ outcome, counts }: Run): boolean {
  const isTaken = outcome === 'done' || (counts['withheld'] ?? 0) > 0;
  return isTaken && (counts['records'] ?? 0) > 0;
}

export interface Planned {
  readonly target: string;
  readonly kinds: Readonly<Record<string, PlannedChanges>>;
}

/** Changes of one object kind of a target. */
export interface PlannedChanges {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
  /** So many go while as many come, or get another key. */
  readonly replace: number;
}

/**
 * What a hold is about: a flow, target or source by its name; the leavers of a source, or the many
 * whom it has called protected at once; one person's protection or identity, by their id.
 */
export type HoldKind =
  | ('flow' | 'target' | 'intake' | 'leavers')
  | ('protections' | 'protection' | 'identity');
export type HoldSubject = `${HoldKind} ${string}`;

/** A plan or intake that waits for a person. */
export interface Hold {
  readonly id: string;
  readonly subject: HoldSubject;
  readonly run: string;
  readonly reasons: readonly Problem[];
  /** What was held: an approval is good for exactly this. */
  readonly digest: string;
  readonly counts: Readonly<Record<string, number>>;
  /** The same by stream, where a source's streams are held as a whole. */
  readonly kinds?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** What can be decided by itself: one organisation's share each. Empty where it is one whole. */
  readonly parts: readonly HoldPart[];
  /** So many different persons must approve it. */
  readonly needs: number;
  readonly approvals: readonly Approval[];
  /** The parts that a person has refused. */
  readonly rejections: readonly Approval[];
  readonly state: 'open' | 'approved' | 'rejected' | 'used';
  readonly createdAt: number;
  readonly decidedAt: number | null;
  readonly decidedBy: string | null;
  readonly reason: string | null;
  /** How often it has been put again; the store counts. */
  readonly version: number;
}

/** What a hold is about, if it is one of that kind: a name, or an id. */
export function subjectIn({ subject }: Pick<Hold, 'subject'>, kind: HoldKind): string | null {
  return subject.startsWith(`${kind} `) ? subject.slice(kind.length + 1) : null;
}

export interface HoldPart {
  /** Id of an organisation; '' for what belongs to none. */
  readonly unit: string;
  readonly name: string;
  readonly digest: string;
  readonly counts: Readonly<Record<string, number>>;
  /** The same by object kind, or by stream of a source. */
  readonly kinds?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** A person's word on a hold. */
export interface Approval {
  readonly who: string;
  readonly at: number;
  readonly reason: string;
  /** The parts that are meant; null for the whole. */
  readonly units: readonly string[] | null;
}

export interface AuditEntry {
  readonly at: number;
  readonly who: string;
  readonly action: string;
  readonly subject: string;
  readonly reason: string;
}

/** What chains an entry to the one before it. */
export interface Link {
  /** Digest of the entry before; '' at the beginning of the chain. */
  readonly previous: string;
  /** SHA-256, in hex, of that and of the entry itself; '' of an entry from before the chain. */
  readonly digest: string;
}

/** An entry as it is kept: chained to the one before it, so that a change shows. */
export interface AuditRecord extends AuditEntry, Link {
  /** Its place in the trail, ascending. */
  readonly number: number;
}

/** Which entries are asked for; all of those that are named must fit. */
export interface AuditFilter {
  readonly who?: string;
  readonly action?: string;
  /** Epoch milliseconds: done at this instant or later. */
  readonly from?: number;
  /** Written before the entry of this number. */
  readonly before?: number;
}

export interface PurgeCounts {
  readonly runs: number;
  readonly holds: number;
  readonly audit: number;
}

/** The right to do something alone, and the term in which it is had: one more each time. */
export interface Lease {
  readonly name: string;
  readonly term: number;
}

/** A lease, and who has it. */
export interface Held extends Lease {
  readonly owner: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** A process of the hub, as it says of itself from time to time. */
export interface Worker {
  /** As the owner of leases. */
  readonly owner: string;
  readonly role: string;
  /** Of the program; not said by versions from before there were several. */
  readonly version?: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly seenAt: number;
  readonly steps: readonly Progress[];
  /** Tickets that it has taken and not handled yet, by target; older versions do not say. */
  readonly inHand?: Readonly<Record<string, number>>;
}

export interface RunStore {
  put(run: Run): Promise<void>;
  /** Newest first. */
  list(filter: {
    subject?: string;
    type?: Run['type'];
    outcome?: Run['outcome'];
    /** Begun at this instant or later, and before that one; epoch milliseconds. */
    from?: number;
    until?: number;
    limit: number;
  }): Promise<readonly Run[]>;
  putHold(hold: Hold): Promise<void>;
  /** False, and nothing is changed, where the hold was put again since this version was read. */
  replaceHold(hold: Hold): Promise<boolean>;
  holds(filter: { subject?: HoldSubject; state?: Hold['state'] }): Promise<readonly Hold[]>;
  /** Chains the entry to the newest one, whoever else writes at the same time. */
  audit(entry: AuditEntry): Promise<void>;
  /** Newest first. */
  auditTrail(limit: number, of?: AuditFilter): Promise<readonly AuditRecord[]>;
  /** All entries, oldest first. */
  auditScan(): AsyncIterable<readonly AuditRecord[]>;
  /**
   * Forgets ended runs and decided holds, and audit entries, from before these instants; of the
   * audit trail only its beginning, so that what is left is still a chain.
   */
  purge(before: { readonly runs: number; readonly audit: number }): Promise<PurgeCounts>;
  /**
   * The lease, ours now until `now + ttlMs`; null where another has it. Whoever has it already
   * renews it in the same term; all else begins a new one, whose writes alone are taken then.
   */
  lease(name: string, owner: string, now: number, ttlMs: number): Promise<Lease | null>;
  release(name: string, owner: string): Promise<void>;
  /** The leases that somebody has and that end after this instant. */
  leased(now: number): Promise<readonly Held[]>;
  /** Notes that a process is there, in place of what it said before. */
  putWorker(worker: Worker): Promise<void>;
  /** Those that were not removed, by their owners' names. */
  workers(): Promise<readonly Worker[]>;
  removeWorker(owner: string): Promise<void>;
}

/** A write under a lease of which a newer term has begun. */
export function leaseLost({ name, term }: Lease): TransientFailure {
  return new TransientFailure('LEASE_LOST', saying('termRefused', { name, term: String(term) }));
}
