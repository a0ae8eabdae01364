import { createHmac } from 'node:crypto';
import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  ClientError,
  ClientSecretBasic,
  type Configuration,
  calculatePKCECodeChallenge,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  ResponseBodyError,
} from 'openid-client';
import type { OpenIdRules } from '../../config/dashboard-rules.ts';
import { Failure, InvalidFailure, TransientFailure } from '../../failure/failure.ts';
import type { Log } from '../../log/log.ts';
import { fetchFrom } from './provider-fetch.ts';

const TIMEOUT_S = 10;
/** So long what the provider has published is taken as it was. */
const DISCOVERED_MS = 60 * 60_000;
const SIGN_IN_MS = 10 * 60_000;

/** Whom the provider's answer is about. */
export interface ProviderPerson {
  readonly subject: string;
  /** As it was given: whether it will do for an account is not looked at. */
  readonly name: string;
  readonly groups: readonly string[];
}

/** What a sign-in that is under way must bring back, and prove. */
interface Proofs {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** What a provider is reached with. */
export interface ProviderParts {
  readonly rules: OpenIdRules;
  readonly secret: () => Promise<string>;
  /** The same in all processes of this hub, and nobody else's. */
  readonly key: () => Promise<string>;
  readonly now: () => number;
  readonly log: Log;
}

/**
 * Signing in at an OpenID provider: authorization code with PKCE (RFC 7636), state and nonce. These
 * follow from the browser's cookie, the time and a key of the hub: nothing is kept of a sign-in that
 * is under way, and any process may end what another has begun.
 */
export class Provider {
  readonly #rules: OpenIdRules;
  readonly #parts: ProviderParts;
  #discovered: { readonly at: number; readonly config: Promise<Configuration> } | null = null;

  constructor(parts: ProviderParts) {
    this.#parts = parts;
    this.#rules = parts.rules;
  }

  async begin(visitor: string): Promise<string> {
    const config = await this.#config();
    const { state, nonce, verifier } = await this.#proofs(visitor, this.#parts.now());
    const url = buildAuthorizationUrl(config, {
      ...{ redirect_uri: this.#redirect, scope: this.#rules.scopes.join(' '), state, nonce },
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    return url.href;
  }

  async finish(visitor: string, answer: URLSearchParams): Promise<ProviderPerson> {
    const at = Number(/^(\d{1,15})\./.exec(answer.get('state') ?? '')?.[1]);
    const now = this.#parts.now();
    if (!(at <= now && now <= at + SIGN_IN_MS)) {
      const text = 'this browser has not begun to sign in, or has done so too long ago';
      throw new InvalidFailure('SIGN_IN_REFUSED', text);
    }
    const proofs = await this.#proofs(visitor, at);
    const config = await this.#config();
    try {
      return await this.#exchanged(config, proofs, answer);
    } catch (error) {
      throw this.#noted(failureOf(error));
    }
  }

  /** Without a hint of who it is: addresses are written down in many places. */
  async end(): Promise<string | null> {
    const config = await this.#config();
    if (config.serverMetadata().end_session_endpoint === undefined) return null;
    const { address } = this.#rules;
    const back = { post_logout_redirect_uri: `${address}/sign-in` };
    return buildEndSessionUrl(config, back).href;
  }

  /** Of this browser and this moment, each of 256 bits; a form of each is known to the provider. */
  async #proofs(visitor: string, at: number): Promise<Proofs> {
    const key = await this.#parts.key();
    const proof = (of: string) =>
      createHmac('sha256', key).update(`${of} ${at} ${visitor}`).digest('base64url');
    return { state: `${at}.${proof('state')}`, nonce: proof('nonce'), verifier: proof('verifier') };
  }

  /** For whoever looks after it: the page tells the code alone. */
  #noted(failure: Failure): Failure {
    this.#parts.log.warn({ code: failure.code, reason: failure.message }, 'nobody could sign in');
    return failure;
  }

  get #redirect(): string {
    return `${this.#rules.address}/sign-in/answer`;
  }

