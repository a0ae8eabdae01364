import type { MailRules } from '../config/config.ts';
import { HeldFailure, TransientFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';

/** A text to the administrators; it must not hold personal data. */
export interface Mail {
  readonly subject: string;
  readonly text: string;
}

const TIMEOUT_MS = 20_000;

/**
 * Sends one mail by SMTP. With `starttls` nothing is sent where the server offers no TLS. Throws
 * HeldFailure CREDENTIALS, TransientFailure CONNECTION_LOST.
 */
export async function sendMail(rules: MailRules, mail: Mail): Promise<void> {
  const { host, port, tls, user, password, from, to } = rules;
  // Forty modules, which most commands never need.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    ...{ host, port, secure: tls === 'always', requireTLS: tls === 'starttls' },
    ignoreTLS: tls === 'none',
    ...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
    ...{ connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS },
  });
  try {
    await transport.sendMail({ from, to: [...to], ...mail });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const said = saying('mailRefused', { address: `${host}:${port}`, code });
    if (code === 'EAUTH') throw new HeldFailure('CREDENTIALS', said, { cause });
    throw new TransientFailure('CONNECTION_LOST', said, { cause });
  } finally {
    transport.close();
  }
}
