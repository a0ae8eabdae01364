import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyOf, signatureOf } from './signature.ts';

const NEVER = new AbortController().signal;

/** One absence as the app tells it; the names are those of mappings/absence. */
export interface SimulatedAbsence {
  readonly id: string;
  /** The register's id of the pupil. */
  readonly elev: string;
  readonly skolenhet?: string;
  readonly fran: string;
  readonly till: string;
  readonly heldag: boolean;
  readonly slag: string;
  readonly anmald?: { readonly av: string };
  readonly andrad: string;
  readonly status: 'gallande' | 'aterkallad';
  /** Why; the hub must not take it. */
  readonly orsak?: string;
}

export interface AbsenceAppOptions {
  /** `http://host:port/events/<module>` */
  readonly url: string;
  /** `whsec_...` */
  readonly secret: string;
  /** A further secret that it signs with while the first is changed. */
  readonly otherSecret?: string;
  /** Of its clock; epoch milliseconds. */
  readonly now?: () => number;
}

/** What is otherwise than usual about a call. */
export interface CallOptions {
  /** The id of an earlier call, where it is sent again. */
  readonly id?: string;
  /** Milliseconds that its clock is ahead. */
  readonly clockAheadMs?: number;
  /** In place of those of the call. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface CallAnswer {
  readonly status: number;
  readonly body: string;
  /** The id that it had. */
  readonly id: string;
}

/** A secret as an app's administrator would make one. */
export function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/**
 * An absence app that calls us as Standard Webhooks 1.0.0 has it. No app of a Swedish school has
 * published its calls: what a record holds is assumed, and that it sends again until it hears 2xx,
 * twice at times, late, in another order and many in one, as senders of webhooks do.
 */
export class AbsenceApp {
  readonly #options: AbsenceAppOptions;

  constructor(options: AbsenceAppOptions) {
    this.#options = options;
  }

  /** One call with one absence, or with a list of them. */
  send(
    absences: SimulatedAbsence | readonly SimulatedAbsence[],
    options: CallOptions = {},
  ): Promise<CallAnswer> {
    return this.call(JSON.stringify(absences), options);
  }

  /** One call with any body. */
  async call(body: string | Uint8Array, options: CallOptions = {}): Promise<CallAnswer> {
    const { url } = this.#options;
    const id = options.id ?? `msg_${randomUUID()}`;
    const headers = { ...this.#sign(id, Buffer.from(body), options), ...options.headers };
    const answer = await fetch(url, { method: 'POST', headers, body: Buffer.from(body) });
    return { status: answer.status, body: await answer.text(), id };
  }

  /** Sends again under the same id, signed anew, until it is told that it was taken. */
  async sendUntilTaken(
    absences: SimulatedAbsence | readonly SimulatedAbsence[],
    pauseMs = 100,
    signal = NEVER,
  ): Promise<CallAnswer> {
    const id = `msg_${randomUUID()}`;
    for (;;) {
      const answer = await this.send(absences, { id }).catch(() => null);
      if (answer !== null && answer.status < 300) return answer;
      await sleep(pauseMs, undefined, { signal });
    }
  }

  #sign(id: string, body: Buffer, { clockAheadMs = 0 }: CallOptions): Record<string, string> {
    const { secret, otherSecret, now = Date.now } = this.#options;
    const timestamp = String(Math.floor((now() + clockAheadMs) / 1000));
    const secrets = otherSecret === undefined ? [secret] : [otherSecret, secret];
    const signatures = secrets.map((one) => signatureOf(keyOf(one), id, timestamp, body));
    return {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signatures.join(' '),
    };
  }
}
