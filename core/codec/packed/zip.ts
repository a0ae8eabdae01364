import { crc32 } from 'node:zlib';
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import { Failure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { fileFailure } from '../text-decoding.ts';
import { UnpackingLimits } from './unpacking-limits.ts';

/** More than any archive of records, or any workbook, has. */
const MOST_ENTRIES = 10_000;
/** What a Mac adds to each archive. */
const ADDED = /^__MACOSX\/|\/$/;

/** How documents of Office begin that are no archive: encrypted ones, and those before 2007. */
const OLD_OFFICE = Buffer.from('d0cf11e0a1b11ae1', 'hex');

/** A whole archive in memory, with what it may still give. */
export interface Archive {
  readonly bytes: Buffer;
  readonly entries: readonly Entry[];
  readonly zip: ZipFile;
  readonly limits: UnpackingLimits;
}

/** The bytes of the only file in a zip archive. Throws as `unpacked` does. */
export async function* soleEntry(
  bytes: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<Uint8Array> {
  const archive = await openArchive(bytes, file);
  const [entry, ...others] = archive.entries.filter(({ fileName }) => !ADDED.test(fileName));
  if (entry === undefined || others.length > 0) {
    const count = others.length + Number(entry !== undefined);
    throw fileFailure('FILE_LAYOUT', saying('holdsFiles', { count }), file, null);
  }
  yield* entryBytes(archive, entry, file);
}

/** Reads an archive's list of files. Throws FILE_DAMAGED for what is none, FILE_UNSAFE. */
export async function openArchive(
  bytes: AsyncIterable<Uint8Array>,
  file: string,
): Promise<Archive> {
  const limits = new UnpackingLimits(file);
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) {
    limits.keep(chunk.length);
    chunks.push(chunk);
  }
  const whole = Buffer.concat(chunks);
  if (whole.subarray(0, OLD_OFFICE.length).equals(OLD_OFFICE)) {
    throw fileFailure('FILE_DAMAGED', saying('oldOffice', {}), file, null);
  }
  return asDamaged(file, async () => {
    const zip = await fromBufferPromise(whole, { lazyEntries: true, autoClose: false });
    if (zip.entryCount > MOST_ENTRIES) {
      throw fileFailure('FILE_UNSAFE', saying('manyFiles', {}), file, null);
    }
    const entries: Entry[] = [];
    for await (const entry of zip.eachEntry()) entries.push(entry);
    return { bytes: whole, entries, zip, limits };
  });
}

/** Unpacks one file of an archive, and checks its sum. */
export async function* entryBytes(
  { zip, limits }: Archive,
  entry: Entry,
  file: string,
): AsyncGenerator<Uint8Array> {
  if (entry.isEncrypted()) throw fileFailure('FILE_UNSAFE', saying('isEncrypted', {}), file, null);
  let sum = 0;
  const stream = await asDamaged(file, () => zip.openReadStreamPromise(entry));
  try {
    for await (const chunk of stream) {
      limits.takeOut(chunk.length);
      sum = crc32(chunk, sum);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof Failure ? error : damaged(file);
  } finally {
    stream.destroy();
  }
  if (sum !== entry.crc32) throw damaged(file);
}

async function asDamaged<T>(file: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw error instanceof Failure ? error : damaged(file);
  }
}

function damaged(file: string): Failure {
  return fileFailure('FILE_DAMAGED', saying('noZip', {}), file, null);
}
