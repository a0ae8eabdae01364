import type { RecordBatch, SourceRecord } from '../../connector/connector.ts';
import { inEnglish, saying } from '../../failure/saying.ts';
import type { InboundMapping, PartDraft } from '../../mapping/compiled.ts';
import type { Problem } from '../../message/message.ts';
import type { StreamState } from './stream-states.ts';

/** A record, and what it is read with. */
export interface About {
  readonly record: SourceRecord;
  readonly batch: RecordBatch;
  readonly mapping: InboundMapping;
  readonly state: StreamState;
}

/** What a mapping made of a record, and not the reason why it made nothing. */
export function isMade<T>(answer: readonly T[] | Problem): answer is readonly T[] {
  return Array.isArray(answer);
}

/** Why something of a record could not be made: all of it, or an item of its list. */
export function problemIn(answer: readonly PartDraft[] | Problem): Problem | undefined {
  return isMade(answer) ? answer.find(({ aside }) => aside !== undefined)?.aside : answer;
}

/** How many parts were made; null where something of the record is set aside. */
export function madeOf(answer: readonly PartDraft[] | Problem): number | null {
  return isMade(answer) && problemIn(answer) === undefined ? answer.length : null;
}

/** The problem names the rule of the mapping; a person must also know which record broke it. */
export function blame(
  problem: Problem,
  { file, line }: Pick<SourceRecord, 'file' | 'line'>,
): Problem {
  const { place, text, said } = problem;
  const at = { file, line, field: place?.field ?? null };
  if (place === null) return { ...problem, place: at };
  const rule = `${place.file}:${place.line ?? ''}`;
  const whole = saying('byRule', { what: said ?? text, rule });
  const blamed = { ...problem, text: inEnglish(whole), place: at };
  return said === undefined ? blamed : { ...blamed, said: whole };
}
