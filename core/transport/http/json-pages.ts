import { readJsonList } from '../../codec/json-list.ts';
import { RefusedFailure, TransientFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { isObject, sameJson } from '../../message/digest.ts';
import type { Json, JsonObject, Saying } from '../../message/message.ts';
import type { HttpStream } from './http-client.ts';
import { failureOfStatus, isHtml, isJson, unreadable } from './http-failure.ts';

/** How a service gives a long list. */
export type Paging = ListShape &
  (
    | {
        /** The answer names the next page: by its Link header (RFC 8288), or in a field. */
        readonly style: 'link';
        /** The dotted field with the next page's address, where it is not in the Link header. */
        readonly next?: string;
      }
    | {
        /** The next page is asked for by a mark that the answer gives. */
        readonly style: 'cursor';
        /** The dotted field with the mark. Absent, null or empty on the last page. */
        readonly next: string;
        /** The query's parameter for the mark. Default `cursor`. */
        readonly parameter?: string;
        /** The parameters of the first page that may go with the mark. Default: all of them. */
        readonly keep?: readonly string[];
      }
    | {
        /** Pages have numbers, or begin at the number of an object. */
        readonly style: 'page' | 'index';
        /** The query's parameter. Default `page` or `offset`. */
        readonly parameter?: string;
        /** The number of the first page, or of the first object. Default 1, or 0. */
        readonly first?: number;
      }
  );

interface ListShape {
  /** The field with the list. Default: the answer is the list itself. */
  readonly items?: string;
  /** The dotted field with the number of all objects. Default: the header X-Total-Count. */
  readonly total?: string;
}

type Open = (path: string) => Promise<HttpStream>;

/** The objects of a list that is given page by page; see `JsonService.pages`. */
export async function* pagesOf(
  open: Open,
  first: string,
  paging: Paging,
  what: string,
): AsyncGenerator<readonly JsonObject[]> {
  const walk = new PageWalk(first, paging, what);
  while (walk.path !== null) {
    const answer = await open(walk.path);
    const reading = readPage(answer, paging.items ?? null, what);
    let next = await reading.next();
    for (; next.done !== true; next = await reading.next()) {
      walk.take(next.value);
      yield next.value;
    }
    walk.endPage(answer.headers, next.value);
  }
  if (walk.behindEnd !== null) await checkEnd(open, walk.behindEnd, walk, paging.items ?? null);
}

/** Reads what stands behind a list's last page. To ask for that may be a fault to the service. */
async function checkEnd(
  open: Open,
  path: string,
  walk: PageWalk,
  items: string | null,
): Promise<void> {
  try {
    const page = readPage(await open(path), items, walk.what);
    for await (const objects of page) walk.checkBehind(objects);
  } catch (failure) {
    if (!(failure instanceof RefusedFailure)) throw failure;
  }
}

/** A page that was read whole; null where there is nothing (404). */
type Get = (path: string) => Promise<{ readonly headers: Headers; readonly body: Json } | null>;

/** The lists of pages that hold several by name; see `JsonService.lists`. */
export async function* listsOf(
  get: Get,
  first: string,
  paging: Paging,
  what: string,
): AsyncGenerator<JsonObject> {
  const walk = new PageWalk(first, paging, what);
  while (walk.path !== null) {
    const page = await get(walk.path);
    if (page === null && walk.path === first) return;
    const lists = fieldIn(page?.body ?? null, paging.items ?? '');
    if (page === null || !isObject(lists)) throw unreadable(saying('noLists', { what }));
    yield lists;
    walk.endPage(page.headers, page.body);
  }
}

/** The way through a list's pages, which are held together by its total. */
class PageWalk {
  /** The page to read; null after the last. */
  path: string | null;
  readonly #first: string;
  readonly #paging: Paging;
  readonly what: string;
  readonly #visited = new Set<string>();
  #total: number | null = null;
  #seen = 0;
  #taken = 0;
  /** So many stood on the first page. */
  #firstTaken = 0;
  /** The first object of the first page, and of the last. */
  #heads: readonly JsonObject[] = [];
  #isHead = true;
  /** The page behind the last, where that is full: there are services that count a page for all. */
  behindEnd: string | null = null;

  constructor(first: string, paging: Paging, what: string) {
    this.#first = first;
    this.#paging = paging;
    this.what = what;
    this.path = isNumbered(paging) ? this.#at(paging.first ?? usualFirst(paging)) : first;
  }

  /** Counts objects of the page that is being read. */
  take(objects: readonly JsonObject[]): void {
    const [head] = objects;
    if (this.#isHead && head !== undefined) {
      this.#heads = [...this.#heads.slice(0, 1), head];
      this.#isHead = false;
    }
    this.#taken += objects.length;
    this.#seen += objects.length;
  }

  /** Throws where something stands behind the last page, and is no page that came before. */
  checkBehind([head]: readonly JsonObject[]): void {
    if (head === undefined || this.#heads.some((one) => sameJson(one, head))) return;
    throw misfit(this.what, saying('holdsOf', { seen: this.#seen + 1, total: this.#seen }));
  }

  /** Goes on to the next page. Throws where this one does not fit the others. */
  endPage(headers: Headers, rest: Json): void {
    const said = totalOf(headers, rest, this.#paging);
    const hasChanged = this.#total !== null && said !== null && said !== this.#total;
    if (hasChanged) throw misfit(this.what, saying('totalChanged', {}));
    this.#total = said ?? this.#total;
    this.#visited.add(this.path ?? '');
    if (this.#visited.size === 1) this.#firstTaken = this.#taken;
    this.path = this.#next(headers, rest);
    this.#taken = 0;
    this.#isHead = true;
    if (this.path === null) this.#end();
    else if (this.#visited.has(this.path)) throw misfit(this.what, saying('leadsRound', {}));
  }

  #end(): void {
    if (this.#total === null || this.#seen === this.#total) return;
    throw misfit(this.what, saying('holdsOf', { seen: this.#seen, total: this.#total }));
  }

  #next(headers: Headers, rest: Json): string | null {
    const paging = this.#paging;
    if (isNumbered(paging)) {
      // Services give fewer than they are asked for: an empty page or the total is the end.
      if (this.#taken === 0) return null;
      const gone = paging.style === 'page' ? this.#visited.size : this.#seen;
      const next = this.#at(gone + (paging.first ?? usualFirst(paging)));
      if (this.#total === null || this.#seen < this.#total) return next;
      this.behindEnd = this.#taken >= this.#firstTaken ? next : null;
      return null;
    }
    const named = paging.next === undefined ? linkIn(headers) : fieldIn(rest, paging.next);
    if (named === null || named === '') return null;
    return paging.style === 'cursor' ? this.#at(String(named)) : String(named);
  }

  #at(value: string | number): string {
    const usual = { page: 'page', index: 'offset', cursor: 'cursor', link: '' };
    const { style } = this.#paging;
    const own = 'parameter' in this.#paging ? this.#paging.parameter : undefined;
    const [path = '', asked] = this.#first.split('?');
    const keep = 'keep' in this.#paging ? this.#paging.keep : undefined;
    const query = [...new URLSearchParams(asked)].filter(([name]) => keep?.includes(name) ?? true);
    return `${path}?${new URLSearchParams([...query, [own ?? usual[style], String(value)]])}`;
  }
}

type Numbered = Extract<Paging, { style: 'page' | 'index' }>;

function isNumbered(paging: Paging): paging is Numbered {
  return paging.style === 'page' || paging.style === 'index';
}

function usualFirst({ style }: Numbered): number {
  return style === 'page' ? 1 : 0;
}

async function* readPage(
  answer: HttpStream,
  items: string | null,
  what: string,
): AsyncGenerator<readonly JsonObject[], Json> {
  const { status, headers } = answer;
  if (status !== 200) throw failureOfStatus(answer, what);
  if (isHtml({ status, headers, text: '' })) throw unreadable(saying('aWebPage', { what }));
  if (!isJson(headers)) throw unreadable(saying('answerSaysNoJson', { what }));
  const reading = readJsonList(answer.chunks, items);
  try {
    let next = await reading.next();
    for (; next.done !== true; next = await reading.next()) {
      const objects = next.value.filter(isObject);
      yield objects;
      if (objects.length < next.value.length) throw unreadable(saying('noObjects', { what }));
    }
    return emptyList(next.value, items, what);
  } catch (error) {
    throw error instanceof SyntaxError ? unreadable(saying('answerNoJson', { what })) : error;
  } finally {
    await reading.return(null);
  }
}

/** What is left of a page when its list has been read: the list must have been there. */
function emptyList(rest: Json, items: string | null, what: string): Json {
  const list = items === null ? rest : isObject(rest) ? rest[items] : null;
  if (!Array.isArray(list) || list.length > 0) throw unreadable(saying('noListThere', { what }));
  return rest;
}

function totalOf(headers: Headers, rest: Json, { total }: Paging): number | null {
  const said = total === undefined ? headers.get('x-total-count') : fieldIn(rest, total);
  const count = said === null ? Number.NaN : Number(said);
  return Number.isSafeInteger(count) ? count : null;
}

/** The next page's address in a Link header (RFC 8288). */
function linkIn(headers: Headers): string | null {
  const links = (headers.get('link') ?? '').matchAll(/<([^>]*)>([^<]*)/g);
  for (const [, address = '', parameters = ''] of links) {
    if (/;\s*rel="?(?:[^"]*\s)?next\b/i.test(parameters)) return address;
  }
  return null;
}

function fieldIn(value: Json, dotted: string): Json {
  // A name may hold dots itself, as OData's do.
  if (isObject(value) && value[dotted] !== undefined) return value[dotted];
  let found: Json = value;
  for (const name of dotted.split('.')) found = isObject(found) ? (found[name] ?? null) : null;
  return found;
}

function misfit(what: string, how: Saying): TransientFailure {
  const said = saying('listMisfit', { what, how });
  const hint = saying('misfitHint', {});
  return new TransientFailure('TARGET_ANSWER_UNREADABLE', said, { hint });
}
