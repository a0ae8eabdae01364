import type { Context } from '../../connector/connector.ts';
import { InvalidFailure } from '../../failure/failure.ts';
import type { JsonObject, Saying } from '../../message/message.ts';
import type { Trailer } from '../delimited.ts';
import type { FixedTrailer } from '../fixed-width.ts';
import type { Encoding } from '../text-decoding.ts';
import type { ExtraColumns, ShortRows } from './columns.ts';
import type { StreamWriting, WriteRules } from './write-rules.ts';

/**
 * What a `*.layout.yaml` declares (schemas/hub/layout.v1.json): the files that an old system sends
 * or takes, one stream each.
 */
export interface Layout {
  /** Stream -> its file. */
  readonly streams: Readonly<Record<string, StreamLayout>>;
  /** Pattern of the file that says that the others are whole. */
  readonly marker?: string;
  /** How its files are written; absent: they are only read. */
  readonly write?: WriteRules;
}

/** The file of one stream, as its format has it. */
export type StreamLayout = DelimitedLayout | FixedLayout | XmlLayout | JsonLayout | SheetLayout;

interface CommonLayout {
  /** File name, where `{date}` stands for its day: see core/codec/layout/file-date.ts. */
  readonly file: string;
  /** Default `utf-8`. */
  readonly encoding?: Encoding;
  /** Default true for delimited files, false for fixed-width ones. */
  readonly header?: boolean;
  /** Default `full`. */
  readonly mode?: 'full' | 'delta';
  /** The file may be absent. Default false. */
  readonly optional?: boolean;
  /** `open`: its last line need not end in a line break, whatever the file before did. */
  readonly end?: 'open';
  /** Records with this value in this column are deletions. */
  readonly deleted?: { readonly column: string; readonly value: string };
}

/** What lines say that are written. */
interface WrittenLines {
  /** Where the layout is written as changes or periods. */
  readonly write?: StreamWriting;
}

/** Which of a file's records are those of a stream, and what they take from those before them. */
interface TypedRecords<Place> {
  /** The file has several types of records, and others are other streams'. */
  readonly recordType?: Place & { readonly value: string };
  /** Columns that a record has from the last one of another stream before it: its parent. */
  readonly carry?: Carry;
}

/** What a record takes from its parent, a record of another stream before it in its file. */
export interface Carry {
  /** The parent's stream. */
  readonly from: string;
  /** The parent is the one with that value: column of this stream, column of the parent. */
  readonly by?: { readonly own: string; readonly parent: string };
  /** Name in this stream -> column of the parent. */
  readonly columns: Readonly<Record<string, string>>;
}

export interface DelimitedLayout
  extends CommonLayout,
    WrittenLines,
    TypedRecords<{ readonly field: number }> {
  readonly format: 'delimited';
  /** Default `;`. */
  readonly separator?: ',' | ';' | '\t' | '|';
  /** Default `"`; empty: quotes mean nothing. */
  readonly quote?: string;
  /** Default `refuse`. */
  readonly extraColumns?: ExtraColumns;
  /** Default `refuse`. */
  readonly shortRows?: ShortRows;
  readonly columns: readonly DelimitedLayoutColumn[];
  readonly trailer?: Trailer;
}

export interface FixedLayout
  extends CommonLayout,
    WrittenLines,
    TypedRecords<{ readonly start: number; readonly width: number }> {
  readonly format: 'fixed';
  /** Default `refuse`. */
  readonly extraColumns?: 'refuse' | 'ignore';
  readonly columns: readonly FixedLayoutColumn[];
  readonly trailer?: FixedTrailer;
}

/** Elements of an XML document. A name without prefix is one of any namespace. */
export interface XmlLayout extends CommonLayout, WrittenLines {
  readonly format: 'xml';
  /** Name of the document's root element. */
  readonly root: string;
  /** Path of the records below the root: `person`, or `membership/member`. */
  readonly record: string;
  /** Prefix in `root`, `record` and paths -> URI of its namespace. */
  readonly namespaces?: Readonly<Record<string, string>>;
  /** What stands below the root before all records, where the document is written. */
  readonly head?: readonly HeadPart[];
  /** Columns that a record has from another before it in the document. */
  readonly carry?: Carry;
  /** Where it is written, elements come in the order of the columns. */
  readonly columns: readonly XmlColumn[];
  readonly trailer?: undefined;
}

/** One text at the head of a document that is written. */
export type HeadPart =
  | { readonly path: string; readonly constant: string }
  /** The moment of writing, `YYYY-MM-DDThh:mm:ssZ`. */
  | { readonly path: string; readonly moment: true };

/** Objects of a JSON document, or one a line (NDJSON). */
export interface JsonLayout extends CommonLayout {
  /** A document, or one object a line. */
  readonly format: 'json' | 'ndjson';
  /** Of a document: the name of the list that the records stand in; absent: it is the list. */
  readonly list?: string;
  /** What is read of each object. */
  readonly columns: readonly PathColumn[];
  /** It has none. */
  readonly trailer?: undefined;
}

/** Rows of a sheet of a workbook; the first names the columns. */
export interface SheetLayout extends CommonLayout {
  readonly format: 'xlsx';
  /** Name of the sheet; the first one if absent. */
  readonly sheet?: string;
  /** Default `refuse`. */
  readonly extraColumns?: 'refuse' | 'ignore';
  readonly columns: readonly DelimitedLayoutColumn[];
  readonly trailer?: undefined;
}

