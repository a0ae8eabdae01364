import {
  type Json,
  type Operation,
  type Outcome,
  RefusedFailure,
  redact,
  saying,
  TransientFailure,
} from '../../core/plugin.ts';
import type { WrittenOperation } from './documents.ts';
import type { ImportReport, Note } from './import-report.ts';

/** It does not know the object itself; other words are about what the object refers to. */
const UNKNOWN = 'UNKNOWN';

/** What a report says of the objects of a document; null: it is about another one. */
export function notesOf(
  { records, notes }: ImportReport,
  element: string,
  written: readonly WrittenOperation[],
): ReadonlyMap<string, Note> | null {
  const ids = new Set(written.map(({ id }) => id));
  const isOurs = notes.every((note) => note.element === element && ids.has(note.id));
  if (records !== written.length || !isOurs) return null;
  // An error of an object counts more than a warning of it.
  const inOrder = [...notes].sort((a, b) => (a.severity < b.severity ? 1 : -1));
  return new Map(inOrder.map((note) => [note.id, note]));
}

/** The report cannot be believed: as many elements, and no others, are to be spoken of. */
export function unbelievable(): TransientFailure {
  return new TransientFailure('TARGET_ANSWER_UNREADABLE', saying('reportMisfit', {}));
}

/** Whether an update is of an object that the target does not hold. */
export function isUnknown(note: Note | undefined): boolean {
  return note?.severity === 'error' && note.code === UNKNOWN;
}

/** What became of an operation; without a note all went well. */
export function outcomeOf(operation: Operation, note: Note | undefined): Outcome {
  if (note === undefined) return { kind: 'done' };
  const text = redact(`${note.code} ${note.text}`.trim(), knownOf(operation));
  if (note.severity === 'warning') return { kind: 'done', remark: text };
  const { action, objectKind } = operation;
  if (note.code === UNKNOWN && action === 'delete') {
    return { kind: 'already', remark: 'the target does not know it' };
  }
  if (note.code.startsWith(`${UNKNOWN}_`)) {
    const said = saying('targetLacksReferred', { kind: objectKind, why: text });
    const failure = new RefusedFailure('PREREQUISITE_MISSING', said);
    return { kind: 'failed', failure, prerequisite: true };
  }
  const said = saying('targetRefusesThis', { kind: objectKind, why: text });
  return { kind: 'failed', failure: new RefusedFailure('TARGET_REFUSED', said) };
}

/** Whatever the report quotes of an object is not told on. */
function knownOf({ key, object, previous }: Operation): readonly string[] {
  const values: readonly Json[] = [object, previous].flatMap((one) => Object.values(one ?? {}));
  return [key, ...key.split('|'), ...values.map(String)];
}