  async #exchanged(
    config: Configuration,
    { state, nonce, verifier }: Proofs,
    answer: URLSearchParams,
  ): Promise<ProviderPerson> {
    const tokens = await authorizationCodeGrant(config, new URL(`${this.#redirect}?${answer}`), {
      ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier },
      idTokenExpected: true,
    });
    const { nameClaim, groupsClaim, issuer } = this.#rules;
    let claims: Readonly<Record<string, unknown>> = tokens.claims() ?? {};
    const { sub } = claims;
    const isWhole = [nameClaim, groupsClaim].every((one) => Object.hasOwn(claims, one));
    if (!isWhole && config.serverMetadata().userinfo_endpoint !== undefined) {
      const told = await fetchUserInfo(config, tokens.access_token, String(sub));
      claims = { ...told, ...claims };
    }
    const name = claims[nameClaim];
    const groups = [claims[groupsClaim]].flat();
    return {
      subject: `${issuer} ${sub}`,
      name: typeof name === 'string' ? name : '',
      groups: groups.filter((one) => typeof one === 'string'),
    };
  }

  /** One discovery for all who ask; the next who asks tries again where it has failed. */
  #config(): Promise<Configuration> {
    const known = this.#discovered;
    if (known !== null && known.at + DISCOVERED_MS > this.#parts.now()) return known.config;
    const config = this.#discover();
    this.#discovered = { at: this.#parts.now(), config };
    config.catch(() => {
      this.#discovered = null;
    });
    return config;
  }

  async #discover(): Promise<Configuration> {
    const { issuer, hosts, clientId } = this.#rules;
    const auth = ClientSecretBasic(await this.#parts.secret());
    // Config lets http pass on this machine alone.
    const insecure = issuer.startsWith('http:') ? [allowInsecureRequests] : [];
    try {
      return await discovery(new URL(issuer), clientId, {}, auth, {
        execute: [enableNonRepudiationChecks, ...insecure],
        timeout: TIMEOUT_S,
        [customFetch]: fetchFrom([issuer, ...hosts]),
      });
    } catch (error) {
      throw this.#noted(unusable(error));
    }
  }
}

/** The provider's own fault, or the network's: nothing was said of the person. */
const UNUSABLE: ReadonlySet<string> = new Set([
  ...['OAUTH_TIMEOUT', 'OAUTH_ABORT', 'OAUTH_PARSE_ERROR', 'OAUTH_RESPONSE_IS_NOT_CONFORM'],
  ...[
    'OAUTH_RESPONSE_IS_NOT_JSON',
    'OAUTH_HTTP_REQUEST_FORBIDDEN',
    'OAUTH_REQUEST_PROTOCOL_FORBIDDEN',
  ],
]);

/** What an error says is not kept: descriptions of a provider may name the person. */
function failureOf(error: unknown): Failure {
  const isClient = error instanceof ClientError && !UNUSABLE.has(error.code ?? '');
  const isAnswer = error instanceof AuthorizationResponseError;
  const isToken = error instanceof ResponseBodyError && error.error === 'invalid_grant';
  if (ownFailureIn(error) !== null || !(isClient || isAnswer || isToken)) return unusable(error);
  const text = `what came back from the provider is no sign-in of this browser (${wordOf(error)})`;
  return new InvalidFailure('SIGN_IN_REFUSED', text);
}

function unusable(error: unknown): Failure {
  const own = ownFailureIn(error);
  if (own !== null) return own;
  return new TransientFailure('PROVIDER_UNUSABLE', `it could not be asked (${wordOf(error)})`);
}

function ownFailureIn(error: unknown): Failure | null {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof Failure) return at;
  return null;
}

/** A word of a protocol, never a sentence. */
function wordOf(error: unknown): string {
  const isSaid = error instanceof AuthorizationResponseError || error instanceof ResponseBodyError;
  const code = isSaid ? error.error : codeIn(error);
  return /^\w{1,60}$/.test(code) ? code : 'no known word';
}

function codeIn(error: unknown): string {
  const codes: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') codes.push(at.code);
  }
  return codes.at(-1) ?? (error instanceof TypeError ? 'connection' : '');
}
