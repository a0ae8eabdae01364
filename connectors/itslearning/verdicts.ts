import {
  type JsonObject,
  type Operation,
  type Outcome,
  RefusedFailure,
  redact,
  type Saying,
  saying,
  TransientFailure,
} from '../../core/plugin.ts';
import type { Status } from './client.ts';

const SYSTEM = 'itslearning';
const EMPTY: JsonObject = {};
const UNKNOWN = 'unknownobject';
const REFUSALS: ReadonlySet<string> = new Set(['failure', 'unsupported']);
/** IMS' words for a failure that is about the service, and passes. */
const PASSING: ReadonlySet<string> = new Set(['targetisbusy', 'linkfailure']);

/** What became of an object, by all that its status says: its major code alone tells not enough. */
export function outcomeOf(status: Status, operation: Operation): Outcome {
  const { codeMajor, codeMinors } = status;
  if (codeMajor === 'success') return outcomeOfSuccess(status, operation);
  if (codeMajor === 'processing') return failed(busy(saying('worksStill', { system: SYSTEM })));
  // An answer of another version says nothing that could be believed.
  if (!REFUSALS.has(codeMajor)) return failed(silence());
  if (codeMinors.includes(UNKNOWN)) return outcomeOfUnknown(operation);
  if (codeMinors.some((code) => PASSING.has(code))) {
    return failed(busy(saying('takesNothing', { system: SYSTEM })));
  }
  return failed(refusal('refusesThis', status, operation));
}

export function silence(): TransientFailure {
  const said = saying('saysNothing', { system: SYSTEM });
  return new TransientFailure('TARGET_ANSWER_UNREADABLE', said);
}

/** A success may be of a part only: then it says error, or has a word for what was not taken. */
function outcomeOfSuccess(status: Status, operation: Operation): Outcome {
  const { severity, codeMinors, text } = status;
  if (severity === 'error' || !codeMinors.every(isWhole)) {
    return failed(refusal('notAllOfThis', status, operation));
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
  const said = saying('lacksReferred', { system: SYSTEM, kind: objectKind });
  const failure = new RefusedFailure('PREREQUISITE_MISSING', said);
  return { kind: 'failed', failure, prerequisite: true };
}

function busy(said: Saying): TransientFailure {
  return new TransientFailure('TARGET_BUSY', said);
}

function refusal(
  name: 'refusesThis' | 'notAllOfThis',
  status: Status,
  operation: Operation,
): RefusedFailure {
  const text = [...status.codeMinors, status.text].filter((one) => one !== '').join(', ');
  const values = { system: SYSTEM, kind: operation.objectKind, why: answerOf({ text }, operation) };
  return new RefusedFailure('TARGET_REFUSED', saying(name, values));
}

function failed(failure: RefusedFailure | TransientFailure): Outcome {
  return { kind: 'failed', failure };
}

/** The answer's text without any value of the object. */
function answerOf({ text }: Pick<Status, 'text'>, { object, previous, key }: Operation): string {
  const values = [...Object.values(object ?? EMPTY), ...Object.values(previous ?? EMPTY)];
  return redact(text, [key, ...values.flat().map(String)]);
}
