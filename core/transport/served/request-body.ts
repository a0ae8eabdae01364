import type { IncomingMessage } from 'node:http';
import { bodyWithin } from '../body-within.ts';

/** A body that is not taken: the status that it deserves. */
export class BodyFault extends Error {
  readonly status: 400 | 413 | 415;

  constructor(status: 400 | 413 | 415) {
    super(String(status));
    this.status = status;
  }
}

/**
 * The text of a body. Throws BodyFault 413 as soon as there are more than so many bytes, whose rest
 * is not read; 415 for one that is packed or of another type, 400 for one that is no UTF-8.
 */
export async function textOfBody(
  request: IncomingMessage,
  type: string,
  mostBytes: number,
): Promise<string> {
  const { headers } = request;
  const [said = '', charset = 'utf-8'] = (headers['content-type'] ?? '').split(/;\s*charset=/i);
  const isPlain = (headers['content-encoding'] ?? 'identity') === 'identity';
  const isText = /^"?utf-?8"?$/i.test(charset.trim());
  if (said.trim().toLowerCase() !== type || !isPlain || !isText) throw new BodyFault(415);
  if (Number(headers['content-length'] ?? 0) > mostBytes) throw new BodyFault(413);
  const body = await bodyWithin(request, mostBytes);
  if (body === null) throw new BodyFault(413);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new BodyFault(400);
  }
}
