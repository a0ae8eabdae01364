import { encodeWith } from '../../../core/codec/encodings.ts';
import type { Encoding } from '../../../core/codec/text-decoding.ts';
import type { City } from '../city.ts';
import { csvRow } from '../write-csv.ts';

/** One file of an old system, as it lies in its folder. */
export interface SystemFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** The files of an old system on a day (`YYYY-MM-DD`) of a city. */
export type WriteSystem = (city: City, date: string) => readonly SystemFile[];

type Cell = string | number | null;

/** A file of columns between semicolons in Windows-1252, with a trailer that counts its rows. */
export function columnFile(
  name: string,
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
): SystemFile {
  const text = [header, ...rows, ['SLUT', rows.length]].map(csvRow).join('');
  return textFile(name, text, 'windows-1252');
}

/** A text as the bytes of an encoding; a letter that it lacks becomes a question mark. */
export function textFile(name: string, text: string, encoding: Encoding): SystemFile {
  return { name, bytes: encodeWith(text, encoding, '?') };
}

/** A day without its hyphens, as names of files and fixed columns have it. */
export function compactDay(date: string): string {
  return date.replaceAll('-', '');
}
