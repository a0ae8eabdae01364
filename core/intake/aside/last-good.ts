import type { RecordFault } from '../../connector/connector.ts';
import type { Glimpse, InboundContext, InboundMapping } from '../../mapping/compiled.ts';
import type { Problem } from '../../message/message.ts';
import type { IntakeContext, IntakeTask } from '../intake-task.ts';
import { aboutIn } from '../protection/hearing.ts';
import { noteNobody, noteUnsure, type StreamState } from '../stream/stream-states.ts';

/** Whose a bad record is: an id, and the part that it was to be, where that could be read. */
export interface Whose {
  readonly id: string;
  readonly part: string | undefined;
  readonly by: InboundMapping;
}

/** The one part that a bad record was to be; undefined where it was many, or none can tell. */
export function partIn(by: InboundMapping, about: readonly Glimpse[]): string | undefined {
  const [one] = about;
  if (!by.isSingle || one === undefined) return undefined;
  // A name of which nothing could be read.
  return by.partReads > 0 && one.part === by.mark ? undefined : one.part;
}

/** What could be read of a fault says whose it is; what is none of its column names nobody. */
export function whoseIsFault(
  { externalId, value }: RecordFault,
  mappings: readonly InboundMapping[],
  inbound: InboundContext,
): readonly Whose[] {
  const whose = (value === undefined ? [] : mappings).flatMap((by) => {
    const part = partIn(by, aboutIn(value ?? {}, {}, by, inbound));
    return by.externalIds(value ?? {}).map((id) => ({ id, part, by }));
  });
  if (externalId === undefined || whose.some(({ id }) => id === externalId)) return whose;
  return [...mappings.map((by) => ({ id: externalId, part: undefined, by })), ...whose];
}

/**
 * What a bad record gave before counts as seen: it keeps its last good value. Where it is one of
 * many that speak of one entity and nobody can tell which, whoever is missing there may be it.
 */
export async function keepLastGood(
  whose: readonly Whose[],
  problem: Problem,
  { stream, state }: { readonly stream: string; readonly state: StreamState },
  { run, module }: IntakeTask,
  { store: { intake } }: IntakeContext,
): Promise<void> {
  if (whose.length === 0) noteNobody(state, problem);
  for (const { id, part, by } of whose) {
    const isOneOfMany = by.isSingle && by.partReads > 0;
    if (part === undefined && !isOneOfMany) {
      await intake.keep(run, module, stream, id);
      continue;
    }
    const isThere = part !== undefined && (await intake.keep(run, module, stream, id, part));
    // Who is named by one field and is not there is new; a name of several may have been another.
    const isNew = part !== undefined && by.partReads <= 1;
    if (!isThere && !isNew) noteUnsure(state, id, problem);
  }
}
