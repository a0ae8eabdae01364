import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import SftpClient from 'ssh2-sftp-client';
import { Failure, HeldFailure, TransientFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import { notReached } from '../failure/system-fault.ts';
import type { SftpOptions } from './files.ts';

const READY_MS = 20_000;
const KEEPALIVE_MS = 10_000;
const STEP_MS = 60_000;
const DEFAULT_PORT = 22;

/**
 * A server's answer to one step that is no failure of the connection; `code` as SFTP numbers it.
 */
export class SftpRefusal extends Error {
  readonly code: 'missing' | 'permission' | 'unsupported' | 'other';

  constructor(cause: Error) {
    super(cause.message, { cause });
    this.code = refusalCode(cause);
  }
}

/**
 * One SFTP connection that serves one operation at a time and is never used again once it broke.
 */
export class SftpConnection {
  readonly #client: SftpClient;
  readonly #address: string;
  /** Rejects when the connection goes: the library forgets to answer the steps then under way. */
  readonly #gone = Promise.withResolvers<never>();
  #lost = false;

  private constructor(client: SftpClient, address: string) {
    this.#client = client;
    this.#address = address;
    this.#gone.promise.catch(() => undefined);
  }

  /**
   * Connects and logs in. Throws HeldFailure HOST_KEY_UNKNOWN or CREDENTIALS, TransientFailure
   * CONNECTION_LOST or TIMEOUT.
   */
  static async open(options: SftpOptions): Promise<SftpConnection> {
    const lose = (): void => {
      connection.#lost = true;
      connection.#gone.reject(new Error('not connected'));
    };
    const client = new SftpClient('hub', { error: lose, end: lose, close: lose });
    const address = `${options.host}:${options.port ?? DEFAULT_PORT}`;
    const connection = new SftpConnection(client, address);
    for (const event of ['error', 'end', 'close']) client.on(event, lose);
    answerPrompts(client, options.password);
    const presented: string[] = [];
    try {
      await client.connect(connectOptions(options, presented));
      return connection;
    } catch (error) {
      await client.end().catch(() => undefined);
      throw connectFailure(error, address, options.hostKeys, presented);
    }
  }

  get usable(): boolean {
    return !this.#lost;
  }

  /** Does one step. Throws CONNECTION_LOST, TIMEOUT, or an SftpRefusal for the server's own no. */
  async run<T>(step: (client: SftpClient) => Promise<T>): Promise<T> {
    try {
      return await this.#inTime(step(this.#client));
    } catch (error) {
      if (error instanceof Failure) throw error;
      if (error instanceof Error && this.usable && !isLoss(error)) throw new SftpRefusal(error);
      throw this.lost(error);
    }
  }

  /** The failure to throw where the connection is known to be gone. */
  lost(cause?: unknown): TransientFailure {
    this.#lost = true;
    const said = saying('connectionBroke', { address: this.#address });
    return new TransientFailure('CONNECTION_LOST', said, { cause });
  }

  async end(): Promise<void> {
    this.#lost = true;
    await this.#client.end().catch(() => undefined);
  }

  async #inTime<T>(step: Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      this.#lost = true;
      const said = saying('noAnswerWithin', { address: this.#address, seconds: STEP_MS / 1000 });
      late.reject(new TransientFailure('TIMEOUT', said));
    }, STEP_MS);
    try {
      return await Promise.race([step, late.promise, this.#gone.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function connectOptions(options: SftpOptions, presented: string[]): SftpClient.ConnectOptions {
  const port = options.port ?? DEFAULT_PORT;
  return {
    // Without Nagle's wait, each small step saves the 40 ms of the other side's delayed answer.
    sock: connect({ host: options.host, port, noDelay: true }),
    username: options.user,
    ...(options.password === undefined ? {} : { password: options.password, tryKeyboard: true }),
    ...(options.privateKey === undefined ? {} : { privateKey: options.privateKey }),
    readyTimeout: READY_MS,
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: 3,
    hostVerifier: (key: Buffer) => {
      const fingerprint = fingerprintOf(key);
      presented.push(fingerprint);
      return options.hostKeys.includes(fingerprint);
    },
  };
}

/** As `ssh-keygen -lf` prints it. */
function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** Some servers ask for the password as a question (RFC 4256) instead of taking it. */
function answerPrompts(client: SftpClient, password: string | undefined): void {
  if (password === undefined) return;
  client.on('keyboard-interactive', (...event) => {
    const prompts: unknown = event[3];
    const finish: unknown = event[4];
    if (!Array.isArray(prompts) || typeof finish !== 'function') return;
    finish(prompts.map(() => password));
  });
}

function connectFailure(
  cause: unknown,
  address: string,
  hostKeys: readonly string[],
  presented: readonly string[],
): Failure {
  const text = cause instanceof Error ? cause.message : '';
  const shown = presented.at(-1);
  if (shown !== undefined && !hostKeys.includes(shown)) {
    return new HeldFailure('HOST_KEY_UNKNOWN', saying('hostKey', { address, key: shown }));
  }
  if (/authentication methods failed|authentication failure/i.test(text)) {
    return new HeldFailure('CREDENTIALS', saying('loginRefused', { address }));
  }
  if (/parse privateKey|passphrase/i.test(text)) {
    const hint = 'Give the private key as OpenSSH or PEM text without a passphrase.';
    return new HeldFailure('CREDENTIALS', saying('keyUnread', {}), { hint });
  }
  if (/timed out/i.test(text)) {
    return new TransientFailure('TIMEOUT', saying('noAnswer', { address }), { cause });
  }
  return notReached(address, cause);
}

function isLoss(error: Error): boolean {
  const code = codeOf(error);
  return (
    ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ERR_NOT_CONNECTED', 'ERR_STREAM_DESTROYED'].includes(
      code,
    ) ||
    /no response from server|not connected|no sftp connection|premature close/i.test(error.message)
  );
}

function refusalCode(error: Error): SftpRefusal['code'] {
  const code = codeOf(error);
  if (code === '2' || code === 'ENOENT' || /no such file/i.test(error.message)) return 'missing';
  if (code === '3' || code === 'EACCES') return 'permission';
  if (code === '8' || /not support/i.test(error.message)) return 'unsupported';
  return 'other';
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}
