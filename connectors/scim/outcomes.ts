import {
  type Failure,
  type JsonObject,
  notTaken,
  type Operation,
  type Outcome,
  RefusedFailure,
  redact,
} from '../../core/plugin.ts';
import type { ScimClient, Written } from './client.ts';
import type { ResourceKind } from './resources.ts';

/** What a service decides alone, so that an answer in which it differs tells nothing. */
const DECIDED_THERE: ReadonlySet<string> = new Set(['schemas', 'id', '$ref']);

type Refusal = Extract<Written, { detail: string }>;

/** So many objects may be forbidden before anything was taken: then it is the whole service. */
const FEW_FORBIDDEN = 5;

/** Tells by 403 one resource that is not ours to change from a service that lets us change none. */
export class Refusals {
  readonly #client: ScimClient;
  #hasTaken = false;
  readonly #forbidden = new Set<string>();

  constructor(client: ScimClient) {
    this.#client = client;
  }

  /** Throws the failure where it is the whole service's. */
  async judge(
    written: Written,
    { endpoint }: ResourceKind,
    { objectKind, key }: Operation,
    signal: AbortSignal,
  ): Promise<void> {
    if (written.kind !== 'forbidden') {
      this.#hasTaken ||= written.kind === 'written';
      return;
    }
    if (this.#hasTaken) return;
    this.#forbidden.add(`${objectKind}/${key}`);
    if (this.#forbidden.size >= FEW_FORBIDDEN) throw written.failure;
    // Whoever may not even look is not let in at all: this fails as a whole.
    if (this.#forbidden.size === 1) await this.#client.knock(endpoint, signal);
  }
}

/** What became of an operation, by the service's answer. `sent`: what it was to hold. */
export function outcomeOf(
  written: Written,
  operation: Operation,
  sent: JsonObject,
  previous: JsonObject = {},
): Outcome {
  const { objectKind } = operation;
  switch (written.kind) {
    case 'written':
      return outcomeOfWritten(written, operation, sent, previous);
    case 'changed':
      return refused(`this ${objectKind} is being changed by somebody else`);
    case 'gone':
      return refused(`the service refuses this ${objectKind}: it is gone`);
    case 'conflict': {
      const text = `another ${objectKind} of the service has a value that must be unique`;
      return failed(new RefusedFailure('KEY_TAKEN', text));
    }
    case 'forbidden':
      return refused(
        `the service lets nobody change this ${objectKind} (403). ${told(written, operation)}`,
      );
    default: {
      const { failure } = written;
      if (failure.recovery === 'hold') throw failure;
      if (failure.recovery === 'retry' && written.kind !== 'unable') return failed(failure);
      return refused(`${failure.message} ${told(written, operation)}`);
    }
  }
}

function outcomeOfWritten(
  { shown, status }: Extract<Written, { kind: 'written' }>,
  { objectKind }: Operation,
  sent: JsonObject,
  previous: JsonObject,
): Outcome {
  const names = shown === null ? [] : notTaken(sent, shown, previous, DECIDED_THERE);
  if (names.length === 0) return { kind: 'done', remark: `HTTP ${status}` };
  const text = `the service answers ${status}, and shows that it did not take this of the ${objectKind}: ${names.join(', ')}`;
  return failed(new RefusedFailure('TARGET_REFUSED', text, { hint: NOT_TAKEN_HINT }));
}

const NOT_TAKEN_HINT =
  'Ask the service’s people why it does not take it. If it decides that itself, `omit` the field in a mapping of your own; then `skolnav sync`.';

export function failed(failure: Failure): Outcome {
  return { kind: 'failed', failure };
}

function refused(text: string): Outcome {
  return failed(new RefusedFailure('TARGET_REFUSED', text.trim()));
}

/** The service's words, without any value of ours. */
function told({ detail }: Refusal, { object, previous, key }: Operation): string {
  const values = [...Object.values(object ?? {}), ...Object.values(previous ?? {})];
  const known = values.map((value) => (typeof value === 'string' ? value : ''));
  const nested = values.flatMap((value) => textsIn(JSON.stringify(value)));
  return redact(detail, [key, ...known, ...nested]);
}

/** Every string in a JSON text. */
function textsIn(json: string): readonly string[] {
  return [...json.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1] ?? '');
}
