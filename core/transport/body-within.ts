import type { IncomingMessage } from 'node:http';

/** A request's body; null as soon as there are more than so many bytes, whose rest is not read. */
export async function bodyWithin(
  request: IncomingMessage,
  mostBytes: number,
): Promise<Buffer | null> {
  // To leave the loop must not close the connection: the answer is still to come.
  return bytesWithin(request.iterator({ destroyOnReturn: false }), mostBytes);
}

/** All bytes that come; null as soon as there are more than so many. */
export async function bytesWithin(
  chunks: AsyncIterable<Uint8Array>,
  mostBytes: number,
): Promise<Buffer<ArrayBuffer> | null> {
  const all: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > mostBytes) return null;
    all.push(chunk);
  }
  return Buffer.concat(all);
}
