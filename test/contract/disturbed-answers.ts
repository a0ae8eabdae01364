import { isList, isObject } from '../../core/message/digest.ts';
import type { Json } from '../../core/message/message.ts';
import type { VendorFault } from './vendor-faults.contract.ts';

/** What the system behind the front door of a simulator answers. */
export interface SimulatedAnswer {
  /** The HTTP status. */
  readonly status: number;
  /** Nothing is sent where it is absent. */
  readonly body?: Json;
  /** Beside those of the content. */
  readonly headers?: Readonly<Record<string, string>>;
}

const PAGE_FAULTS: ReadonlySet<VendorFault> = new Set([
  'half-a-page',
  'page-twice',
  'reordered-pages',
]);

/** Whether a fault is one of the pages of a list. */
export function isPageFault(fault: VendorFault): boolean {
  return PAGE_FAULTS.has(fault);
}

/**
 * An answer as a vendor's fault shows it, after the request has been carried out. `before`: the
 * page of the same list that was given last.
 */
export function disturbed(
  answer: SimulatedAnswer,
  fault: VendorFault | null,
  before: SimulatedAnswer | null,
): SimulatedAnswer {
  switch (fault) {
    case 'broken-after-commit':
      return { status: 500, body: { title: 'Broken' } };
    case 'drifted-id':
      return rewritten(answer, (text) => text.replaceAll(/"id":"[^"]*"/g, '"id":17'));
    case 'drifted-name':
      return rewritten(answer, (text) => text.replaceAll('"id":', '"identifier":'));
    case 'more-fields':
      return rewritten(answer, (text) => text.replaceAll('"id":', '"new":{"a":[null]},"id":'));
    case 'half-a-page':
      return withItems(answer, (items) => items.slice(0, Math.floor(items.length / 2)));
    case 'page-twice':
      return withItems(answer, () => itemsOf(before?.body));
    case 'reordered-pages':
      return withItems(answer, (items) => shifted(itemsOf(before?.body), items));
    default:
      return answer;
  }
}

/** In another order some of the page before come again, and as many of this one were missed. */
function shifted(before: readonly Json[], items: readonly Json[]): readonly Json[] {
  const again = Math.floor(items.length / 2);
  return [...before.slice(before.length - again), ...items.slice(0, items.length - again)];
}

function rewritten(answer: SimulatedAnswer, edit: (text: string) => string): SimulatedAnswer {
  if (answer.body === undefined) return answer;
  return { ...answer, body: JSON.parse(edit(JSON.stringify(answer.body))) };
}

/** The answer with another list: the body is one, or has one. */
function withItems(
  answer: SimulatedAnswer,
  edit: (items: readonly Json[]) => readonly Json[],
): SimulatedAnswer {
  const { body = null } = answer;
  if (isList(body)) return { ...answer, body: edit(body) };
  if (!isObject(body)) return answer;
  const changed = Object.entries(body).map(([name, value]): [string, Json] => {
    return [name, isList(value) ? edit(value) : value];
  });
  return { ...answer, body: Object.fromEntries(changed) };
}

function itemsOf(body: Json | undefined): readonly Json[] {
  if (body === undefined || isList(body)) return body ?? [];
  return isObject(body) ? (Object.values(body).find(isList) ?? []) : [];
}
