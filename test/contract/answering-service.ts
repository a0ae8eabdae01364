import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure } from '../../core/failure/failure.ts';
import { createHttpClient } from '../../core/transport/http/http-client.ts';
import { createJsonService, type JsonService } from '../../core/transport/http/json-service.ts';
import { sharedPaces } from '../../core/transport/http/rate-budget.ts';
import {
  bodyOf,
  type SimulatedService,
  serveOnLoopback,
} from '../../core/transport/http/simulated-http.ts';

export type Answer = (request: IncomingMessage, response: ServerResponse, text: string) => void;

/** A JSON service that answers as a test says, and remembers what it was asked. */
export class AnsweringService {
  readonly requests: { readonly line: string; readonly text: string; readonly type: string }[] = [];
  readonly #timeoutMs: number;
  #server: SimulatedService | null = null;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Where it is; '' where it does not answer. */
  get origin(): string {
    return this.#server?.origin ?? '';
  }

  async serve(answer: Answer): Promise<JsonService> {
    const server = await serveOnLoopback(async (request, response) => {
      const text = await bodyOf(request);
      const type = request.headers['content-type'] ?? '';
      this.requests.push({ line: `${request.method} ${request.url}`, text, type });
      answer(request, response, text);
    });
    this.#server = server;
    const world = { fetch, now: Date.now, paceOf: sharedPaces(), timeoutMs: this.#timeoutMs };
    const wait = async (ms: number) => sleep(ms);
    const baseUrl = `${server.origin}/api`;
    return createJsonService(createHttpClient({ ...world, sleep: wait, baseUrl }));
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#server = null;
  }
}

/** An answer of JSON; null: without a body. */
export function say(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return (_request, response) => {
    const type = { 'content-type': 'application/json' };
    response.writeHead(status, { ...type, ...headers });
    response.end(body === null ? undefined : JSON.stringify(body));
  };
}

/** What some work fails with; an assertion where it does not. */
export function failureOf(work: Promise<unknown>): Promise<Failure> {
  return work.then(
    () => assert.fail('a failure'),
    (error: Failure) => error,
  );
}
