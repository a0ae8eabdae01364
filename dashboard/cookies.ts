import { createHash, randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Cookie } from './route.ts';

const LANGUAGE_AGE_MS = 365 * 86_400_000;

/** `__Host-`: no other host or path can set it; browsers take that over TLS alone. */
function nameOf(name: Cookie['name'], isTls: boolean): string {
  return isTls ? `__Host-skolnav-${name}` : `skolnav-${name}`;
}

export function readCookie(request: Request, name: Cookie['name'], isTls: boolean): string {
  const wanted = `${nameOf(name, isTls)}=`;
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return textOf(pairs.find((pair) => pair.startsWith(wanted))?.slice(wanted.length) ?? '');
}

/** As it was set; what was set by somebody else may be anything. */
function textOf(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return '';
  }
}

export function setCookie(response: Response, { name, value }: Cookie, isTls: boolean): void {
  const common = { path: '/', httpOnly: true, sameSite: 'lax', secure: isTls } as const;
  const lasts = name === 'language' ? { maxAge: LANGUAGE_AGE_MS } : {};
  if (value === '') response.clearCookie(nameOf(name, isTls), common);
  else response.cookie(nameOf(name, isTls), value, { ...common, ...lasts });
}

export function newVisitor(): string {
  return randomBytes(32).toString('base64url');
}

/** What stands in the forms of a session: it follows from the cookie, and does not give it away. */
export function csrfOf(session: string): string {
  return createHash('sha256').update(`csrf ${session}`).digest('base64url');
}
