import {
  type Failure,
  Forbidden,
  type JsonObject,
  notTaken,
  type Operation,
  type Outcome,
  RefusedFailure,
  redact,
  type Saying,
  saying,
  TransientFailure,
} from '../../core/plugin.ts';
import { beside, type Said } from './answer.ts';
import type { ScimClient } from './client.ts';
import type { ResourceKind } from './resources.ts';
import type { Written } from './written.ts';

/** What a service decides alone, so that an answer in which it differs tells nothing. */
export const DECIDED_THERE: ReadonlySet<string> = new Set(['schemas', 'id', '$ref']);

/** Tells by 403 one resource that is not ours to change from a service that lets us change none. */
export class Refusals {
  readonly #client: ScimClient;
  readonly #forbidden = new Forbidden();

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
    if (written.kind === 'written') this.#forbidden.took();
    if (written.kind !== 'forbidden') return;
    const knock = () => this.#client.knock(endpoint, signal);
    await this.#forbidden.judge(`${objectKind}/${key}`, written.failure, knock);
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
      return written.status === 428
        ? refused(saying('demandsVersion', { kind: objectKind }))
        : failed(new TransientFailure('TARGET_BUSY', saying('beingChanged', { kind: objectKind })));
    case 'gone':
      return refused(saying('isGone', { kind: objectKind }));
    case 'conflict': {
      const words = told(written, operation);
      if (operation.action === 'delete' || !isOfNames(written))
        return refused(saying('refusesConflict', { kind: objectKind }), words);
      const what = saying('valueTakenThere', { kind: objectKind });
      return failed(new RefusedFailure('KEY_TAKEN', beside(what, words)));
    }
    case 'forbidden':
      return refused(saying('nobodyMay', { kind: objectKind }), told(written, operation));
    default: {
      const { failure } = written;
      if (failure.recovery === 'hold') throw failure;
      if (failure.recovery === 'retry' && written.kind !== 'unable') return failed(failure);
      const { text, said = text } = failure.toProblem();
      return refused(said, told(written, operation));
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
  const values = { status: String(status), kind: objectKind, fields: names };
  const said = saying('notTaken', values);
  return { ...failed(new RefusedFailure('NOT_TAKEN', said)), notTaken: { fields: names } };
}

/** A conflict is about what must be unique, unless the service says that it is another. */
function isOfNames({ scimType }: Said): boolean {
  return scimType === '' || scimType === 'uniqueness';
}

export function failed(failure: Failure): Outcome & { readonly kind: 'failed' } {
  return { kind: 'failed', failure };
}

function refused(what: string | Saying, words = ''): Outcome {
  return failed(new RefusedFailure('TARGET_REFUSED', beside(what, words)));
}

/** The service's words, without any value of ours. */
export function told(
  { detail }: Pick<Said, 'detail'>,
  { object, previous, key }: Operation,
): string {
  const values = [...Object.values(object ?? {}), ...Object.values(previous ?? {})];
  const known = values.map((value) => (typeof value === 'string' ? value : ''));
  const nested = values.flatMap((value) => textsIn(JSON.stringify(value)));
  return redact(detail, [key, ...known, ...nested]);
}

/** Every string in a JSON text. */
function textsIn(json: string): readonly string[] {
  return [...json.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1] ?? '');
}
