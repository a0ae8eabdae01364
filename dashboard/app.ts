import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, {
  type ErrorRequestHandler,
  type NextFunction,
  type Request,
  type Response,
} from 'express';
import { type Account, isSameSecret, type Log, RightMissing } from '../core/control/control-bus.ts';
import { ASSETS, KEPT } from './assets.ts';
import { csrfOf, newVisitor, readCookie, setCookie } from './cookies.ts';
import { html } from './html.ts';
import { keptForm, type Sent } from './kept-form.ts';
import { languageFor } from './language.ts';
import { layout } from './layout.ts';
import { type Answer, type Ask, type House, NO_PAGES, ownPath, type Route } from './route.ts';

export interface AppOptions {
  readonly house: House;
  readonly routes: readonly Route[];
  readonly log: Log;
  readonly timeZone: string;
  /** A proxy on this machine speaks TLS for us. */
  readonly isTls: boolean;
}

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
} as const;

/** The routes as an express app: what is true of every request is said here, once. */
export function appOf(options: AppOptions): express.Express {
  const { routes, isTls, log } = options;
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.set('query parser', 'simple');
  // Who asks is the proxy's word, and the proxy is on this machine.
  app.set('trust proxy', isTls ? 'loopback' : false);
  app.use((_request, response, next) => {
    response.set(HEADERS);
    if (isTls) response.set('strict-transport-security', 'max-age=31536000');
    next();
  });
  const keep = (response: Response) => response.set('cache-control', KEPT);
  app.use('/assets', express.static(ASSETS, { index: false, setHeaders: keep }));
  app.use(express.urlencoded({ extended: false, limit: '64kb', parameterLimit: 500 }));
  app.use(express.raw({ type: MULTIPART, limit: '256kb' }), readMultipart);
  for (const route of routes) {
    app[route.method](route.path, (request, response) => serve(route, request, response, options));
  }
  app.use(async (request, response) => {
    const ask = await askOf(request, response, options);
    send({ kind: 'missing' }, ask, request, response, options);
  });
  app.use(brokenHandler(options, log));
  return app;
}

const MULTIPART = 'multipart/form-data';

/** A form with a file: its fields as those of any other form, and of the file the text. */
async function readMultipart(
  request: Request,
  _response: Response,
  next: NextFunction,
): Promise<void> {
  if (request.is(MULTIPART) === false || !Buffer.isBuffer(request.body)) return next();
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  const form = await new globalThis.Response(new Uint8Array(request.body), { headers })
    .formData()
    .catch(() => null);
  if (form === null) throw Object.assign(new Error('no form'), { status: 400 });
  const fields = new Map<string, string[]>();
  for (const [name, value] of form) {
    const text = typeof value === 'string' ? value : await value.text();
    fields.set(name, [...(fields.get(name) ?? []), text]);
  }
  request.body = Object.fromEntries(fields);
  next();
}

async function serve(
  route: Route,
  request: Request,
  response: Response,
  options: AppOptions,
): Promise<void> {
  const ask = await askOf(request, response, options);
  const { words } = ask.language;
  const refuse = (text: string) => {
    const answer = {
      kind: 'page',
      title: words.refused.title,
      body: html`<p>${text}</p>`,
    } as const;
    send({ ...answer, status: 403 }, ask, request, response, options);
  };
  const { needs } = route;
  const isStale = route.method === 'post' && !isOurs(request, ask.session);
  const isOut = needs !== 'anyone' && ask.account === null;
  if ((isStale || isOut) && needs !== 'anyone' && isFromOurPage(request)) {
    return send(keptForm(ask, sentBy(request)), ask, request, response, options);
  }
  if (isStale) return refuse(words.refused.stale);
  if (isOut) return send(toSignIn(request), ask, request, response, options);
  if (needs !== 'anyone' && needs !== 'account' && !ask.may(needs)) {
    return refuse(words.refused.text(needs));
  }
  try {
    send(await route.answer(ask, houseOf(route, ask, options)), ask, request, response, options);
  } catch (failure) {
    if (!(failure instanceof RightMissing)) throw failure;
    refuse(words.refused.text(failure.right));
  }
}

/** The page that was asked for comes after it; what a page asks for by itself is none. */
function toSignIn(request: Request): Answer {
  const path = '/sign-in';
  if (request.method !== 'GET' || !isByHand(request)) return { kind: 'see', path };
  return { kind: 'see', path, cookies: [{ name: 'back', value: request.originalUrl }] };
}

/** What a page asks for by itself keeps no session awake. */
function isByHand({ headers, path }: Request): boolean {
  return headers['x-skolnav-live'] === undefined && !NO_PAGES.includes(path);
}

/** A form that the browser itself says a page of ours has sent. */
function isFromOurPage({ method, headers }: Request): boolean {
  return method === 'POST' && headers['sec-fetch-site'] === 'same-origin';
}