export interface PathColumn extends LayoutColumn {
  /**
   * In a record, its own name if absent. XML: `name/given`, `@id`, `../@id` of what is around it,
   * `userid[@type="pin"]`; JSON: `name.given`.
   */
  readonly path?: string;
  /** Everything that the path leads to, as a list; else the first alone. Default false. */
  readonly all?: boolean;
}

export interface XmlColumn extends PathColumn {
  /** Always written, and never read. */
  readonly constant?: string;
  /** Of a constant: it is written only where this column has a value. */
  readonly with?: string;
  /** Of a constant: it is written only where this column has none. */
  readonly without?: string;
  /** Where it is written: the key of an object of this stream, without which it is nothing. */
  readonly reference?: string;
}

export interface LayoutColumn {
  readonly name: string;
  /** The file must have it. Default false. */
  readonly required?: boolean;
  /** Default `text`. Of numbers, records carry digits with a point. */
  readonly type?: 'text' | 'date' | 'number';
  /** How a date is written, e.g. `M/d/yyyy`; default `yyyy-MM-dd`. Records carry `YYYY-MM-DD`. */
  readonly date?: string;
  /** Of a date with a year of two digits: the last that is one of this century. */
  readonly pivot?: number;
  /** Of a number without a comma: how many of its digits stand behind it. */
  readonly decimals?: number;
  /** A regular expression that every value which is not empty fits: digits of an id, say. */
  readonly pattern?: string;
  /** Never leaves the codec: a clear-text password, say. Needs a reason. */
  readonly drop?: true;
  readonly reason?: string;
}

export interface DelimitedLayoutColumn extends LayoutColumn {
  /** Other names that the header may have for it. */
  readonly names?: readonly string[];
}

export interface FixedLayoutColumn extends LayoutColumn {
  /** First character, from 1. */
  readonly start: number;
  readonly width: number;
}

/** What is written of records as of children behind their parents; null where they are none. */
export function carryOf(layout: StreamLayout | undefined): Carry | null {
  const carry = layout !== undefined && 'carry' in layout ? layout.carry : undefined;
  return carry === undefined || carry.by !== undefined ? null : carry;
}

/** Whether records carry what stands in a column. */
export function isRead(column: XmlColumn): boolean {
  return column.drop !== true && column.constant === undefined;
}

/**
 * JSON Schema of the records of a stream: every column a string (`''` where empty), required where
 * the layout says so; dropped columns do not appear.
 */
export function layoutSchemaOf(layout: Layout, stream: string): JsonObject | undefined {
  const declared = layout.streams[stream];
  if (declared === undefined) return undefined;
  const columns: readonly PathColumn[] = declared.columns.filter(isRead);
  const required = columns.filter((column) => column.required === true);
  const carried = 'carry' in declared ? Object.keys(declared.carry?.columns ?? {}) : [];
  return {
    type: 'object',
    additionalProperties: false,
    required: required.map((column) => column.name),
    properties: Object.fromEntries([
      ...columns.map((column) => [column.name, columnSchema(column)]),
      ...carried.map((name) => [name, { type: 'string' }]),
    ]),
  };
}

function columnSchema(column: PathColumn): JsonObject {
  if (column.all === true) return { type: 'array', items: { type: 'string' } };
  if (column.type === 'number') return { type: 'string', pattern: '^(-?\\d+(\\.\\d+)?)?$' };
  if (column.type !== 'date') return { type: 'string' };
  return { type: 'string', pattern: '^(\\d{4}-\\d{2}-\\d{2}|[09][09./: T-]*)?$' };
}

/** The layout that a binding's options name. Throws CONFIG_INVALID where there is none. */
export async function layoutNamed(name: string, context: Pick<Context, 'layout'>): Promise<Layout> {
  const layout = await context.layout(name);
  if (layout === undefined) {
    const text = `no layout "${name}": mappings/<folder>/${name}.layout.yaml is missing or faulty`;
    throw new InvalidFailure('CONFIG_INVALID', text);
  }
  // SAFETY: the workspace has checked the layout against its schema.
  return layout as Layout;
}

/** A fault of a layout beyond what its JSON Schema says: where in the file, and what. */
export interface LayoutFault {
  /** Keys from the top of the file, e.g. `['streams', 'student', 'columns', 2]`. */
  readonly path: readonly (string | number)[];
  readonly said: Saying;
  /** How to mend it, where the words do not say it all. */
  readonly hint?: Saying;
}

const SETTINGS = [
  ...['encoding', 'header', 'separator', 'quote', 'extraColumns', 'shortRows'],
  ...['trailer', 'end', 'namespaces', 'head', 'list'],
];

/** What a stream says of its file as a whole; `mode` and `optional` are always said. */
export function settingsOf(stream: StreamLayout): Readonly<Record<string, unknown>> {
  const { mode = 'full', optional = false } = stream;
  const said = Object.entries(stream).filter(([key]) => SETTINGS.includes(key));
  return { ...Object.fromEntries(said), mode, optional };
}

/** The stream with what others say of the file that they share, where it says nothing itself. */
export function withSettings(stream: StreamLayout, others: Iterable<StreamLayout>): StreamLayout {
  const said = [...others].map(settingsOf);
  return Object.assign({}, ...said.reverse(), stream);
}
