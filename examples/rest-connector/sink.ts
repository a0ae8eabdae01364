import {
  Failure,
  failureOfStatus,
  type HttpAnswer,
  type HttpClient,
  isHtml,
  type JsonObject,
  notTaken,
  type ObjectSink,
  type Operation,
  type Outcome,
  RefusedFailure,
  TransientFailure,
} from '../../core/plugin.ts';

const PATHS: Readonly<Record<string, string>> = { person: '/persons' };

/** Puts and deletes objects by our key: repeating either is harmless. */
export class RestSink implements ObjectSink {
  readonly mode = 'operations';
  readonly #http: HttpClient;

  constructor(http: HttpClient) {
    this.#http = http;
  }

  async apply(operations: readonly Operation[], signal: AbortSignal): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const operation of operations) outcomes.push(await this.#applyOne(operation, signal));
    return outcomes;
  }

  /** One object's failure is its own outcome; what holds for the whole target is thrown. */
  async #applyOne(operation: Operation, signal: AbortSignal): Promise<Outcome> {
    try {
      return outcomeOf(await this.#send(operation, signal), operation);
    } catch (failure) {
      if (!(failure instanceof Failure) || failure.recovery === 'hold') throw failure;
      return { kind: 'failed', failure };
    }
  }

  #send({ objectKind, key, object }: Operation, signal: AbortSignal): Promise<HttpAnswer> {
    const path = `${PATHS[objectKind] ?? ''}/${encodeURIComponent(key)}`;
    if (object === null) return this.#http.send({ method: 'DELETE', path, signal });
    const headers = { 'content-type': 'application/json' };
    return this.#http.send({ method: 'PUT', path, headers, body: JSON.stringify(object), signal });
  }

  async close(): Promise<void> {}
}

function outcomeOf(answer: HttpAnswer, operation: Operation): Outcome {
  const { action, objectKind } = operation;
  const what = `${action} ${objectKind}`;
  // A log-in page with status 200 is no success.
  if (isHtml(answer)) {
    const text = `${what}: the target answers with a web page.`;
    throw new TransientFailure('TARGET_ANSWER_UNREADABLE', text);
  }
  if (answer.status >= 200 && answer.status < 300) return outcomeOfSuccess(answer, operation);
  if (action === 'delete' && answer.status === 404) return { kind: 'already' };
  throw failureOfStatus(answer, what);
}

/** A system may answer 200, and show in its answer that it did not take all that was sent. */
function outcomeOfSuccess(
  { text }: HttpAnswer,
  { object, objectKind, previous }: Operation,
): Outcome {
  if (object === null || text === '') return { kind: 'done' };
  const names = notTaken(object, shownIn(text, objectKind), previous ?? {});
  if (names.length === 0) return { kind: 'done' };
  const what = `the target shows that it did not take this of the ${objectKind}: ${names.join(', ')}`;
  throw new RefusedFailure('TARGET_REFUSED', what);
}

function shownIn(text: string, objectKind: string): JsonObject {
  try {
    return Object(JSON.parse(text));
  } catch {
    const what = `put ${objectKind}: the answer is not JSON.`;
    throw new TransientFailure('TARGET_ANSWER_UNREADABLE', what);
  }
}
