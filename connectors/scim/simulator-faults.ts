import type { ServerResponse } from 'node:http';
import { type Answer, failure, type ScimDirectory } from './simulator-directory.ts';

/** A fault that the next request shows, on demand. */
export type SimulatedFault =
  /** Says how long to wait in seconds; or by a date, on a clock that is wrong by so much. */
  | { readonly kind: 'busy'; readonly retryAfter: number; readonly clockAheadMs?: number }
  | { readonly kind: 'error-before' | 'error-after' | 'html' }
  /** Answers only after this time; the change is made first. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Begins to answer, and goes on and on, some bytes at a time. */
  | { readonly kind: 'drip' }
  /** The access token is no longer good: the token service gives another. */
  | { readonly kind: 'expired' }
  /** An answer of another version: an id is a number, a list has another name, there is more. */
  | { readonly kind: 'drifted-id' | 'drifted-name' | 'more-fields' }
  | PageFault;

/**
 * What the next later page of a list shows: the half of it, the first page again, or a page of the
 * list in another order. Assumed: what services do that cut answers off, that read over a
 * startIndex, or that have no stable order (RFC 7644, 3.4.2.4 promises none).
 */
interface PageFault {
  readonly kind: 'half-page' | 'page-twice' | 'reordered';
}

export function isPageFault(fault: SimulatedFault | undefined): boolean {
  return fault !== undefined && ['half-page', 'page-twice', 'reordered'].includes(fault.kind);
}

/** Faults that show before anything is done; true if one was shown. */
export function showBefore(response: ServerResponse, fault: SimulatedFault | undefined): boolean {
  switch (fault?.kind) {
    case 'busy':
      response.writeHead(429, waitHeaders(fault.retryAfter, fault.clockAheadMs)).end();
      return true;
    case 'error-before':
      response.writeHead(500, { 'content-type': 'application/scim+json' });
      response.end(JSON.stringify(failure(500, 'Broken')));
      return true;
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<!doctype html><html><body>Log in</body></html>');
      return true;
    case 'drip': {
      response.writeHead(200, { 'content-type': 'application/scim+json' });
      const drops = setInterval(() => response.write(' '), 20);
      response.once('close', () => clearInterval(drops));
      return true;
    }
    default:
      return false;
  }
}

function waitHeaders(seconds: number, aheadMs: number | undefined): Record<string, string> {
  if (aheadMs === undefined) return { 'retry-after': String(seconds) };
  const clock = Date.now() + aheadMs;
  return {
    date: new Date(clock).toUTCString(),
    'retry-after': new Date(clock + seconds * 1000).toUTCString(),
  };
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
