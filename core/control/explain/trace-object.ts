import { findReferences } from '../../dispatch/batch/references.ts';
import { deliveryId, parkedId } from '../../dispatch/delivery-id.ts';
import type { Target, TargetKind } from '../../flow/target.ts';
import { approvedParts } from '../../guard/holds.ts';
import type { OutboundMapping } from '../../mapping/compiled.ts';
import type { EntityRef, Message, Problem } from '../../message/message.ts';
import { valuesAt } from '../../message/reference-walk.ts';
import { compare, type Entry, isChange } from '../../plan/compare.ts';
import { NOTHING, type Projected, projectNow } from '../../plan/project.ts';
import type { CanonicalSchemas } from '../../schema/canonical.ts';
import type { LedgerRow } from '../../store/ledger-store.ts';
import type { Hold } from '../../store/run-store.ts';
import type { Store } from '../../store/store.ts';
import type { Views } from '../../view/views.ts';

/** What became of one object in one target. */
export interface ObjectTrace {
  readonly objectKind: string;
  readonly key: string;
  /** The mapping that makes it. */
  readonly mapping: string;
  /** The entity that it is made from. */
  readonly origin: EntityRef;
  /**
   * `open`: goes with the next delivery; `waits`: for what it refers to; `held`: for a person;
   * `superseded`: newer data made its message void; `suspended`: shut, and deleted after its grace;
   * else see the message.
   */
  readonly state:
    | 'delivered'
    | 'open'
    | 'waits'
    | 'held'
    | 'to go'
    | 'suspended'
    | 'parked'
    | 'superseded'
    | Message['state'];
  /** Epoch milliseconds: of the target's confirmation, or of the next attempt. */
  readonly at: number | null;
  readonly run: string | null;
  readonly attempts: number;
  readonly problem: Problem | null;
  /** What it refers to and the target does not hold. */
  readonly waitsFor: Prerequisite | null;
  /** The hold that withholds it. */
  readonly hold: string | null;
  /** What the target holds of it by now. */
  readonly confirmed: Confirmation | null;
}

/** An object that others wait for; at the end of the chain, with what is the matter with it. */
export interface Prerequisite {
  readonly objectKind: string;
  readonly key: string;
  /** Null where no delivery of it is under way: it is not wanted there. */
  readonly state: Message['state'] | null;
  readonly problem: Problem | null;
}

export interface Confirmation {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly run: string;
  /** The target's own id of the object, where it gave one. */
  readonly remoteId: string | null;
  /** What the target said, where it said more than yes. */
  readonly answer: string | null;
}

/** One flow as it is traced. */
export interface TraceContext {
  readonly store: Store;
  readonly canonical: CanonicalSchemas;
  readonly target: Target;
  readonly views: Views;
  readonly today: string;
  /** Open holds of the flow's plans. */
  readonly holds: readonly Hold[];
}

/** What one entity gives through one mapping now, beside what the target holds. */
export async function entriesOf(
  kind: TargetKind,
  mapping: OutboundMapping,
  origin: EntityRef,
  context: TraceContext,
): Promise<{ readonly entries: readonly Entry[]; readonly parked: Projected['parked'] }> {
  const { store, target, today } = context;
  const rows = await store.ledger.byOrigins(target.name, kind.kind, [origin]);
  const [projected = NOTHING] = await projectNow(target, mapping, [origin.id], context);
  const entries = compare(kind, origin, projected, rows, today);
  return { entries, parked: projected.parked };
}

/** What became of an object that is wanted, or that the target still holds. */
export async function traceObject(
  kind: TargetKind,
  mapping: OutboundMapping,
  entry: Entry,
  context: TraceContext,
): Promise<ObjectTrace> {
  const { store, target } = context;
  const { key, row, origin, action } = entry;
  const about = {
    ...{ objectKind: kind.kind, key, mapping: mapping.file, origin, attempts: 0, hold: null },
    ...{ at: null, run: row?.run ?? null, problem: null, waitsFor: null },
    confirmed: confirmationOf(row),
  };
  const ids = [
    deliveryId(target.name, kind.kind, key),
    parkedId(target.name, kind.kind, origin, key),
  ];
  const [message] = await store.messages.get(ids);
  // What the target did not take of it is wanted still, though no plan tells it again.
  const isNotTaken = message?.problem?.code === 'NOT_TAKEN';
  const isSettled = !isNotTaken && (!isChange(entry) || (await isAsResolved(kind, entry, context)));
  const hold = isSettled ? null : holdOf(entry, context);
  if (hold !== null) return { ...about, state: 'held', hold };
  if (message !== undefined) {
    const state = isSettled ? 'superseded' : message.type === 'parked' ? 'parked' : message.state;
    const { attempts, problem, run, notBefore } = message;
    const waitsFor = await prerequisiteOf(kind, entry, context);
    const at = notBefore === 0 ? null : notBefore;
    return { ...about, state, at, run, attempts, problem, waitsFor };
  }
  if (isSettled) {
    const state = action === 'suspended' ? 'suspended' : 'delivered';
    return { ...about, state, at: row?.confirmedAt ?? null };
  }
  if (action === 'delete' || action === 'suspend') return { ...about, state: 'to go' };
  const waitsFor = await prerequisiteOf(kind, entry, context);
  return { ...about, state: waitsFor === null ? 'open' : 'waits', waitsFor };
}

