import type { UnitLimits } from '../../config/rules/guards.ts';
import { windowOn } from '../../config/rules/windows.ts';
import type { FailureCode } from '../../failure/catalogue.ts';
import { HeldFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { exceeds } from '../../guard/plan-guard.ts';
import { digestOf } from '../../message/digest.ts';
import type { Saying } from '../../message/message.ts';
import type { Hold } from '../../store/run-store.ts';
import type { Store } from '../../store/store.ts';
import type { IntakeTask } from '../intake-task.ts';
import type { Receiver } from '../read/receive.ts';
import type { Missing } from './missing.ts';

/** Below this many parts a stream is too small for fractions to mean anything. */
const SMALLEST_GUARDED = 20;
/** So many may have left together: the children of a house. */
export const HANDFUL = 5;

export interface Shortfall {
  readonly failure: HeldFailure;
  /** By stream: what was read and is kept, where that is known, and what is missing. */
  readonly kinds: NonNullable<Hold['kinds']>;
  /** The same for the same streams and parts: what a person approves. */
  readonly digest: string;
}

/**
 * Full streams that hold too little of what is kept from them: fewer parts, none at all, or as many
 * but others; and those that nothing reads any more. Null if there are none.
 */
export async function shortfall(
  task: Pick<IntakeTask, 'module' | 'rules'>,
  today: string,
  store: Store,
  receiver: Receiver,
  missing: ReadonlyMap<string, Missing>,
): Promise<Shortfall | null> {
  const { guards } = task.rules;
  const limits = { ...guards, ...windowOn(guards.windows, today) };
  const kinds: Record<string, Record<string, number>> = {};
  const found: Lack[] = [];
  const keptOf = await store.intake.countParts(task.module);
  for (const [stream, { parts: read, isUnread }] of receiver.fullStreams()) {
    const kept = keptOf[stream] ?? 0;
    const gone = missing.get(stream)?.count ?? 0;
    const problem = judge(stream, { read, isUnread, kept, gone }, limits);
    if (problem === null) continue;
    found.push(problem);
    kinds[stream] = { read, kept, missing: gone };
  }
  const [worst] = found;
  if (worst === undefined) return null;
  const lacks = found.map(({ said }) => said);
  const text = saying('tooLittle', { module: task.module, lacks, allowed: limits.maxDelete });
  const sets = [...missing].map(([stream, { digest }]) => [stream, digest]);
  return { failure: new HeldFailure(worst.code, text), kinds, digest: digestOf([kinds, sets]) };
}

interface StreamCounts {
  readonly read: number;
  readonly isUnread: boolean;
  readonly kept: number;
  readonly gone: number;
}

interface Lack {
  readonly code: FailureCode;
  readonly said: Saying;
}

function judge(
  stream: string,
  { read, isUnread, kept, gone }: StreamCounts,
  limits: UnitLimits,
): Lack | null {
  if (limits.maxDelete === 1 || kept === 0) return null;
  if (isUnread) return { code: 'SOURCE_UNREAD', said: saying('streamUnread', { stream, kept }) };
  if (read === 0) return { code: 'SOURCE_EMPTY', said: saying('streamEmpty', { stream, kept }) };
  const isOther = gone === kept && kept > HANDFUL;
  if (kept < SMALLEST_GUARDED && !isOther) return null;
  if (exceeds(limits, 'delete', kept - read, kept)) {
    return { code: 'SOURCE_SHRUNK', said: saying('streamShrunk', { stream, read, kept }) };
  }
  if (!exceeds(limits, 'delete', gone, kept)) return null;
  return { code: 'SOURCE_REPLACED', said: saying('streamReplaced', { stream, read, kept, gone }) };
}

/** How much is missing of all streams together. */
export function missingIn(kinds: Shortfall['kinds']): { readonly missing: number } {
  return { missing: Object.values(kinds).reduce((sum, { missing = 0 }) => sum + missing, 0) };
}
