import {
  type Context,
  failureOfStatus,
  idIn,
  isGone,
  isObject,
  isSuccess,
  type Json,
  type JsonAnswer,
  type JsonObject,
  type JsonService,
  type Pace,
  RefusedFailure,
  refusalInside,
  saying,
  TransientFailure,
  wordsIn,
} from '../../core/plugin.ts';

/** One request among others. */
export interface Part {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Appended to the service's base. */
  readonly path: string;
  readonly body?: JsonObject;
}

/** The service's answer to one of them. */
export interface PartAnswer extends JsonAnswer {
  /** Where what was begun can be watched; empty where it is not said. */
  readonly location: string;
}

/** The most that one request may hold (Microsoft Graph, JSON batching). */
const MOST_PARTS = 20;
/** So often a part is sent again that the service had no time for. */
const MOST_ROUNDS = 4;
/** Longer pauses are the hub's to wait for. */
const LONGEST_PAUSE_MS = 30_000;

interface Waiting {
  readonly part: Part;
  readonly answered: (answer: PartAnswer) => void;
  readonly failed: (error: unknown) => void;
}

type Shown = Pick<PartAnswer, 'status' | 'body' | 'location'> & { readonly headers: Headers };

/**
 * Puts requests that are made at the same time into one (`$batch`). Each has an answer of its own;
 * those for which the service had no time are sent again after the longest pause that it asks for.
 */
export class Batches {
  readonly #http: JsonService;
  readonly #writes: Pace;
  readonly #sleep: Context['sleep'];
  #waiting: Waiting[] = [];
  /** What is asked by several goes once. */
  readonly #asked = new Map<string, Promise<PartAnswer>>();

  constructor(http: JsonService, writes: Pace, sleep: Context['sleep']) {
    this.#http = http;
    this.#writes = writes;
    this.#sleep = sleep;
  }

  /** Every status is an answer. Throws the Failure of the request that it went with. */
  send(part: Part): Promise<PartAnswer> {
    if (part.method !== 'GET') return this.#enqueue(part);
    const asked = this.#asked.get(part.path) ?? this.#enqueue(part);
    this.#asked.set(part.path, asked);
    return asked;
  }

  #enqueue(part: Part): Promise<PartAnswer> {
    return new Promise((answered, failed) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#sendAll());
      this.#waiting.push({ part, answered, failed });
    });
  }

  /** The body at a path; null where there is nothing. */
  async get(path: string): Promise<Json> {
    const { status, body, failure } = await this.send({ method: 'GET', path });
    if (isGone(status)) return null;
    if (failure !== null) throw failure;
    return body;
  }

  #sendAll(): void {
    const all = this.#waiting;
    this.#waiting = [];
    this.#asked.clear();
    for (let from = 0; from < all.length; from += MOST_PARTS) {
      const some = all.slice(from, from + MOST_PARTS);
      this.#sendHalving(some);
    }
  }

  /** A request that is refused as a whole is refused for one of its parts: it goes in halves. */
  async #sendHalving(some: readonly Waiting[]): Promise<void> {
    const open = new Set(some);
    try {
      await this.#sendSome(open);
    } catch (error) {
      const rest = [...open];
      if (error instanceof RefusedFailure && rest.length > 1) {
        const middle = Math.ceil(rest.length / 2);
        await this.#sendHalving(rest.slice(0, middle));
        await this.#sendHalving(rest.slice(middle));
      } else {
        for (const { failed } of rest) failed(error);
      }
    }
  }

  /** Takes out of `open` what has been answered. */
  async #sendSome(open: Set<Waiting>): Promise<void> {
    for (let round = 1; open.size > 0; round++) {
      const asked = [...open];
      const answers = await this.#exchange(asked.map(({ part }) => part));
      const isLast = round === MOST_ROUNDS;
      const pauseMs = Math.max(...answers.map(pauseOf));
      const again = pauseMs > 0 && pauseMs <= LONGEST_PAUSE_MS && !isLast;
      for (const [at, waiting] of asked.entries()) {
        const answer = answers[at];
        if (answer === undefined || (again && pauseOf(answer) > 0)) continue;
        open.delete(waiting);
        waiting.answered(answerOf(waiting.part, answer));
      }
      if (open.size > 0) await this.#sleep(pauseMs);
    }
  }

  /** The answers to some parts, in their order. */
  async #exchange(parts: readonly Part[]): Promise<readonly Shown[]> {
    for (const { method } of parts) if (method !== 'GET') await this.#writes.take();
    const requests = parts.map(({ method, path, body }, at) => ({
      ...{ id: String(at), method, url: path },
      ...(body === undefined ? {} : { body, headers: { 'Content-Type': 'application/json' } }),
    }));
    const { body, failure } = await this.#http.post('/$batch', { requests });
    if (failure !== null) throw failure;
    const shown = isObject(body) ? body['responses'] : null;
    const byId = new Map<Json, JsonObject>();
    for (const one of Array.isArray(shown) ? shown : []) {
      if (isObject(one)) byId.set(one['id'] ?? null, one);
    }
    return parts.map((_part, at) => shownIn(byId.get(String(at))));
  }
}

/** Milliseconds until a part may be sent again; 0 where it has been answered. */
function pauseOf({ status, headers }: Shown): number {
  if (status !== 429 && status !== 503) return 0;
  const failure = failureOfStatus({ status, headers, text: '' }, '');
  return Math.max(1, failure.retryAfterMs ?? 1000);
}

function shownIn(answer: JsonObject | undefined): Shown {
  const status = answer?.['status'];
  if (answer === undefined || typeof status !== 'number') {
    throw new TransientFailure('TARGET_ANSWER_UNREADABLE', saying('notAllSpoken', {}));
  }
  const said = isObject(answer['headers']) ? Object.entries(answer['headers']) : [];
  const headers = new Headers();
  for (const [name, value] of said) {
    // What no answer of HTTP could say is no header.
    const text = String(value).trim();
    if (/^[\w-]+$/.test(name) && /^[\x20-\x7e]*$/.test(text)) headers.set(name, text);
  }
  const location = headers.get('location') ?? '';
  return { status, headers, location, body: answer['body'] ?? null };
}

function answerOf({ method, path, body: sent }: Part, answer: Shown): PartAnswer {
  const { headers, body, location } = answer;
  // What was begun is shown with the error that ended it: that is no error of the look at it.
  const inside = method === 'GET' ? null : refusalInside(body, sent);
  const status = isSuccess(answer.status) ? (inside?.status ?? answer.status) : answer.status;
  if (isSuccess(status)) {
    const id = isObject(body) ? idIn(body['id']) : null;
    return { status, body, id, location, failure: null, detail: '' };
  }
  const [, area = ''] = /^\/(?:education\/)?(\w+)/.exec(path) ?? [];
  const failure = failureOfStatus({ status, headers, text: '' }, `${method} /${area}`);
  return { status, body: null, id: null, location, failure, detail: wordsIn(body) };
}
