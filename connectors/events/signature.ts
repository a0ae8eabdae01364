import { createHmac } from 'node:crypto';
import { HeldFailure, isSameSecret, type ReceivedCall } from '../../core/plugin.ts';
import type { WebhookOptions } from './options.ts';

const PREFIX = 'whsec_';
const LEAST_SECRET_BYTES = 24;
/** An id of the sender's: it stands in failures and pages, and is no place for anything else. */
const ID = /^[A-Za-z0-9._:-]{1,128}$/;
const TIMESTAMP = /^[0-9]{1,12}$/;
/** A sender signs with all secrets that it has; nobody has more. */
const MOST_SIGNATURES = 8;

/** What a good signature vouches for. */
export interface Signed {
  readonly id: string;
  /** When it was signed, by the sender's clock; epoch milliseconds. */
  readonly signedAt: number;
}

/**
 * Checks the signatures of calls (Standard Webhooks 1.0.0): HMAC-SHA256 over `<id>.<time
 * stamp>.<body>`, in `webhook-signature` as `v1,<base64>`, several with blanks between them.
 */
export class Signatures {
  readonly #keys: readonly Buffer[];

  /** Throws SECRET_MISSING for a secret that could be guessed. */
  constructor({ secret, otherSecret }: WebhookOptions) {
    this.#keys = (otherSecret === undefined ? [secret] : [secret, otherSecret]).map(keyOf);
  }

  /** Null where no signature is good. Takes as long wherever they differ. */
  check({ headers, body }: ReceivedCall): Signed | null {
    const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map((name) => {
      const value = headers[`webhook-${name}`];
      return typeof value === 'string' ? value : '';
    });
    if (id === undefined || !ID.test(id)) return null;
    if (timestamp === undefined || !TIMESTAMP.test(timestamp)) return null;
    const given = (signatures ?? '').split(' ').slice(0, MOST_SIGNATURES);
    const expected = this.#keys.map((key) => signatureOf(key, id, timestamp, body));
    const isGood = given.some((one) => expected.some((other) => isSameSecret(one, other)));
    return isGood ? { id, signedAt: Number(timestamp) * 1000 } : null;
  }
}

/** The bytes of a secret as it is written. */
export function keyOf(secret: string): Buffer {
  const written = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '';
  const key = Buffer.from(written, 'base64');
  if (key.length >= LEAST_SECRET_BYTES) return key;
  const text = `the secret of a webhook is not ${PREFIX} and base64 of ${LEAST_SECRET_BYTES} bytes or more`;
  throw new HeldFailure('SECRET_MISSING', text);
}

/** A signature as it stands in its header. */
export function signatureOf(key: Buffer, id: string, timestamp: string, body: Uint8Array): string {
  const hmac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body);
  return `v1,${hmac.digest('base64')}`;
}