/** An object that cannot be made now. */
export function parkedObject(
  kind: TargetKind,
  mapping: OutboundMapping,
  origin: EntityRef,
  { key, problem }: Projected['parked'][number],
): ObjectTrace {
  return {
    ...{ objectKind: kind.kind, key: key ?? '', mapping: mapping.file, origin, state: 'parked' },
    ...{ at: null, run: null, attempts: 0, problem, waitsFor: null, hold: null, confirmed: null },
  };
}

export function confirmationOf(row: LedgerRow | null): Confirmation | null {
  if (row === null) return null;
  const { confirmedAt: at, run, remoteId, remark: answer = null } = row;
  return { at, run, remoteId, answer };
}

/** What is not wanted in the target is left out of what refers to it: that is all that differs. */
async function isAsResolved(
  kind: TargetKind,
  { object, row }: Entry,
  { store, target }: TraceContext,
): Promise<boolean> {
  if (object === null || row === null) return false;
  const references = await findReferences(target.name, kind, [object], store);
  const resolved = references.resolve(object, false);
  return resolved.kind === 'ready' && resolved.hash === row.hash;
}

/** The open hold that withholds the changes of the entry's organisation. */
function holdOf({ unit }: Entry, { holds }: TraceContext): string | null {
  const holding = holds.find((hold) => {
    const approved = approvedParts(hold);
    return hold.parts.some((part) => part.unit === unit && !approved.includes(part));
  });
  return holding?.id ?? null;
}

const UUIDS = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
/** Chains are short: memberships wait for persons, persons for organisations. */
const LONGEST_CHAIN = 5;

/** The first object that this one needs and the target has not confirmed, or what that needs. */
async function prerequisiteOf(
  kind: TargetKind,
  { object }: Entry,
  context: TraceContext,
  depth = 0,
): Promise<Prerequisite | null> {
  const { store, target } = context;
  for (const { path, kind: to } of object === null ? [] : kind.references) {
    const keys = [...valuesAt(object, path)].map(String);
    const held = await store.ledger.byKeys(target.name, to, keys);
    const missing = keys.find((key) => !held.some((row) => row.ref.key === key));
    if (missing === undefined) continue;
    const [message] = await store.messages.get([deliveryId(target.name, to, missing)]);
    // What the next run delivers with it keeps it from nothing.
    if (message === undefined && (await isWanted(to, missing, context))) continue;
    const deeper = depth < LONGEST_CHAIN ? await causeOf(to, message, context, depth + 1) : null;
    const { state = null, problem = null } = message ?? {};
    return deeper ?? { objectKind: to, key: missing, state, problem };
  }
  return null;
}

/** Whether some entity that the key names gives the object now; keys are made of entities' ids. */
async function isWanted(objectKind: string, key: string, context: TraceContext) {
  const kind = context.target.kinds.find((one) => one.kind === objectKind);
  if (kind === undefined) return false;
  for (const id of key.match(UUIDS) ?? []) {
    for (const mapping of kind.mappings) {
      const origin = { kind: mapping.from.kind, id };
      const { entries } = await entriesOf(kind, mapping, origin, context);
      if (entries.some((entry) => entry.key === key && entry.object !== null)) return true;
    }
  }
  return false;
}

/** What a blocked message's object itself waits for. */
async function causeOf(
  objectKind: string,
  message: Message | undefined,
  context: TraceContext,
  depth: number,
): Promise<Prerequisite | null> {
  const kind = context.target.kinds.find((one) => one.kind === objectKind);
  if (kind === undefined || message?.state !== 'blocked') return null;
  for (const mapping of kind.mappings) {
    if (mapping.from.kind !== message.origin.kind) continue;
    const { entries } = await entriesOf(kind, mapping, message.origin, context);
    const entry = entries.find(({ key }) => key === message.key);
    if (entry !== undefined) return prerequisiteOf(kind, entry, context, depth);
  }
  return null;
}
