import { digestOf } from '../message/digest.ts';
import type { Approval, Hold, HoldPart } from '../store/run-store.ts';
import type { Store } from '../store/store.ts';

/** What is held, before anybody has decided. */
export type HeldThing = Pick<Hold, 'subject' | 'run' | 'reasons' | 'digest' | 'counts'> &
  Partial<Pick<Hold, 'parts' | 'needs'>>;

/** The newest open hold of a subject takes the place of the older ones. */
export async function openHold(store: Store, held: HeldThing, now: number): Promise<void> {
  const id = digestOf([held.run, held.subject, held.digest]).slice(0, 10);
  for (const older of await store.runs.holds({ subject: held.subject, state: 'open' })) {
    if (older.id === id) continue;
    await store.runs.putHold({ ...older, state: 'rejected', reason: 'replaced by a newer hold' });
  }
  const undecided = { state: 'open', decidedAt: null, decidedBy: null, reason: null } as const;
  const whole = { parts: [], needs: 1, approvals: [] };
  await store.runs.putHold({ ...whole, ...held, id, createdAt: now, ...undecided });
}

export interface HoldDecision {
  readonly approve: boolean;
  readonly who: string;
  readonly reason: string;
  /** Organisations whose parts are meant; null for the whole. */
  readonly units: readonly string[] | null;
}

/** The hold after a person's word: open as long as a part, or a second person's word, is missing. */
export function decided(hold: Hold, decision: HoldDecision, now: number): Hold {
  const { approve, who, reason, units } = decision;
  if (!approve) return { ...hold, state: 'rejected', decidedAt: now, decidedBy: who, reason };
  const after = { ...hold, approvals: [...hold.approvals, { who, at: now, reason, units }] };
  const isWhole = hold.parts.length === 0 || approvedParts(after).length === hold.parts.length;
  const isApproved = isWhole && (hold.parts.length > 0 || hasEnough(after, () => true));
  if (!isApproved) return after;
  return { ...after, state: 'approved', decidedAt: now, decidedBy: approvers(after), reason };
}

/** The parts that enough different persons have approved. */
export function approvedParts(hold: Hold): readonly HoldPart[] {
  return hold.parts.filter(({ unit }) =>
    hasEnough(hold, ({ units }) => units === null || units.includes(unit)),
  );
}

function hasEnough({ approvals, needs }: Hold, isMeant: (approval: Approval) => boolean): boolean {
  return new Set(approvals.filter(isMeant).map(({ who }) => who)).size >= needs;
}

function approvers({ approvals }: Hold): string {
  return [...new Set(approvals.map(({ who }) => who))].join(', ');
}

/** True if a person has approved exactly this; an approval is good for one run. */
export async function useApproval(store: Store, subject: string, digest: string): Promise<boolean> {
  const approved = await store.runs.holds({ subject, state: 'approved' });
  const own = approved.filter((hold) => hold.digest === digest);
  for (const hold of own) await store.runs.putHold({ ...hold, state: 'used' });
  return own.length > 0;
}

/** The organisations whose share a person has approved exactly as it is now; good for one run. */
export async function useApprovedParts(
  store: Store,
  subject: string,
  digestOf: (unit: string) => string | undefined,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const state of ['approved', 'open'] as const) {
    for (const hold of await store.runs.holds({ subject, state })) {
      const parts = approvedParts(hold).filter(({ unit, digest }) => digestOf(unit) === digest);
      for (const { unit } of parts) found.add(unit);
      if (parts.length > 0) await store.runs.putHold({ ...hold, state: 'used' });
    }
  }
  return found;
}
