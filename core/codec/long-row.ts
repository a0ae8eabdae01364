import type { InvalidFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import { fileFailure } from './text-decoding.ts';

/** More than any row of a roster holds; beyond it a file is taken for an attack or a defect. */
export const MAX_ROW_CHARACTERS = 10_000_000;
/** Likewise for one field. */
const MAX_FIELD_CHARACTERS = 1_000_000;
const MAX_FIELDS = 10_000;

/** The signs between values, and around one. */
export interface Quoting {
  readonly separator: string;
  readonly quote: string;
}

/**
 * Walks over the row that text begins with, in linear time, before anything costlier sees it.
 * Answers FILE_UNSAFE for a field or a number of fields beyond the limits, FILE_DAMAGED for broken
 * quotes, and null where it is sound.
 */
export function longRowFault(
  text: string,
  quoting: Quoting,
  file: string,
  line: number,
): InvalidFailure | null {
  let fields = 0;
  let at = 0;
  for (;;) {
    const end = fieldEnd(text, at, quoting);
    if (end - at > MAX_FIELD_CHARACTERS) {
      return fileFailure('FILE_UNSAFE', saying('longField', {}), file, line);
    }
    if (++fields > MAX_FIELDS) {
      return fileFailure('FILE_UNSAFE', saying('manyFields', { most: MAX_FIELDS }), file, line);
    }
    if (end >= text.length || text[end] === '\n') return null;
    if (text[end] !== quoting.separator) {
      return fileFailure('FILE_DAMAGED', saying('textAfterQuote', {}), file, line);
    }
    at = end + 1;
  }
}

function fieldEnd(text: string, start: number, quoting: Quoting): number {
  if (quoting.quote === '' || text[start] !== quoting.quote) {
    let end = start;
    while (end < text.length && text[end] !== '\n' && text[end] !== quoting.separator) end++;
    return end;
  }
  let close = text.indexOf(quoting.quote, start + 1);
  while (close !== -1 && text[close + 1] === quoting.quote) {
    close = text.indexOf(quoting.quote, close + 2);
  }
  if (close === -1) return text.length;
  let end = close + 1;
  while (text[end] === ' ' || text[end] === '\r') end++;
  return end;
}
