import type { IncomingMessage } from 'node:http';

/** A request's body; null as soon as there are more than so many bytes, whose rest is not read. */
export async function bodyWithin(
  request: IncomingMessage,
  mostBytes: number,
): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  // To leave the loop must not close the connection: the answer is still to come.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += Buffer.byteLength(chunk);
    if (size > mostBytes) return null;
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks);
}
