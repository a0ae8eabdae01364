import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Failure } from '../../failure/failure.ts';
import { fileFailure } from '../text-decoding.ts';
import { UnpackingLimits } from './unpacking-limits.ts';

/** The bytes inside a gzip file (RFC 1952), as a stream. Throws FILE_DAMAGED, FILE_UNSAFE. */
export async function* gunzipped(
  bytes: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<Uint8Array> {
  const limits = new UnpackingLimits(file);
  const packed = Readable.from(counted(bytes, limits));
  const gunzip = createGunzip();
  packed.on('error', (failure) => gunzip.destroy(failure));
  packed.pipe(gunzip);
  try {
    for await (const chunk of gunzip) {
      limits.takeOut(chunk.length);
      yield chunk;
    }
  } catch (error) {
    throw isOfZlib(error) ? damaged(file) : error;
  } finally {
    packed.destroy();
    gunzip.destroy();
  }
}

async function* counted(bytes: AsyncIterable<Uint8Array>, limits: UnpackingLimits) {
  for await (const chunk of bytes) {
    limits.takeIn(chunk.length);
    yield chunk;
  }
}

function isOfZlib(error: unknown): boolean {
  if (error instanceof Failure || !(error instanceof Error)) return false;
  return 'code' in error && String(error.code).startsWith('Z_');
}

function damaged(file: string): Failure {
  return fileFailure('FILE_DAMAGED', 'is no gzip file, or not whole', file, null);
}
