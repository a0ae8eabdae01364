import { comparableId, idIn, type Names } from '../connector/objects/held-ids.ts';
import { notTaken } from '../connector/objects/taken.ts';
import type { Operation, Outcome } from '../connector/sink.ts';
import {
  type Failure,
  ForbiddenFailure,
  RefusedFailure,
  TransientFailure,
} from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import { isObject, textsIn } from '../message/digest.ts';
import type { Json, JsonObject, Saying } from '../message/message.ts';
import { redact } from '../transport/http/redact.ts';

/** One object as a target is to be told of it. */
export interface Write {
  /** The object kind, as the manifest names it. */
  readonly kind: string;
  /** Our key of the object. */
  readonly key: string;
  /** The target's id of the object; null where it is not known to hold it. */
  readonly remoteId: string | null;
  /** The wanted object, with the target's ids where it refers to others; null: it is to go. */
  readonly object: JsonObject | null;
  /** True where the target does not hold it yet. */
  readonly isNew: boolean;
  /** The operation that the core has planned. */
  readonly action: Operation['action'];
  /** The object as the target confirmed it last, with the target's ids; null where not known. */
  readonly previous: JsonObject | null;
  /** Fires when the run is to stop. */
  readonly signal: AbortSignal;
}

/** The target's answer to a write; an answer of the JSON service is one. */
export interface Written {
  /** The status by HTTP's rules: 404 says that there is no such object, 409 that there is one. */
  readonly status: number;
  /** The target's id of the object, where the answer tells it. */
  readonly id?: string | null;
  /** It came back without what referred to it: all of that is told again. */
  readonly isAnother?: boolean;
  /**
   * Another of ours may have the id that it had, and be gone with it: that one is told again. Said
   * at all with 404, it has left that id and is to be made anew.
   */
  readonly hadOthersId?: boolean;
  /** What the answer shows of the object: fields with other values than were sent are a failure. */
  readonly body?: Json;
  /** What the answer means where it is no success. */
  readonly failure?: Failure | null;
  /** The target's own words about a failure: they are told without any value of the object. */
  readonly detail?: string;
}

/** What became of an object by the answer to its write; throws what may be other next time. */
export function outcomeOf(write: Write, written: Written, names: Names): Outcome {
  const { kind, key, object, previous } = write;
  const { failure = null, body = null, status } = written;
  if (failure?.recovery === 'dead-letter') {
    const { code, hint } = failure;
    return failed(new RefusedFailure(code, detailed(failure, written, write), { hint }));
  }
  if (failure instanceof ForbiddenFailure)
    throw new ForbiddenFailure(failure.code, detailed(failure, written, write));
  if (failure !== null) throw failure;
  const done = { kind: 'done', remark: `HTTP ${status}` } as const;
  if (object === null && written.hadOthersId === true) return { ...done, hadOthersId: true };
  if (object === null || !isObject(body)) return done;
  const shownKey = body[names.keyField];
  if (typeof shownKey === 'string' && names.keyField in object && shownKey !== key)
    throw aboutAnother(kind);
  const remoteId = idIn(body[names.idField]) ?? write.remoteId;
  const isOther = comparableId(remoteId ?? '') !== comparableId(write.remoteId ?? '');
  // There are targets that give another id with another name.
  if (write.remoteId !== null && isOther && shownKey !== key) throw aboutAnother(kind);
  const missed = notTaken(object, body, previous ?? {});
  const now = isOther && remoteId !== null ? { remoteId } : {};
  if (missed.length === 0) return { ...done, ...now };
  const said = saying('notTaken', { status: String(status), kind, fields: missed });
  return { ...failed(new RefusedFailure('NOT_TAKEN', said)), notTaken: { fields: missed, ...now } };
}

export function aboutAnother(kind: string): TransientFailure {
  return new TransientFailure('TARGET_ANSWER_UNREADABLE', saying('otherObject', { kind }));
}

function detailed(failure: Failure, written: Written, write: Write): string | Saying {
  const { text, said = text } = failure.toProblem();
  return withDetail(said, written, write);
}

/** The target's words beside ours, without any value of the object. */
export function withDetail(
  what: string | Saying,
  { detail = '' }: Written,
  write: Write,
): string | Saying {
  const known = [write.object, write.previous].flatMap(textsIn);
  const words = redact(detail, [write.key, ...known]).trim();
  return words === '' ? what : saying('withDetail', { what, detail: words });
}

export function failed(failure: Failure): Outcome & { readonly kind: 'failed' } {
  return { kind: 'failed', failure };
}
