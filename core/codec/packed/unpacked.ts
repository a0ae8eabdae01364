import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Failure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { fileFailure } from '../text-decoding.ts';
import { UnpackingLimits } from './unpacking-limits.ts';
import { soleEntry } from './zip.ts';

/** Whether a file is packed, by the end of its name: `.gz` or `.zip`. */
export function isPacked(file: string): boolean {
  return /\.(?:gz|zip)$/i.test(file);
}

/**
 * The bytes of a file; of a packed one (`.gz`, or `.zip` with one file in it) those inside. Throws
 * InvalidFailure FILE_DAMAGED for what is cut or no such file, FILE_UNSAFE beyond the limits of
 * size and ratio, FILE_LAYOUT for an archive of none or several files.
 */
export function unpacked(
  bytes: AsyncIterable<Uint8Array>,
  file: string,
): AsyncIterable<Uint8Array> {
  if (!isPacked(file)) return bytes;
  return /\.gz$/i.test(file) ? gunzipped(bytes, file) : soleEntry(bytes, file);
}

/** The bytes inside a gzip file (RFC 1952), as a stream. Throws FILE_DAMAGED, FILE_UNSAFE. */
async function* gunzipped(
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
  return fileFailure('FILE_DAMAGED', saying('noGzip', {}), file, null);
}
