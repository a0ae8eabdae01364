import type { ServerResponse } from 'node:http';
import { type FrontDoorFault, showAtFrontDoor } from '../../core/plugin.ts';
import { type Answer, failure, type ScimDirectory } from './simulator-directory.ts';

export const CONTENT_TYPE = 'application/scim+json';

/** A fault that the next request shows, on demand. */
export type SimulatedFault =
  | FrontDoorFault
  | { readonly kind: 'error-before' | 'error-after' }
  /** Answers only after this time; the change is made first. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** The access token is no longer good: the token service gives another. */
  | { readonly kind: 'expired' }
  /** An answer of another version: an id is a number, a list has another name, there is more. */
  | { readonly kind: 'drifted-id' | 'drifted-name' | 'more-fields' }
  /** A change is not made, and what is held still is shown with status 200. */
  | { readonly kind: 'keeps' }
  /** What is to be changed or deleted is said not to be there; nothing is done. */
  | { readonly kind: 'denies' }
  | PageFault;

/**
 * What the next later page of a list shows: the half of it, the first page again, or a page of the
 * list in another order. Assumed: what services do that cut answers off, that read over a
 * startIndex, or that have no stable order (RFC 7644, 3.4.2.4 promises none).
 */
interface PageFault {
  readonly kind: 'half-page' | 'page-twice' | 'reordered';
}

/** Whether a fault can show at this request; until then it waits. */
export function isDue({ kind }: SimulatedFault, method: string, url: URL): boolean {
  if (kind === 'keeps') return method === 'PUT' || method === 'PATCH';
  if (kind === 'denies') return ['PUT', 'PATCH', 'DELETE'].includes(method);
  return !['half-page', 'page-twice', 'reordered'].includes(kind) || isLaterPage(url);
}

/** The second page of a whole list, or one after it. */
function isLaterPage({ searchParams }: URL): boolean {
  return Number(searchParams.get('startIndex') ?? 1) > 1;
}

/** Faults that show before anything is done; true if one was shown. */
export function showBefore(response: ServerResponse, fault: SimulatedFault | undefined): boolean {
  switch (fault?.kind) {
    case 'busy':
    case 'html':
    case 'drip':
      showAtFrontDoor(response, fault, CONTENT_TYPE);
      return true;
    case 'denies':
      response.writeHead(404, { 'content-type': CONTENT_TYPE });
      response.end(JSON.stringify(failure(404, 'Resource not found')));
      return true;
    case 'error-before':
      response.writeHead(500, { 'content-type': CONTENT_TYPE });
      response.end(JSON.stringify(failure(500, 'Broken')));
      return true;
    default:
      return false;
  }
}

/** The answer as the fault shows it, after the request has been carried out. */
export function disturbed(
  answer: Answer,
  fault: SimulatedFault | undefined,
  url: URL,
  directory: ScimDirectory,
): Answer {
  switch (fault?.kind) {
    case 'error-after':
      return { status: 500, body: failure(500, 'Broken') };
    case 'drifted-id':
      return rewritten(answer, (text) => text.replaceAll(/"id":"[^"]*"/g, '"id":17'));
    case 'drifted-name':
      return rewritten(answer, (text) =>
        text.replaceAll('"id":', '"identifier":').replaceAll('"Resources":', '"resources":'),
      );
    case 'more-fields':
      return rewritten(answer, (text) =>
        text.replaceAll('"id":', '"__proto__":{"x":1},"urn:new":{"a":[null]},"id":'),
      );
    case 'half-page':
      return withResources(answer, (all) => all.slice(0, Math.floor(all.length / 2)));
    case 'page-twice':
      return withResources(answer, () => listed(directory, url, 1));
    case 'reordered':
      return withResources(answer, () => {
        const start = Number(url.searchParams.get('startIndex'));
        return listed(directory, url, Math.max(1, start - 10));
      });
    default:
      return answer;
  }
}

function rewritten(answer: Answer, edit: (text: string) => string): Answer {
  return { ...answer, body: JSON.parse(edit(JSON.stringify(answer.body))) };
}

function withResources(
  answer: Answer,
  edit: (all: readonly unknown[]) => readonly unknown[],
): Answer {
  const body = Object(answer.body);
  return { ...answer, body: { ...body, Resources: edit(body.Resources ?? []) } };
}

function listed(directory: ScimDirectory, url: URL, startIndex: number): readonly unknown[] {
  const other = new URL(url);
  other.searchParams.set('startIndex', String(startIndex));
  return Object(directory.handle('GET', other, null, null).body).Resources ?? [];
}
