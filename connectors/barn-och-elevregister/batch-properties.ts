import { child, childText, InvalidFailure, readXmlRecords, saying } from '../../core/plugin.ts';

/** What the XML file says of its batch. */
export interface BatchProperties {
  readonly mode: 'full' | 'delta';
  /** The batch holds what the register held at this moment; epoch milliseconds. */
  readonly until: number;
  /** A delta holds what changed since; null where the file does not say. */
  readonly from: number | null;
}

const MINUTE_MS = 60_000;
const SHORTEST_MS = 5 * MINUTE_MS;
const LONGEST_MS = 24 * 60 * MINUTE_MS;
const FARTHEST_MS = 30 * LONGEST_MS;

/**
 * Reads the `<properties>` at the beginning of a batch's XML file. Throws FILE_LAYOUT where they
 * are missing, have no date and time with zone, or state a window that the interface does not give.
 */
export async function readProperties(
  bytes: AsyncIterable<Uint8Array>,
  file: string,
): Promise<BatchProperties> {
  const format = { file, root: 'enterprise', records: new Set(['properties']) };
  for await (const [properties] of readXmlRecords(bytes, format)) {
    if (properties === undefined) continue;
    const type = childText(properties, 'type');
    if (type !== 'full' && type !== 'delta') throw wrong(file, 'type is neither full nor delta');
    const made = momentOf(childText(properties, 'datetime'), file, 'datetime');
    const window = child(child(properties, 'extension') ?? properties, 'window')?.attributes;
    if (window === undefined) return { mode: type, until: made, from: null };
    const until = momentOf(window['to'], file, 'window to');
    const from = momentOf(window['from'], file, 'window from');
    checkWindow(from, until, made, file);
    return { mode: type, until, from };
  }
  throw wrong(file, 'are missing');
}

function momentOf(text: string | undefined, file: string, field: string): number {
  const hasZone = text !== undefined && /^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/.test(text);
  const moment = hasZone ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(moment)) throw wrong(file, `${field} is no date and time with a zone`);
  return moment;
}

/** The rules of the published delta interface; what breaks them was not made by it. */
function checkWindow(from: number, until: number, made: number, file: string): void {
  const length = until - from;
  if (length < SHORTEST_MS || length > LONGEST_MS) {
    throw wrong(file, 'state a window that is not between 5 minutes and 24 hours long');
  }
  if (made - from > FARTHEST_MS) {
    throw wrong(file, 'state a window that begins more than 30 days back');
  }
}

/**
 * Throws FILE_MISSING if something happened between what was read before and this delta that
 * neither holds. A delta that does not state its window is taken to begin where the last one ended.
 */
export function checkGap(batch: string, { from, until }: BatchProperties, before: number): void {
  const isGap = from === null ? until - before > LONGEST_MS : from > before;
  if (!isGap) return;
  const text = saying('gapBefore', { batch });
  const hint = saying('gapHint', {});
  throw new InvalidFailure('FILE_MISSING', text, { hint });
}

function wrong(file: string, what: string): InvalidFailure {
  const place = { file, line: null, field: 'properties' };
  return new InvalidFailure('FILE_LAYOUT', `${file}: the properties ${what}`, { place });
}
