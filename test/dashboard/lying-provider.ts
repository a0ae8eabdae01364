import { generateKeyPairSync, sign } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CLIENT, closed, listening } from '../services/openid.ts';

/** What a provider says that is not what it should, told from what it should. */
export interface Lies {
  readonly discovery?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly forged?: boolean;
  /** In place of the token endpoint's answer. */
  readonly token?: (response: ServerResponse) => void;
}

const PAIR = generateKeyPairSync('rsa', { modulusLength: 2048 });
const STRANGER = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A provider that answers each sign-in at once, and lies as a test wants. */
export class LyingProvider {
  readonly origin: string;
  /** Paths that were asked for. */
  readonly asked: string[] = [];
  readonly stop: () => Promise<void>;
  lies: Lies = {};
  #nonce = '';

  private constructor(origin: string, stop: () => Promise<void>) {
    this.origin = origin;
    this.stop = stop;
  }

  static async open(): Promise<LyingProvider> {
    const { server, origin } = await listening();
    const provider = new LyingProvider(origin, () => closed(server));
    server.on('request', (request, response) => provider.#answer(request, response));
    return provider;
  }

  /** The answer to a sign-in that has come to this address. */
  answerTo(url: URL, more: Readonly<Record<string, string>> = {}): string {
    this.#nonce = url.searchParams.get('nonce') ?? '';
    const state = url.searchParams.get('state') ?? '';
    const answer = { code: 'a-code', iss: this.origin, state, ...more };
    return `/sign-in/answer?${new URLSearchParams(answer)}`;
  }

  #answer({ url = '' }: IncomingMessage, response: ServerResponse): void {
    this.asked.push(url);
    const json = (value: unknown) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(value));
    };
    if (url.startsWith('/.well-known')) json(this.#discovery());
    else if (url === '/keys') json({ keys: [jwk()] });
    else if (this.lies.token !== undefined) this.lies.token(response);
    else json({ access_token: 'a', token_type: 'Bearer', id_token: this.#idToken() });
  }

  #discovery() {
    const at = (path: string) => `${this.origin}${path}`;
    return {
      ...{ issuer: this.origin, authorization_endpoint: at('/sign-in') },
      ...{ token_endpoint: at('/token'), jwks_uri: at('/keys') },
      authorization_response_iss_parameter_supported: true,
      ...this.lies.discovery,
    };
  }

  #idToken(): string {
    const { header, claims, forged = false } = this.lies;
    const now = Math.floor(Date.now() / 1000);
    const told = {
      ...{ iss: this.origin, aud: CLIENT.id, sub: 'sub-kim', nonce: this.#nonce },
      ...{ iat: now, exp: now + 300, preferred_username: 'kim', groups: ['skolnav-all'] },
      ...claims,
    };
    const signed = [{ alg: 'RS256', kid: 'k', ...header }, told]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const { privateKey } = forged ? STRANGER : PAIR;
    return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`;
  }
}

function jwk() {
  return { ...PAIR.publicKey.export({ format: 'jwk' }), kid: 'k', use: 'sig', alg: 'RS256' };
}
