import { gunzipped } from './gzip.ts';
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
