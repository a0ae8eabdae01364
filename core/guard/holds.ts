import { saying } from '../failure/saying.ts';
import { digestOf } from '../message/digest.ts';
import type { Saying } from '../message/message.ts';
import type { Approval, Hold, HoldPart, HoldSubject } from '../store/run-store.ts';
import type { Store } from '../store/store.ts';

/** What is held, before anybody has decided. */
export type HeldThing = Pick<Hold, 'subject' | 'run' | 'reasons' | 'digest' | 'counts'> &
  Partial<Pick<Hold, 'kinds' | 'parts' | 'needs'>>;

/**
 * The newest open hold of a subject takes the place of the older ones. What is held again exactly
 * as it was stays the same hold: its id still serves, and what persons have said of it counts.
 */
export async function openHold(store: Store, held: HeldThing, now: number): Promise<void> {
  const open = await store.runs.holds({ subject: held.subject, state: 'open' });
  const hold = open.find(({ digest }) => digest === held.digest) ?? newHold(held, now);
  await closeHolds(store, held.subject, 'replaced by a newer hold', hold.id);
  await store.runs.putHold({ ...hold, ...held });
}

function newHold(held: HeldThing, now: number): Hold {
  const id = digestOf([held.run, held.subject, held.digest]).slice(0, 10);
  const undecided = { state: 'open', decidedAt: null, decidedBy: null, reason: null } as const;
  const whole = { parts: [], needs: 1, approvals: [], rejections: [], version: 0 };
  return { ...whole, ...held, id, createdAt: now, ...undecided };
}

/** Open holds of a subject that nobody needs to decide any more. */
export async function closeHolds(
  store: Store,
  subject: HoldSubject,
  reason: string,
  except = '',
): Promise<void> {
  for (const hold of await store.runs.holds({ subject, state: 'open' })) {
    if (hold.id !== except) await store.runs.putHold({ ...hold, state: 'rejected', reason });
  }
}

/** Whatever became of it; null if there is none. */
export async function holdOf({ runs }: Pick<Store, 'runs'>, id: string): Promise<Hold | null> {
  return (await runs.holds({})).find((one) => one.id === id) ?? null;
}

/** The hold in which a person has refused exactly this: it is not asked about again. */
export async function refusalOf(
  store: Store,
  subject: HoldSubject,
  digest: string,
): Promise<Hold | null> {
  const refused = await store.runs.holds({ subject, state: 'rejected' });
  return refused.find((hold) => hold.digest === digest && hold.decidedBy !== null) ?? null;
}

/** What keeps coming is the sender's to mend; and a person may think better of it. */
export function refusedHint({ id }: Hold): Saying {
  return saying('refusedHint', { hold: id });
}

export const HEALED = 'there is nothing to hold any more';

export interface HoldDecision {
  readonly approve: boolean;
  readonly who: string;
  readonly reason: string;
  /** Organisations whose parts are meant; null for the whole. */
  readonly units: readonly string[] | null;
}

/**
 * The hold after a person's word: open as long as a part, or a second person's word, is missing.
 * One word is enough to refuse.
 */
export function decided(hold: Hold, decision: HoldDecision, now: number): Hold {
  const { approve, who, reason, units } = decision;
  const word = { who, at: now, reason, units };
  // Who thinks better of a refusal begins anew.
  const before = hold.state === 'open' ? hold : { ...hold, approvals: [], rejections: [] };
  const after = approve
    ? { ...before, approvals: [...before.approvals, word] }
    : { ...before, rejections: [...before.rejections, word] };
  const state = stateOf(after, approve || units !== null);
  if (state === 'open') return { ...after, state };
  const decidedBy = state === 'approved' ? approvers(after) : who;
  return { ...after, state, decidedAt: now, decidedBy, reason };
}

function stateOf(hold: Hold, mayGo: boolean): 'open' | 'approved' | 'rejected' {
  if (!mayGo) return 'rejected';
  if (hold.parts.length === 0) return hasEnough(hold, () => true) ? 'approved' : 'open';
  const [approved, refused] = [approvedParts(hold).length, rejectedParts(hold).length];
  if (approved + refused < hold.parts.length) return 'open';
  return approved > 0 ? 'approved' : 'rejected';
}

/** The parts that enough different persons have approved, and nobody has refused. */
export function approvedParts(hold: Hold): readonly HoldPart[] {
  const refused = new Set(rejectedParts(hold));
  return hold.parts.filter(
    (part) => !refused.has(part) && hasEnough(hold, (word) => isAbout(word, part)),
  );
}

export function rejectedParts({ parts, rejections }: Hold): readonly HoldPart[] {
  return parts.filter((part) => rejections.some((word) => isAbout(word, part)));
}

function isAbout({ units }: Approval, { unit }: HoldPart): boolean {
  return units === null || units.includes(unit);
}

function hasEnough({ approvals, needs }: Hold, isMeant: (approval: Approval) => boolean): boolean {
  return new Set(approvals.filter(isMeant).map(({ who }) => who)).size >= needs;
}

function approvers({ approvals }: Hold): string {
  return [...new Set(approvals.map(({ who }) => who))].join(', ');
}

/** True if a person has approved exactly this; an approval is good for one run. */
export async function useApproval(
  store: Store,
  subject: HoldSubject,
  digest: string,
): Promise<boolean> {
  const approved = await store.runs.holds({ subject, state: 'approved' });
  const own = approved.filter((hold) => hold.digest === digest);
  for (const hold of own) await store.runs.putHold({ ...hold, state: 'used' });
  return own.length > 0;
}

/** What a run has used of what persons have approved: organisations, and the holds before it. */
export interface UsedApprovals {
  readonly units: ReadonlySet<string>;
  readonly holds: readonly Hold[];
}

/** The organisations whose share a person has approved exactly as it is now; good for one run. */
export async function useApprovedParts(
  store: Store,
  subject: HoldSubject,
  digestOf: (unit: string) => string | undefined,
): Promise<UsedApprovals> {
  const approved = await approvedNow(store, subject, digestOf);
  for (const { hold } of approved) await store.runs.putHold({ ...hold, state: 'used' });
  const units = new Set(approved.flatMap(({ parts }) => parts));
  return { units, holds: approved.map(({ hold }) => hold) };
}

/** The same, unused: each hold with the organisations that it lets go. */
export async function approvedNow(
  store: Store,
  subject: HoldSubject,
  digestOf: (unit: string) => string | undefined,
): Promise<readonly { readonly hold: Hold; readonly parts: readonly string[] }[]> {
  const found: { hold: Hold; parts: readonly string[] }[] = [];
  for (const state of ['approved', 'open'] as const) {
    for (const hold of await store.runs.holds({ subject, state })) {
      const same = approvedParts(hold).filter(({ unit, digest }) => digestOf(unit) === digest);
      if (same.length > 0) found.push({ hold, parts: same.map(({ unit }) => unit) });
    }
  }
  return found;
}

/** The run has come to nothing: what was approved is approved still. */
export async function giveBackApprovals(store: Store, { holds }: UsedApprovals): Promise<void> {
  for (const hold of holds) await store.runs.putHold(hold);
}
