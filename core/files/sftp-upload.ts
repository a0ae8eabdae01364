import type { Writable } from 'node:stream';
import type { Bytes } from './files.ts';
import type { SftpConnection } from './sftp-connection.ts';

/** The bytes of one read or write. */
export const TRANSFER_BYTES = 262_144;

/** Writes the file and answers how many bytes it should have; a failing source fails as itself. */
export async function upload(
  connection: SftpConnection,
  part: string,
  bytes: Bytes,
): Promise<number> {
  const stream = await connection.run(async (client) => client.createWriteStream(part));
  // Every later error arrives at the write that it belongs to as well.
  stream.on('error', () => undefined);
  try {
    await connection.run(() => opened(stream));
    let count = 0;
    for await (const chunk of gathered(bytes)) {
      count += chunk.length;
      await connection.run(() => settled((done) => stream.write(chunk, done)));
    }
    await connection.run(() => closed(stream));
    return count;
  } catch (error) {
    stream.destroy();
    await connection.run((client) => client.delete(part, true)).catch(() => undefined);
    throw error;
  }
}

function settled(step: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    step((error) => (error ? reject(error) : resolve()));
  });
}

/** Only the event says why a file could not be opened. */
function opened(stream: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once('open', () => resolve());
    stream.once('error', reject);
  });
}

/**
 * The library destroys the stream as it ends, so its end is known by the handle's closing alone.
 */
function closed(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    stream.once('close', resolve);
    stream.end();
  });
}

/** Each write waits for the server's answer: small chunks would cost a round trip each. */
async function* gathered(bytes: Bytes): AsyncGenerator<Uint8Array> {
  let pending: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    pending.push(chunk);
    size += chunk.length;
    if (size < TRANSFER_BYTES) continue;
    yield Buffer.concat(pending);
    pending = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(pending);
}
