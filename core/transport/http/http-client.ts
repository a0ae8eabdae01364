import { sentText, utf8OfSent } from '../../codec/encodings.ts';
import type { Context, Pace } from '../../connector/connector.ts';
import { Failure, TransientFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { notReached } from '../../failure/system-fault.ts';
import { sameJson } from '../../message/digest.ts';
import type { Saying } from '../../message/message.ts';
import { bytesWithin } from '../body-within.ts';
import { Deadline } from './deadline.ts';
import { charsetOf, nextOf, reasonOf, retryAfterMs } from './http-failure.ts';
import { RateBudget } from './rate-budget.ts';
import { refusesTheirs } from './tls-fetch.ts';

/** What a client is made of. */
export interface HttpClientOptions {
  /** The way to the network. */
  readonly fetch: typeof fetch;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Resolves after `ms`; rejects when the signal fires. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Of the context: all clients of a binding that ask the same service share one budget. */
  readonly paceOf: Context['paceOf'];
  /** Origin and path that every request's path is appended to. */
  readonly baseUrl: string;
  /**
   * Headers of every request. After a 401 it is asked again with `renew` true, once per request; if
   * it then answers other headers, the request is repeated.
   */
  readonly headers?: (renew?: boolean) => Promise<Record<string, string>>;
  /** Headers that prove one request, made when it goes. */
  readonly sign?: Sign;
  /** Default: no limit. */
  readonly requestsPerSecond?: number;
  /** For one request with its whole answer. Default 30 s. */
  readonly timeoutMs?: number;
  /** Default 10 MB. */
  readonly maxResponseBytes?: number;
}

/** Answers the headers that sign a request. */
export type Sign = (request: {
  readonly method: string;
  readonly url: URL;
  readonly body: string | undefined;
}) => Readonly<Record<string, string>>;

/** A request to the service. */
export interface HttpRequest {
  /** The method, in capitals. */
  readonly method: string;
  /** Appended to the base URL, or an absolute URL of the same origin (a paging link). */
  readonly path: string;
  /** Headers of this request alone. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What is sent with it. */
  readonly body?: string;
  /** Ends the request. */
  readonly signal: AbortSignal;
}

/** An answer that has been read. */
export interface HttpAnswer {
  /** The HTTP status. */
  readonly status: number;
  /** Its headers. */
  readonly headers: Headers;
  /** Its body, as text. */
  readonly text: string;
  /** Epoch milliseconds. */
  readonly receivedAt?: number;
}

/** An answer that is read as it comes. */
export interface HttpStream {
  /** The HTTP status. */
  readonly status: number;
  /** Its headers. */
  readonly headers: Headers;
  /** Of an answer that is no success: what it says. */
  readonly text: string;
  /** Of a success: its bytes, of any number; of a text in UTF-8. Fails as `send` does. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Epoch milliseconds. */
  readonly receivedAt?: number;
}

/** A client of one web service. */
export interface HttpClient {
  /**
   * As `send`, for an answer of any size: the time limit is for the first bytes, and then for every
   * further 64 kB.
   */
  stream(request: HttpRequest): Promise<HttpStream>;
  /**
   * Sends a request; every status is an answer. Redirects are followed within the same origin only;
   * one that will be the same tomorrow is a failure, CONFIG_INVALID: HeldFailure, or RefusedFailure
   * where it is of one object.
   * Throws TransientFailure CONNECTION_LOST, CERTIFICATE_UNKNOWN, TIMEOUT, TARGET_BUSY (the target
   * asked for a long pause) or TARGET_ANSWER_UNREADABLE (an answer beyond the size limit, a link to
   * another origin), or the signal's reason.
   */
  send(request: HttpRequest): Promise<HttpAnswer>;
}

const TIMEOUT_MS = 30_000;
const MAX_RESPONSE_BYTES = 10_000_000;
const MAX_REDIRECTS = 3;

/** So much must come within the time limit for the reading to go on. */
const PROGRESS_BYTES = 65_536;

type Answer = Pick<HttpAnswer, 'status' | 'headers'>;
type Once<T> = (url: URL, headers: Record<string, string>) => Promise<T>;

/** A client of one web service: one set of headers, one origin, its binding's rate budget. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  return new BudgetedClient(options);
}

class BudgetedClient implements HttpClient {
  readonly #options: HttpClientOptions;
  readonly #base: URL;
  readonly #timeoutMs: number;
  readonly #budget: Pace;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#base = new URL(options.baseUrl);
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    const longestPauseMs = this.#timeoutMs;
    const name = `${this.#base.origin} ${options.requestsPerSecond ?? ''}`;
    this.#budget = options.paceOf(name, () => new RateBudget({ ...options, longestPauseMs }));
  }

  send(request: HttpRequest): Promise<HttpAnswer> {
    return this.#authorized(request, (url, headers) => this.#once(url, request, headers));
  }

  stream(request: HttpRequest): Promise<HttpStream> {
    return this.#authorized(request, (url, headers) => this.#begin(url, request, headers));
  }

  async #authorized<T extends Answer>(request: HttpRequest, once: Once<T>): Promise<T> {
    const headers = await this.#headers(false);
    const answer = await this.#follow(request, (url) => once(url, headers));
    if (answer.status !== 401) return answer;
    const renewed = await this.#renewed(headers);
    return renewed === null ? answer : this.#follow(request, (url) => once(url, renewed));
  }

  async #headers(renew: boolean): Promise<Record<string, string>> {
    return (await this.#options.headers?.(renew)) ?? {};
  }

  /** Other headers than those that were refused, or null. Another caller may have renewed them. */
  async #renewed(refused: Record<string, string>): Promise<Record<string, string> | null> {
    const current = await this.#headers(false);
    if (!sameJson(current, refused)) return current;
    const renewed = await this.#headers(true);
    return sameJson(renewed, refused) ? null : renewed;
  }

  async #follow<T extends Answer>(
    request: HttpRequest,
    once: (url: URL) => Promise<T>,
  ): Promise<T> {
    let url = this.#resolve(request.path);
    for (let hops = 0; ; hops++) {
      const answer = await once(url);
      const next = hops < MAX_REDIRECTS ? nextOf(answer, request.method, url) : null;
      if (next === null) return answer;
      url = next;
    }
  }

  async #once(url: URL, request: HttpRequest, own: Record<string, string>): Promise<HttpAnswer> {
    const wait = new Deadline(this.#timeoutMs);
    try {
      const response = await this.#open(url, request, own, wait);
      const text = await this.#text(response);
      return this.#noted({ status: response.status, headers: response.headers, text });
    } catch (error) {
      throw this.#asFailure(error, request, wait);
    } finally {
      wait.end();
    }
  }

  async #begin(url: URL, request: HttpRequest, own: Record<string, string>): Promise<HttpStream> {
    const wait = new Deadline(this.#timeoutMs);
    try {
      const response = await this.#open(url, request, own, wait);
      const { status, headers } = response;
      const chunks = utf8OfSent(this.#chunks(response, request, wait), charsetOf(headers));
      if (response.ok) return { ...this.#noted({ status, headers, text: '' }), chunks };
      const text = await this.#text(response);
      wait.end();
      return { ...this.#noted({ status, headers, text }), chunks };
    } catch (error) {
      wait.end();
      throw this.#asFailure(error, request, wait);
    }
  }

  async *#chunks(
    response: Response,
    request: HttpRequest,
    wait: Deadline,
  ): AsyncGenerator<Uint8Array> {
    let size = 0;
    try {
      for await (const chunk of response.body ?? []) {
        size += chunk.length;
        if (size >= PROGRESS_BYTES) {
          wait.renew();
          size = 0;
        }
        yield chunk;
      }
    } catch (error) {
      throw this.#asFailure(error, request, wait);
    } finally {
      wait.end();
    }
  }

  async #open(
    url: URL,
    request: HttpRequest,
    own: Record<string, string>,
    wait: Deadline,
  ): Promise<Response> {
    await this.#budget.take(request.signal);
    wait.renew();
    const { method, body } = request;
    const proof = this.#options.sign?.({ method, url, body });
    return this.#options.fetch(url, {
      method,
      headers: { ...own, ...request.headers, ...proof },
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal: AbortSignal.any([request.signal, wait.signal]),
    });
  }

  #asFailure(error: unknown, request: HttpRequest, wait: Deadline): Failure {
    request.signal.throwIfAborted();
    return error instanceof Failure ? error : this.#failure(error, wait.signal.aborted);
  }

  #noted(answer: HttpAnswer): HttpAnswer {
    const receivedAt = this.#options.now();
    const pauseMs = retryAfterMs(answer.headers, receivedAt);
    const isBusy = answer.status === 429 || answer.status === 503;
    if (isBusy && pauseMs !== null) this.#budget.pause(pauseMs);
    return { ...answer, receivedAt };
  }

  async #text(response: Response): Promise<string> {
    const { body, headers } = response;
    const most = this.#options.maxResponseBytes ?? MAX_RESPONSE_BYTES;
    const bytes = body === null ? Buffer.alloc(0) : await bytesWithin(body, most);
    if (bytes === null) throw this.#unreadable(saying('tooMuchAnswer', { most }));
    return sentText(bytes, charsetOf(headers));
  }

  #resolve(path: string): URL {
    const isAbsolute = /^[a-z][a-z\d+.-]*:/i.test(path);
    const base = this.#base.href.replace(/\/+$/, '');
    const url = URL.parse(isAbsolute ? path : `${base}/${path.replace(/^\/+/, '')}`);
    if (url?.origin !== this.#base.origin) throw this.#unreadable(saying('linkElsewhere', {}));
    return url;
  }

  #failure(cause: unknown, late: boolean): TransientFailure {
    const { host } = this.#base;
    if (late) {
      const said = saying('noAnswerWithinMs', { address: host, ms: this.#timeoutMs });
      return new TransientFailure('TIMEOUT', said, { cause });
    }
    const code = reasonOf(cause);
    if (refusesTheirs(code)) {
      // By the issuers that this system trusts, and not by options: it passes when it is renewed.
      const notTrusted = saying('notTrusted', { address: host, code });
      return new TransientFailure('CERTIFICATE_UNKNOWN', notTrusted, { cause });
    }
    return notReached(host, cause, code);
  }

  #unreadable(what: Saying): TransientFailure {
    const said = saying('gaveWhat', { address: this.#base.host, what });
    return new TransientFailure('TARGET_ANSWER_UNREADABLE', said);
  }
}
