/** Where in a batch a bad record stands: among elements of the XML file, or at a csv file's end. */
export type FaultPlace = 'person' | 'group' | 'membership' | CsvSuffix;

export type CsvSuffix = 'anstallning' | 'konto' | 'aktivitet' | 'amne' | 'program';

/** A record with one fault, and what the hub must say of it. */
export interface RecordFault {
  readonly name: string;
  readonly at: FaultPlace;
  readonly what: string;
  /** The failure code that it must give, and the field that must be named. */
  readonly code: string;
  readonly field: string;
  /** The record, on lines of its own; `{unit}` and `{head}` are the ids of a unit and its head. */
  readonly text: string;
  /** Its bad line, counted from the first of the text. */
  readonly below: number;
}

/** A fault that was planted on purpose, and where. */
export interface PlantedFault extends Pick<RecordFault, 'name' | 'what' | 'code' | 'field'> {
  readonly file: string;
  readonly line: number;
}

/** Name, what it is, what the hub must say (`CODE field`), the text. */
export type Written = readonly [name: string, what: string, expected: string, text: string];

export function faultAt(at: FaultPlace, written: Written, below = 0): RecordFault {
  const [name, what, expected, text] = written;
  const [code = '', field = ''] = expected.split(' ');
  return { name, at, what, code, field, text, below };
}
