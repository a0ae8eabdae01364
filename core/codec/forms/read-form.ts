import { type DelimitedFormat, readDelimited } from '../delimited.ts';
import type { DelimitedBatch } from '../delimited-rows.ts';
import { readFixedWidth } from '../fixed-width.ts';
import type { KnownLines } from '../known-lines.ts';
import {
  type DelimitedLayout,
  type FixedLayout,
  type StreamLayout,
  withSettings,
  type XmlLayout,
} from '../layout/layout.ts';
import type { FormBatch } from './form-record.ts';
import { readJsonForm } from './json-form.ts';
import { readSheetForm } from './sheet-form.ts';
import { readXmlForm } from './xml-form.ts';

/**
 * Reads a file in its form, the records of all of its streams in one pass. Throws InvalidFailure as
 * the reader of the form does; where it `goesOn`, behind what lines and rows say all the same.
 */
export async function* readForm(
  bytes: AsyncIterable<Uint8Array>,
  layouts: ReadonlyMap<string, StreamLayout>,
  file: string,
  { known, goesOn = false }: HowFar = {},
): AsyncGenerator<FormBatch> {
  const [[stream, first] = []] = layouts;
  if (stream === undefined || first === undefined) return;
  const layout = withSettings(first, layouts.values());
  if (layout.format === 'xml') {
    const ofXml = [...layouts].filter((one): one is [string, XmlLayout] => one[1].format === 'xml');
    for await (const records of readXmlForm(bytes, new Map(ofXml), file, goesOn)) {
      yield { records, faults: [] };
    }
  } else if (layout.format === 'delimited' || layout.format === 'fixed') {
    const names = typeNames(layouts);
    for await (const batch of readLines(bytes, { ...layout, goesOn }, layouts, file, known)) {
      const records = batch.records.map(({ type, line, values }) => {
        return { stream: type === undefined ? stream : (names.get(type) ?? stream), line, values };
      });
      const faults = batch.faults.map(({ type, ...fault }) => {
        return { ...fault, stream: type === undefined ? stream : (names.get(type) ?? stream) };
      });
      yield { ...batch, records, faults };
    }
  } else if (layout.format === 'xlsx') {
    yield* readSheetForm(bytes, stream, { ...layout, goesOn }, file);
  } else {
    yield* readJsonForm(bytes, stream, { ...layout, goesOn }, file);
  }
}

type GoesOn = Pick<DelimitedFormat, 'goesOn'>;

/** What of a file is not read, or read although the file is refused. */
export interface HowFar extends GoesOn {
  /** Lines of a delimited file with one stream that need not be read. */
  readonly known?: KnownLines | undefined;
}

/** Record type -> its stream. */
function typeNames(layouts: ReadonlyMap<string, StreamLayout>): ReadonlyMap<string, string> {
  const named = [...layouts].flatMap(([stream, layout]): readonly [string, string][] => {
    const type = 'recordType' in layout ? layout.recordType?.value : undefined;
    return type === undefined ? [] : [[type, stream]];
  });
  return new Map(named);
}

function readLines(
  bytes: AsyncIterable<Uint8Array>,
  layout: (DelimitedLayout | FixedLayout) & GoesOn,
  layouts: ReadonlyMap<string, StreamLayout>,
  file: string,
  known: KnownLines | undefined,
): AsyncIterable<DelimitedBatch> {
  const { encoding = 'utf-8', extraColumns = 'refuse', recordType } = layout;
  if (layout.format === 'fixed') {
    const { header = false } = layout;
    const format = { ...layout, encoding, extraColumns: layout.extraColumns ?? 'refuse', header };
    if (layout.recordType === undefined) return readFixedWidth(bytes, format, file);
    const { start, width } = layout.recordType;
    const types = { start, width, columns: fixedColumns(layouts) };
    return readFixedWidth(bytes, { ...format, types }, file);
  }
  const { separator = ';', quote = '"', header = recordType === undefined } = layout;
  const format = { ...layout, encoding, extraColumns, separator, quote, header };
  if (layout.recordType === undefined) return readDelimited(bytes, format, file, known);
  const types = { field: layout.recordType.field, columns: delimitedColumns(layouts) };
  return readDelimited(bytes, { ...format, types }, file);
}

/** Record type -> columns. */
function fixedColumns(layouts: ReadonlyMap<string, StreamLayout>) {
  return new Map(
    [...layouts.values()].flatMap((one) =>
      one.format === 'fixed' ? [[one.recordType?.value ?? '', one.columns] as const] : [],
    ),
  );
}

/** Record type -> columns. */
function delimitedColumns(layouts: ReadonlyMap<string, StreamLayout>) {
  return new Map(
    [...layouts.values()].flatMap((one) =>
      one.format === 'delimited' ? [[one.recordType?.value ?? '', one.columns] as const] : [],
    ),
  );
}
