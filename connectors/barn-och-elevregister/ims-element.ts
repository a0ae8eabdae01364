import {
  children,
  childText,
  type Json,
  type JsonObject,
  RefusedFailure,
  type Saying,
  saying,
  type XmlElement,
} from '../../core/plugin.ts';

/** One record that an element gives, for one stream. */
export interface StreamRecord {
  readonly stream: string;
  readonly isDeletion: boolean;
  readonly value: JsonObject;
  readonly line: number;
}

/** What could not be read of an element, for one stream. */
export interface StreamFault {
  readonly stream: string;
  readonly failure: RefusedFailure;
  readonly externalId?: string;
  /** What could be read of it all the same. */
  readonly value?: JsonObject;
}

/** All that one element gives. */
export interface ReadElement {
  readonly records: readonly StreamRecord[];
  readonly faults: readonly StreamFault[];
}

/** IMS Enterprise 1.1: 3 is a deletion, 1 and 2 and none are not; 4 names a merger's survivor. */
const RECORD_STATES = new Set([undefined, '', '1', '2', '3', '4']);

export const RECSTATUS_RULE = saying('noneOf', { values: ['1', '2', '3', '4'] });
export const IS_MISSING = saying('isMissing', {});

/** Whether the element says that its record is gone; null for a `recstatus` that nobody knows. */
export function deletionOf(element: XmlElement): boolean | null {
  const recstatus = element.attributes['recstatus']?.trim();
  return RECORD_STATES.has(recstatus) ? recstatus === '3' : null;
}

/** IMS Enterprise 1.1: an element may also name the ids that it had, or that were its duplicates'. */
const FORMER_IDS = new Set(['Old', 'Duplicate']);

/** The element's own id, `''` where it has none. */
export function idOf(element: XmlElement): string {
  const ids = children(element, 'sourcedid');
  const own = ids.find(({ attributes }) => !FORMER_IDS.has(attributes['sourcedidtype'] ?? ''));
  return (own === undefined ? undefined : textAt(own, 'id')) ?? '';
}

/** The text of the element that the path leads to: white space, also that of lines, is a blank. */
export function textAt(element: XmlElement, ...path: readonly string[]): string | undefined {
  const text = childText(element, ...path);
  return text === undefined ? undefined : onOneLine(text);
}

export function onOneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}

/** The fault of an element: where, and which rule; never what was found. */
export function faultOf(
  stream: string,
  { element, file }: { readonly element: XmlElement; readonly file: string },
  field: string,
  rule: string | Saying,
  externalId = '',
): StreamFault {
  const place = { file, line: element.line, field };
  const broken = saying('fieldIs', { field, what: rule });
  const what = saying('atField', { field: element.name, what: broken });
  const said = saying('atLine', { file, line: String(element.line), what });
  const failure = new RefusedFailure('RECORD_INVALID', said, { place });
  return externalId === '' ? { stream, failure } : { stream, failure, externalId };
}

/** The fields that have a value: in this format an empty element says nothing. */
export function withoutAbsent(fields: Readonly<Record<string, Json | undefined>>): JsonObject {
  const present: Record<string, Json> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && value !== '') present[name] = value;
  }
  return present;
}

/** First and last day of an element. */
export function timeframeOf(element: XmlElement): Record<string, string | undefined> {
  return {
    begin: textAt(element, 'timeframe', 'begin'),
    end: textAt(element, 'timeframe', 'end'),
  };
}

/** A truth as XML Schema writes it; null for what is none, undefined where nothing is said. */
export function truthOf(text: string | undefined): boolean | null | undefined {
  const said = text?.trim().toLowerCase() ?? '';
  if (said === '') return undefined;
  if (said === 'true' || said === '1') return true;
  return said === 'false' || said === '0' ? false : null;
}