function sentBy({ path, body, headers }: Request): Sent {
  const names = Object.keys(Object(body));
  const fields = names.flatMap((name) => fieldsOf(body, name).map((text) => [name, text] as const));
  const isMultipart = headers['content-type']?.startsWith(MULTIPART) === true;
  return { path, isMultipart, fields };
}

/** Whoever has signed in gets the bus as far as their rights go. */
function houseOf({ needs }: Route, { account }: Ask, { house }: AppOptions): House {
  if (needs === 'anyone' || account === null) return house;
  return { ...house, control: house.control.as(account) };
}

/** A form is ours if it carries what only a page of this session could have told it. */
function isOurs(request: Request, session: string): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  return isSameSecret(fieldsOf(request.body, 'csrf')[0] ?? '', csrfOf(session));
}

async function askOf(
  request: Request,
  response: Response,
  { house, timeZone, isTls }: AppOptions,
): Promise<Ask> {
  const known = readCookie(request, 'session', isTls);
  const session = known === '' ? newVisitor() : known;
  if (known === '') setCookie(response, { name: 'session', value: session }, isTls);
  const account =
    known === '' ? null : await house.control.access.session(known, isByHand(request));
  const chosen = readCookie(request, 'language', isTls);
  const language = languageFor(chosen, request.headers['accept-language'] ?? '', timeZone);
  const bus = account === null ? null : house.control.as(account);
  const may: Ask['may'] = (right, subject) => bus?.may(right, subject) === true;
  const back = ownPath(readCookie(request, 'back', isTls));
  return { ...asked(request, account), may, language, session, csrf: csrfOf(session), back };
}

function asked(
  request: Request,
  account: Account | null,
): Omit<Ask, 'may' | 'language' | 'session' | 'csrf' | 'back'> {
  const one = (from: unknown, name: string) => fieldsOf(from, name)[0] ?? '';
  return {
    account,
    who: account?.name ?? '',
    address: request.ip ?? '',
    param: (name) => one(request.params, name),
    query: (name) => one(request.query, name),
    field: (name) => one(request.body, name),
    fields: (name) => fieldsOf(request.body, name),
  };
}

/** The texts of one name, whatever was sent. */
function fieldsOf(from: unknown, name: string): readonly string[] {
  if (typeof from !== 'object' || from === null || !Object.hasOwn(from, name)) return [];
  const value: unknown = Object.entries(from).find(([key]) => key === name)?.[1];
  const all = Array.isArray(value) ? value : [value];
  return all.filter((text) => typeof text === 'string');
}

function send(
  answer: Answer,
  ask: Ask,
  request: Request,
  response: Response,
  { isTls, house }: AppOptions,
): void {
  const { words } = ask.language;
  switch (answer.kind) {
    case 'page':
      response.status(answer.status ?? 200).type('html');
      response.send(layout(ask, whereOf(request), answer.title, answer.body));
      return;
    case 'missing':
      response.status(404).type('html');
      response.send(
        layout(ask, whereOf(request), words.missing.title, html`<p>${words.missing.text}</p>`),
      );
      return;
    case 'see':
      for (const cookie of answer.cookies ?? []) setCookie(response, cookie, isTls);
      response.redirect(303, answer.path);
      return;
    case 'text':
      response.status(answer.status).type('text').send(answer.text);
      return;
    case 'file':
      response.attachment(answer.name).type(answer.type);
      // A reader who goes away ends the reading.
      pipeline(Readable.from(answer.text), response).catch(() => undefined);
      return;
    case 'live':
      house.live.listen(response);
  }
}

/** Where the page can be had again: what a form has sent is not sent twice. */
function whereOf({ method, path, originalUrl }: Request): string {
  return method === 'GET' ? originalUrl : path;
}

/** What the request was about stays out of the log: it may be a person. */
function brokenHandler({ timeZone, isTls }: AppOptions, log: Log): ErrorRequestHandler {
  return (error, request, response, _next) => {
    const status = statusOf(error);
    if (status === 500) {
      const { name, stack = '' } = error instanceof Error ? error : new Error();
      const at = stack.split('\n').filter((line) => /^\s+at /.test(line));
      log.error({ kind: name, at: at.join('') }, 'a page could not be shown');
    }
    if (response.headersSent) {
      response.end();
      return;
    }
    const chosen = readCookie(request, 'language', isTls);
    const accepted = request.headers['accept-language'] ?? '';
    const { words } = languageFor(chosen, accepted, timeZone);
    const text = status === 500 ? words.broken.text : words.missing.text;
    response.status(status).type('text').send(text);
  };
}

/** A request that cannot be read is its sender's fault. */
function statusOf(error: unknown): number {
  const isNamed = typeof error === 'object' && error !== null && 'status' in error;
  const status = isNamed ? Number(error.status) : 500;
  return status >= 400 && status < 500 ? status : 500;
}
