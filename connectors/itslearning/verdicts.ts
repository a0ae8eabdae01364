import {
  type JsonObject,
  type Operation,
  type Outcome,
  RefusedFailure,
  redact,
  TransientFailure,
} from '../../core/plugin.ts';
import type { Status } from './client.ts';

const EMPTY: JsonObject = {};
const UNKNOWN = 'unknownobject';
const REFUSALS: ReadonlySet<string> = new Set(['failure', 'unsupported']);
/** IMS' words for a failure that is about the service, and passes. */
const PASSING: ReadonlySet<string> = new Set(['targetisbusy', 'linkfailure']);

/** What became of an object, by all that its status says: its major code alone tells not enough. */
export function outcomeOf(status: Status, operation: Operation): Outcome {
  const { codeMajor, codeMinors } = status;
  if (codeMajor === 'success') return outcomeOfSuccess(status, operation);
  if (codeMajor === 'processing') return failed(busy('itslearning works on it still'));
  // An answer of another version says nothing that could be believed.
  if (!REFUSALS.has(codeMajor)) return failed(silence());
  if (codeMinors.includes(UNKNOWN)) return outcomeOfUnknown(operation);
  if (codeMinors.some((code) => PASSING.has(code))) {
    return failed(busy('itslearning takes nothing for now'));
  }
  return failed(refusal(`itslearning refuses this ${operation.objectKind}`, status, operation));
}

export function silence(): TransientFailure {
  const text = 'itslearning said nothing about this object';
  return new TransientFailure('TARGET_ANSWER_UNREADABLE', text);
}

/** A success may be of a part only: then it says error, or has a word for what was not taken. */
function outcomeOfSuccess(status: Status, operation: Operation): Outcome {
  const { severity, codeMinors, text } = status;
  if (severity === 'error' || !codeMinors.every(isWhole)) {
    const what = `itslearning did not take all of this ${operation.objectKind}`;
    return failed(refusal(what, status, operation));
  }
  const isPlain = severity !== 'warning' && text === '';
  return isPlain ? { kind: 'done' } : { kind: 'done', remark: answerOf(status, operation) };
}

/** `fullsuccess`, `createsuccess`; what was not known to it is inserted. */
function isWhole(codeMinor: string): boolean {
  return codeMinor.endsWith('success') || codeMinor === UNKNOWN;
}

function outcomeOfUnknown({ action, objectKind }: Operation): Outcome {
  if (action === 'delete') return { kind: 'already', remark: 'itslearning does not know it' };
  const text = `itslearning lacks something that this ${objectKind} refers to`;
  const failure = new RefusedFailure('PREREQUISITE_MISSING', text);
  return { kind: 'failed', failure, prerequisite: true };
}

function busy(text: string): TransientFailure {
  return new TransientFailure('TARGET_BUSY', text);
}

function refusal(what: string, status: Status, operation: Operation): RefusedFailure {
  const text = [...status.codeMinors, status.text].filter((one) => one !== '').join(', ');
  return new RefusedFailure('TARGET_REFUSED', `${what}: ${answerOf({ text }, operation)}`);
}

function failed(failure: RefusedFailure | TransientFailure): Outcome {
  return { kind: 'failed', failure };
}

/** The answer's text without any value of the object. */
function answerOf({ text }: Pick<Status, 'text'>, { object, previous, key }: Operation): string {
  const values = [...Object.values(object ?? EMPTY), ...Object.values(previous ?? EMPTY)];
  return redact(text, [key, ...values.flat().map(String)]);
}
