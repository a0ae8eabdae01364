import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json, JsonObject } from '../../core/message/message.ts';
import {
  bodyOf,
  type FrontDoorFault,
  serveOnLoopback,
  showAtFrontDoor,
} from '../../core/transport/http/simulated-http.ts';
import { disturbed, isPageFault, type SimulatedAnswer } from './disturbed-answers.ts';
import { SILENCE_MS, type VendorFault } from './vendor-faults.contract.ts';

/** A request that has come through the front door: logged in, and read. */
export interface SimulatedRequest {
  /** In capitals: `GET`. */
  readonly method: string;
  /** The whole address, with its query. */
  readonly url: URL;
  /** Null where there is none. */
  readonly body: Json;
}

type Answer = (request: SimulatedRequest) => SimulatedAnswer | Promise<SimulatedAnswer>;

/** A simulated web service that speaks JSON, with the faults of real vendors at its front door. */
export interface Simulator {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  /** What each way to log in has as its options: the service takes them all. */
  readonly logins: Readonly<Record<'bearer' | 'oauth' | 'basic' | 'apiKey', JsonObject>>;
  /** Shows a fault once: at the next request, or the next further page of a list. */
  show(fault: VendorFault): void;
  /** Ends the service and all that is still open. */
  stop(): Promise<void>;
}

const HOUR_MS = 3_600_000;
const SECRET = 'right';
const BASIC = `Basic ${Buffer.from(`hub:${SECRET}`).toString('base64')}`;

const FRONT_DOOR: Partial<Record<VendorFault, FrontDoorFault>> = {
  busy: { kind: 'busy', retryAfter: 1 },
  'busy-ahead': { kind: 'busy', retryAfter: 1, clockAheadMs: HOUR_MS },
  'busy-behind': { kind: 'busy', retryAfter: 1, clockAheadMs: -HOUR_MS },
  'web-page': { kind: 'html' },
  'slow-drip': { kind: 'drip' },
};

/** Starts a service on a free loopback port; `answer` is the system behind its front door. */
export async function startSimulator(answer: Answer): Promise<Simulator> {
  const door = new FrontDoor(answer);
  const service = await serveOnLoopback((request, response) => door.take(request, response));
  const { origin } = service;
  const oauth = { tokenUrl: `${origin}/token`, clientId: 'hub', clientSecret: SECRET };
  return {
    origin,
    logins: {
      bearer: { token: SECRET },
      oauth: { oauth },
      basic: { basic: { user: 'hub', password: SECRET } },
      apiKey: { apiKey: { key: SECRET, header: 'X-API-Key' } },
    },
    show: (fault) => door.show(fault),
    stop: service.stop,
  };
}

class FrontDoor {
  readonly #answer: Answer;
  #fault: VendorFault | null = null;
  /** The token that the token service gives out; a fault makes it another. */
  #token: string = randomUUID();
  /** The first page of each list that has been asked for, and the last answer of each. */
  readonly #lists = new Map<string, { readonly first: string; readonly last: SimulatedAnswer }>();

  constructor(answer: Answer) {
    this.#answer = answer;
  }

  show(fault: VendorFault): void {
    this.#fault = fault;
  }

  async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await bodyOf(request);
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    if (url.pathname === '/token') return send(response, this.#giveToken(text));
    const fault = this.#faultFor(url);
    const shown = fault === null ? undefined : FRONT_DOOR[fault];
    if (shown !== undefined) return showAtFrontDoor(response, shown, 'application/json');
    if (fault === 'expired-token') this.#token = randomUUID();
    if (!this.#isKnown(request)) return send(response, { status: 401 });
    const body: Json = text === '' ? null : JSON.parse(text);
    const answer = await this.#answer({ method: request.method ?? 'GET', url, body });
    if (fault === 'silent-after-commit') await sleep(SILENCE_MS);
    send(response, disturbed(answer, fault, this.#lists.get(url.pathname)?.last ?? null));
    this.#remember(url, answer);
  }

  /** Faults of pages wait for a page that is not a list's first. */
  #faultFor(url: URL): VendorFault | null {
    const fault = this.#fault;
    const first = this.#lists.get(url.pathname)?.first;
    const isFurther = first !== undefined && first !== url.search;
    if (fault === null || (isPageFault(fault) && !isFurther)) return null;
    this.#fault = null;
    return fault;
  }

  #remember({ pathname, search }: URL, last: SimulatedAnswer): void {
    const first = this.#lists.get(pathname)?.first ?? search;
    this.#lists.set(pathname, { first, last });
  }

  #giveToken(form: string): SimulatedAnswer {
    const isRight = new URLSearchParams(form).get('client_secret') === SECRET;
    if (!isRight) return { status: 400, body: { error: 'invalid_client' } };
    return { status: 200, body: { access_token: this.#token, expires_in: 3600 } };
  }

  #isKnown({ headers }: IncomingMessage): boolean {
    const { authorization = '' } = headers;
    const isByHeader = [BASIC, `Bearer ${SECRET}`, `Bearer ${this.#token}`].includes(authorization);
    return isByHeader || headers['x-api-key'] === SECRET;
  }
}

function send(response: ServerResponse, { status, body, headers }: SimulatedAnswer): void {
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  response.writeHead(status, { ...type, ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
