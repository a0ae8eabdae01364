import { isUnderWay, type Message } from '../../message/message.ts';
import type { Ending, PlaceName, Settlement } from '../message-store.ts';

/**
 * What is kept where a message comes whose id is open already: the new action and run; one that
 * waits or retries for the same action keeps its attempts.
 */
export function putAgain(open: Message, message: Message): Message {
  const keepsState = isUnderWay(open) && open.action === message.action;
  const { state, attempts, notBefore } =
    keepsState && message.state === 'waiting' && open.run !== message.run ? open : message;
  const { createdAt, inDoubt } = open;
  const problem = message.problem ?? open.problem;
  return { ...message, state, attempts, notBefore, problem, createdAt, inDoubt };
}

/** What is left of a message once its delivery is settled; null: nothing. */
export function leftAfter({ message, result }: Settlement, now: number): Message | null {
  const left = { ...message, notBefore: 0, updatedAt: now };
  const { attempts } = message;
  switch (result.kind) {
    case 'delivered': {
      const { stays } = result;
      return stays === undefined ? null : { ...left, attempts: 0, ...stays, inDoubt: false };
    }
    case 'retrying': {
      const { problem, notBefore } = result;
      return { ...left, state: 'retrying', attempts: attempts + 1, problem, notBefore };
    }
    case 'failed':
      return { ...left, state: 'failed', attempts: attempts + 1, problem: result.problem };
    case 'blocked':
      return { ...left, state: 'blocked', problem: result.problem };
    default:
      return null;
  }
}

/** What is remembered of a message that a settlement ends; null where nothing was wrong with it. */
export function endingOf({ message, result }: Settlement, at: number): Ending | null {
  const { kind } = result;
  if (kind === 'retrying' || kind === 'failed' || kind === 'blocked') return null;
  const { state } = kind === 'delivered' ? (result.stays ?? {}) : {};
  if (state === 'failed' || state === 'retrying' || message.problem === null) return null;
  return { message, how: kind, run: message.run, at };
}

/** Where a problem is to be mended, as lists are sorted by it. */
export function placeNameOf(problem: Message['problem']): PlaceName & { readonly line: number } {
  const { file = '', field, line } = problem?.place ?? {};
  return { file, field: field ?? '', line: line ?? 0 };
}
