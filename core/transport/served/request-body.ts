import type { IncomingMessage } from 'node:http';

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
  const chunks: Buffer[] = [];
  let size = 0;
  // To leave the loop must not close the connection: the answer is still to come.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += Buffer.byteLength(chunk);
    if (size > mostBytes) throw new BodyFault(413);
    chunks.push(Buffer.from(chunk));
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new BodyFault(400);
  }
}
