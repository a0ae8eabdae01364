import { hash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Agent } from 'node:https';
import { pipeline, Readable, type Transform } from 'node:stream';
import type { PeerCertificate } from 'node:tls';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { Failure, HeldFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { Saying } from '../../message/message.ts';
import { nodeHttps, nodeTls } from '../node-http.ts';

/** How two sides know each other by TLS. All but the pins are the PEM texts themselves. */
export interface TlsOptions {
  /** Our certificate, with those between it and its issuer; shown to whoever asks for one. */
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  /** Issuers of the other side's certificate, in place of those that the system trusts. */
  readonly ca?: string;
  /**
   * SHA-256 of the other side's public key, base64 (RFC 7469, 2.4); one of them must be its own.
   * The key then tells who it is, whatever name stands in the certificate.
   */
  readonly pins?: readonly string[];
  /** The same of our own key, as it has been made known: another certificate is not used. */
  readonly ownPin?: string;
}

/**
 * A `fetch` for `createHttpClient` by which both sides prove who they are. Throws HeldFailure
 * CREDENTIALS where our certificate or key is of no use, or refused; CERTIFICATE_UNKNOWN where the
 * other side is not who it should be. Nothing is sent before that is known.
 */
export function fetchOverTls(options: TlsOptions): typeof fetch {
  const agent = agentOf(options);
  return async (input, init = {}) => {
    // Before a connection is begun that nobody would end.
    init.signal?.throwIfAborted();
    const url = new URL(input instanceof Request ? input.url : input);
    try {
      return responseOf(await answerOf(url, init, agent));
    } catch (error) {
      init.signal?.throwIfAborted();
      throw failureOfTls(error, url.host);
    }
  };
}

function agentOf({ cert, key, passphrase, ca, pins, ownPin }: TlsOptions): Agent {
  if (ownPin !== undefined && (cert === undefined || pinOf(cert) !== ownPin)) {
    throw new HeldFailure('CREDENTIALS', saying('oursOther', {}));
  }
  try {
    const secureContext = nodeTls().createSecureContext({
      ...{ minVersion: 'TLSv1.2' },
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(passphrase === undefined ? {} : { passphrase }),
      ...(ca === undefined ? {} : { ca }),
    });
    const { Agent } = nodeHttps();
    return new Agent({
      ...{ keepAlive: true, secureContext },
      checkServerIdentity: (host, peer) => identityError(host, peer, pins ?? []),
    });
  } catch (cause) {
    throw new HeldFailure('CREDENTIALS', saying('oursUnread', {}), { cause });
  }
}

/** The pin of a certificate's public key; what cannot be read has none. */
export function pinOf(certificate: string | Buffer): string | null {
  try {
    const { publicKey } = new X509Certificate(certificate);
    return hash('sha256', publicKey.export({ type: 'spki', format: 'der' }), 'base64');
  } catch {
    return null;
  }
}

function identityError(
  host: string,
  peer: PeerCertificate,
  pins: readonly string[],
): Error | undefined {
  if (pins.length === 0) return nodeTls().checkServerIdentity(host, peer);
  const pin = pinOf(peer.raw);
  return pin !== null && pins.includes(pin)
    ? undefined
    : unknownPeer(saying('otherKey', { address: host }));
}

async function answerOf(url: URL, init: RequestInit, agent: Agent): Promise<IncomingMessage> {
  const request = nodeHttps().request(url, {
    ...{ agent, method: init.method ?? 'GET' },
    headers: { 'accept-encoding': 'gzip', ...Object.fromEntries(new Headers(init.headers)) },
    ...(init.signal == null ? {} : { signal: init.signal }),
  });
  request.end(typeof init.body === 'string' ? init.body : undefined);
  const [answer]: IncomingMessage[] = await once(request, 'response');
  if (answer === undefined) throw new TypeError('no answer');
  return answer;
}

/** Statuses whose answers have no body (RFC 9110, 6.4.1). */
const EMPTY: ReadonlySet<number> = new Set([204, 205, 304]);

function responseOf(answer: IncomingMessage): Response {
  const { statusCode: status = 500, headers: given } = answer;
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  if (!EMPTY.has(status)) {
    // SAFETY: a byte stream of Node is one of the web; the two declarations differ.
    const body = Readable.toWeb(unpacked(answer)) as unknown as ReadableStream<Uint8Array>;
    return new Response(body, { status, headers });
  }
  answer.resume();
  return new Response(null, { status, headers });
}

/** There are services that pack what they answer whether they are asked to or not. */
function unpacked(answer: IncomingMessage): Readable {
  const make = UNPACKERS[answer.headers['content-encoding']?.trim().toLowerCase() ?? ''];
  // What goes wrong on the way is an error of what is read.
  return make === undefined ? answer : pipeline(answer, make(), () => {});
}

const UNPACKERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** What the alerts of TLS say of our certificate, and what Node says of theirs. */
const OURS_REFUSED = /alert.*(certificate|handshake|unknown.ca|access.denied)/i;
const THEIRS_REFUSED =
  /^(CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS_CERT|INVALID_CA|HOSTNAME)/;

/** What an error of a connection means: whose certificate is refused, or that none is. */
export function failureOfTls(error: unknown, host: string): unknown {
  if (error instanceof Failure) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const isAlert = code.startsWith('ERR_SSL') || code === 'EPROTO';
  if (isAlert && OURS_REFUSED.test(`${code} ${error}`)) {
    const said = saying('refusesOurs', { address: host, code });
    return new HeldFailure('CREDENTIALS', said, { cause: error });
  }
  if (refusesTheirs(code)) return unknownPeer(saying('notTrusted', { address: host, code }));
  // As fetch has it: the reason stands in the cause.
  return new TypeError('fetch failed', { cause: error });
}

/** Whether an error's code says that the certificate of the other side is not trusted. */
export function refusesTheirs(code: string): boolean {
  return THEIRS_REFUSED.test(code);
}

function unknownPeer(said: Saying): HeldFailure {
  return new HeldFailure('CERTIFICATE_UNKNOWN', said);
}
