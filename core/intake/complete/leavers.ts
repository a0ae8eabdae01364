import { HeldFailure } from '../../failure/failure.ts';
import { saying, sayPlaces } from '../../failure/saying.ts';
import { closeHolds, HEALED, openHold, useApproval } from '../../guard/holds.ts';
import { digestOf } from '../../message/digest.ts';
import type { Saying } from '../../message/message.ts';
import type { IntakeContext, IntakeTask } from '../intake-task.ts';
import type { Receiver } from '../read/receive.ts';
import type { StreamState } from '../read/stream-states.ts';
import { isDue, type Missing } from './missing.ts';
import type { Waiting } from './unit-gate.ts';

/** Streams whose leavers must wait, and what is said of it. */
export interface Doubt {
  readonly streams: ReadonlySet<string>;
  readonly waiting: Waiting | null;
}

/**
 * Of a stream that holds a record which names nobody, any one who is missing may be that record:
 * those whose time has come wait, until the record is mended or a person lets exactly them go.
 */
export async function doubtLeavers(
  task: IntakeTask,
  context: IntakeContext,
  receiver: Receiver,
  missing: ReadonlyMap<string, Missing>,
): Promise<Doubt> {
  const { store, now } = context;
  const subject = `leavers ${task.module}` as const;
  const doubted = [...receiver.fullStreams()].filter(([, { unidentified }]) => unidentified > 0);
  const found: Due[] = [];
  for (const [stream, state] of doubted) {
    const due = await dueOf(stream, state, task, missing.get(stream));
    if (due !== null) found.push(due);
  }
  const streams = new Set(doubted.map(([stream]) => stream));
  if (found.length === 0) {
    await closeHolds(store, subject, HEALED);
    return { streams, waiting: null };
  }
  const digest = digestOf(found.map((one) => [one.stream, one.parts]));
  if (await useApproval(store, subject, digest)) return { streams: new Set(), waiting: null };
  const text = saying('ofModule', { module: task.module, what: found.map(sayDue) });
  const failure = new HeldFailure('LEAVERS_UNSURE', text);
  const counts = Object.fromEntries(
    found.map((one) => [`${one.stream} missing`, one.parts.length]),
  );
  const held = { subject, run: task.run, reasons: [failure.toProblem()], digest, counts };
  await openHold(store, { ...held, needs: task.rules.guards.approvals }, now());
  const parts = found.reduce((sum, one) => sum + one.parts.length, 0);
  return { streams, waiting: { failure, parts } };
}

interface Due {
  readonly stream: string;
  readonly state: StreamState;
  /** Names of the parts that would go now. */
  readonly parts: readonly string[];
}

async function dueOf(
  stream: string,
  state: StreamState,
  { rules }: IntakeTask,
  missing: Missing | undefined,
): Promise<Due | null> {
  const parts: string[] = [];
  for await (const batch of missing?.batches() ?? []) {
    for (const one of batch) {
      if (isDue(one, rules, stream)) parts.push(`${one.entity.kind} ${one.entity.id} ${one.part}`);
    }
  }
  return parts.length === 0 ? null : { stream, state, parts };
}

function sayDue({ stream, state: { nobodyAt, unidentified }, parts }: Due): Saying {
  const where = sayPlaces(nobodyAt, unidentified);
  return saying('leaversUnsure', { count: parts.length, stream, where });
}
