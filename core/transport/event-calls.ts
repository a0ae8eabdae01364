import type { IncomingMessage } from 'node:http';
import type { Receiver, Refusal } from '../connector/connector.ts';
import { Failure, RefusedFailure } from '../failure/failure.ts';
import type { InboxDelivery } from '../store/inbox-store.ts';
import { bodyWithin } from './body-within.ts';

/** Who takes what is sent to a module, and where it is kept. */
export interface EventDoor {
  /** Undefined where nobody may call. */
  receiverOf(module: string): Pick<Receiver, 'maxBytes' | 'receive'> | undefined;
  /** False where the delivery's id was used for another one. Throws a Failure of the store. */
  keep(module: string, delivery: InboxDelivery): Promise<boolean>;
  /** Hears why a call was refused. */
  onRefused(module: string, failure: Failure): void;
}

/** What a caller is told. */
export interface CallAnswer {
  readonly status: number;
  /** Null where there is nothing to say but the status. */
  readonly failure: Failure | null;
}

/** Of a module that nobody receives for: as much is read as of most others. */
const USUAL_BYTES = 1_000_000;

/**
 * Takes one call for a module: 202 once it is kept, and again for whatever is kept already. A
 * module that is unknown is answered as a wrong signature is.
 */
export async function takeCall(
  request: IncomingMessage,
  module: string,
  path: string,
  door: EventDoor,
): Promise<CallAnswer> {
  if (request.method !== 'POST') return { status: 405, failure: null };
  const receiver = door.receiverOf(module);
  const refuse = ({ status, failure }: Refusal): CallAnswer => {
    if (receiver !== undefined) door.onRefused(module, failure);
    return { status, failure };
  };
  const maxBytes = receiver?.maxBytes ?? USUAL_BYTES;
  // What is too much by its own word is not read at all.
  const isTooMuch = Number(request.headers['content-length'] ?? 0) > maxBytes;
  const body = isTooMuch ? null : await bodyWithin(request, maxBytes);
  if (body === null) return refuse(tooLarge(maxBytes));
  if (receiver?.receive === undefined) return refuse(unsigned());
  const received = await receiver.receive({ path, headers: request.headers, body });
  if ('failure' in received) return refuse(received);
  try {
    const isKept = await door.keep(module, received);
    return isKept ? { status: 202, failure: null } : refuse(reused());
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    return refuse({ status: 503, failure: notKept(failure) });
  }
}

/** Of whoever cannot show that they know the secret; it says the same to all of them. */
export function unsigned(): Refusal {
  const text =
    'the call is not signed as agreed: webhook-id, webhook-timestamp and webhook-signature, over the body as it is sent';
  return { status: 401, failure: new RefusedFailure('EVENT_UNSIGNED', text) };
}

function tooLarge(maxBytes: number): Refusal {
  const text = `the body has more than ${maxBytes} bytes`;
  return { status: 413, failure: new RefusedFailure('EVENT_MALFORMED', text) };
}

function reused(): Refusal {
  const text = 'webhook-id has been used for another body; nothing of this one was kept';
  return { status: 409, failure: new RefusedFailure('EVENT_REUSED', text) };
}

/** The store's own words are for its owner. */
function notKept(cause: Failure): Failure {
  const text = 'it could not be kept just now: send it again';
  return new RefusedFailure('EVENT_NOT_KEPT', text, { cause });
}
