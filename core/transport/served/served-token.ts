import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { isSameSecret } from '../../message/digest.ts';
import type { Json } from '../../message/message.ts';

/** Who fetches what a module's flow gives: one client each. */
export interface Credentials {
  readonly module: string;
  readonly id: string;
  readonly secret: string;
}

/** How long a token is good, in seconds. */
export const TOKEN_SECONDS = 3600;
const CIPHER = 'aes-256-gcm';
const [IV_BYTES, TAG_BYTES] = [12, 16];

/** Whether they are the client's; takes as long whatever differs, also where there is no client. */
export function areOf(client: Credentials | undefined, id: string, secret: string): boolean {
  const known = client ?? { id: '', secret: randomBytes(32).toString('hex') };
  const [isId, isSecret] = [isSameSecret(id, known.id), isSameSecret(secret, known.secret)];
  return isId && isSecret && client !== undefined;
}

/**
 * A token that tells nothing, and is good for this client and module alone, for an hour and as long
 * as the secret stays the same. Nothing of it is kept.
 */
export function newToken(client: Credentials, now: number): string {
  const until = now + TOKEN_SECONDS * 1000;
  const text = `${until.toString(36)}.${randomBytes(9).toString('base64url')}`;
  return `${text}.${macOf(client, text)}`;
}

export function isToken(client: Credentials | undefined, token: string, now: number): boolean {
  const at = token.lastIndexOf('.');
  const text = token.slice(0, Math.max(at, 0));
  const known = client ?? { module: '', id: '', secret: randomBytes(32).toString('hex') };
  const isOurs = isSameSecret(token.slice(at + 1), macOf(known, text));
  const until = Number.parseInt(text.split('.')[0] ?? '', 36);
  return isOurs && client !== undefined && now < until;
}

/** A text for this client alone, who can neither read nor change it. */
export function seal(client: Credentials, value: Json): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(client, 'seal'), iv);
  const inside = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), inside]).toString('base64url');
}

/** What was sealed for this client; null for anything else. */
export function unseal(client: Credentials, text: string): Json {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length <= IV_BYTES + TAG_BYTES) return null;
  const key = keyOf(client, 'seal');
  const options = { authTagLength: TAG_BYTES };
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), options);
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  try {
    const inside = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES));
    return JSON.parse(Buffer.concat([inside, decipher.final()]).toString('utf8'));
  } catch {
    return null;
  }
}

function macOf(client: Credentials, text: string): string {
  return createHmac('sha256', keyOf(client, 'token')).update(text).digest('base64url');
}

function keyOf({ module, id, secret }: Credentials, use: string): Buffer {
  return createHmac('sha256', secret)
    .update(JSON.stringify([use, module, id]))
    .digest();
}

/** Requests for a token from one address in a minute. */
const MOST_IN_WINDOW = 30;
const WINDOW_MS = 60_000;
const MOST_ADDRESSES = 10_000;

/** Counts who asks for tokens: whoever guesses is slow. */
export class TokenRequests {
  readonly #now: () => number;
  readonly #counts = new Map<string, { count: number; readonly since: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Seconds until this address may ask again; 0: it may, and has now. */
  waitFor(address: string): number {
    const now = this.#now();
    const known = this.#counts.get(address);
    const isOver = known === undefined || now - known.since >= WINDOW_MS;
    const entry = isOver ? { count: 0, since: now } : known;
    if (entry.count >= MOST_IN_WINDOW) return Math.ceil((entry.since + WINDOW_MS - now) / 1000);
    entry.count += 1;
    this.#counts.delete(address);
    this.#counts.set(address, entry);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > MOST_ADDRESSES && oldest !== undefined) this.#counts.delete(oldest);
    return 0;
  }
}
