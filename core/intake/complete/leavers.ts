import { HeldFailure } from '../../failure/failure.ts';
import { saying, sayPlaces } from '../../failure/saying.ts';
import { closeHolds, HEALED, openHold, useApproval } from '../../guard/holds.ts';
import { digestOf } from '../../message/digest.ts';
import type { Saying } from '../../message/message.ts';
import type { IntakeContext, IntakeTask } from '../intake-task.ts';
import type { Receiver } from '../read/receive.ts';
import { EXAMPLES, type StreamState } from '../stream/stream-states.ts';
import { missingIn } from './completeness.ts';
import { isDue, type Missing, type MissingPart } from './missing.ts';
import type { Waiting } from './unit-gate.ts';

/** Which leavers must wait, and what is said of it. */
export interface Doubt {
  readonly isDoubted: (part: MissingPart) => boolean;
  readonly waiting: Waiting | null;
}

/**
 * Of a stream that holds a record which names nobody, any one who is missing may be that record,
 * and of a class in which a row does not say whom it means, any one who is missing there: those
 * whose time has come wait, until the record is mended or a person lets exactly them go.
 */
export async function doubtLeavers(
  task: IntakeTask,
  context: IntakeContext,
  receiver: Receiver,
  missing: ReadonlyMap<string, Missing>,
): Promise<Doubt> {
  const { store, now } = context;
  const subject = `leavers ${task.module}` as const;
  const full = receiver.fullStreams();
  const isDoubted = ({ stream, externalId }: MissingPart) => {
    const state = full.get(stream);
    return state !== undefined && (state.unidentified > 0 || state.unsure.has(externalId));
  };
  const found: Due[] = [];
  for (const [stream, state] of full) {
    if (state.unidentified === 0 && state.unsure.size === 0) continue;
    const due = await dueOf({ stream, state }, isDoubted, task, missing.get(stream));
    if (due !== null) found.push(due);
  }
  if (found.length === 0) {
    await closeHolds(store, subject, HEALED);
    return { isDoubted, waiting: null };
  }
  const digest = digestOf(found.map((one) => [one.stream, one.parts]));
  if (await useApproval(store, subject, digest)) return { isDoubted: () => false, waiting: null };
  const text = saying('ofModule', { module: task.module, what: found.map(sayDue) });
  const failure = new HeldFailure('LEAVERS_UNSURE', text);
  const kinds = Object.fromEntries(
    found.map(({ stream, parts }) => [stream, { missing: parts.length }]),
  );
  const counts = missingIn(kinds);
  const held = { subject, run: task.run, reasons: [failure.toProblem()], digest, counts, kinds };
  await openHold(store, { ...held, needs: task.rules.guards.approvals }, now());
  return { isDoubted, waiting: { failure, parts: counts.missing } };
}

interface Due {
  readonly stream: string;
  readonly state: StreamState;
  /** Names of the parts that would go now. */
  readonly parts: readonly string[];
  /** Their outside ids. */
  readonly ids: ReadonlySet<string>;
}

async function dueOf(
  { stream, state }: Pick<Due, 'stream' | 'state'>,
  isDoubted: Doubt['isDoubted'],
  { rules }: IntakeTask,
  missing: Missing | undefined,
): Promise<Due | null> {
  const parts: string[] = [];
  const ids = new Set<string>();
  for await (const batch of missing?.batches() ?? []) {
    for (const one of batch) {
      if (!isDoubted(one) || !isDue(one, rules, stream)) continue;
      parts.push(`${one.entity.kind} ${one.entity.id} ${one.part}`);
      ids.add(one.externalId);
    }
  }
  return parts.length === 0 ? null : { stream, state, parts, ids };
}

function sayDue({ stream, state: { nobodyAt, unidentified, unsure }, parts, ids }: Due): Saying {
  const places = [...unsure].flatMap(([id, at]) => (ids.has(id) ? at : []));
  const some = [...nobodyAt, ...places].slice(0, EXAMPLES);
  const where = sayPlaces(some, unidentified + places.length);
  return saying('leaversUnsure', { count: parts.length, stream, where });
}
