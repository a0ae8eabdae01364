import { didYouMean } from '../failure/lint.ts';
import { compileDateFormat } from '../message/date-format.ts';
import type { JsonObject } from '../message/message.ts';
import type { ExtraColumns } from './columns.ts';
import type { Trailer } from './delimited.ts';
import type { FixedTrailer } from './fixed-width.ts';
import type { Encoding } from './text-decoding.ts';

/**
 * What a `*.layout.yaml` declares (schemas/hub/layout.v1.json): the files that an old system sends,
 * one stream each.
 */
export interface Layout {
  readonly streams: Readonly<Record<string, StreamLayout>>;
  /** Pattern of the file that says that the others are whole. */
  readonly marker?: string;
}

export type StreamLayout = DelimitedLayout | FixedLayout;

interface CommonLayout {
  /** File name, where `{date}` stands for `YYYYMMDD` or `YYYY-MM-DD`. */
  readonly file: string;
  /** Default `utf-8`. */
  readonly encoding?: Encoding;
  /** Default true for delimited files, false for fixed-width ones. */
  readonly header?: boolean;
  /** Default `full`. */
  readonly mode?: 'full' | 'delta';
  /** The file may be absent. Default false. */
  readonly optional?: boolean;
  /** Records with this value in this column are deletions. */
  readonly deleted?: { readonly column: string; readonly value: string };
}

export interface DelimitedLayout extends CommonLayout {
  readonly format: 'delimited';
  /** Default `;`. */
  readonly separator?: ',' | ';' | '\t' | '|';
  /** Default `"`; empty: quotes mean nothing. */
  readonly quote?: string;
  /** Default `refuse`. */
  readonly extraColumns?: ExtraColumns;
  readonly columns: readonly LayoutColumn[];
  readonly trailer?: Trailer;
}

export interface FixedLayout extends CommonLayout {
  readonly format: 'fixed';
  /** Default `refuse`. */
  readonly extraColumns?: 'refuse' | 'ignore';
  readonly columns: readonly FixedLayoutColumn[];
  readonly trailer?: FixedTrailer;
}

export interface LayoutColumn {
  readonly name: string;
  /** The file must have it. Default false. */
  readonly required?: boolean;
  /** Default `text`. */
  readonly type?: 'text' | 'date';
  /** How a date is written, e.g. `M/d/yyyy`; default `yyyy-MM-dd`. Records carry `YYYY-MM-DD`. */
  readonly date?: string;
  /** Never leaves the codec: a clear-text password, say. Needs a reason. */
  readonly drop?: true;
  readonly reason?: string;
}

export interface FixedLayoutColumn extends LayoutColumn {
  /** First character, from 1. */
  readonly start: number;
  readonly width: number;
}

/**
 * JSON Schema of the records of a stream: every column a string (`''` where empty), required where
 * the layout says so; dropped columns do not appear.
 */
export function layoutSchemaOf(layout: Layout, stream: string): JsonObject | undefined {
  const declared = layout.streams[stream];
  if (declared === undefined) return undefined;
  const columns = declared.columns.filter((column) => column.drop !== true);
  return {
    type: 'object',
    additionalProperties: false,
    required: columns.filter((column) => column.required === true).map((column) => column.name),
    properties: Object.fromEntries(columns.map((column) => [column.name, columnSchema(column)])),
  };
}

function columnSchema(column: LayoutColumn): JsonObject {
  if (column.type !== 'date') return { type: 'string' };
  return { type: 'string', pattern: '^(\\d{4}-\\d{2}-\\d{2})?$' };
}

/** A fault of a layout beyond what its JSON Schema says: where in the file, and what. */
export interface LayoutFault {
  /** Keys from the top of the file, e.g. `['streams', 'student', 'columns', 2]`. */
  readonly path: readonly (string | number)[];
  readonly text: string;
  readonly hint: string;
}

/** All faults of a layout that is valid against its JSON Schema. */
export function layoutFaults(layout: Layout): LayoutFault[] {
  return Object.entries(layout.streams).flatMap(([name, stream]) => [
    ...columnFaults(name, stream),
    ...deletedFaults(name, stream),
  ]);
}

function columnFaults(stream: string, layout: StreamLayout): LayoutFault[] {
  const seen = new Set<string>();
  const faults: LayoutFault[] = [];
  let free = 1;
  for (const [index, column] of layout.columns.entries()) {
    const fault = (text: string): number =>
      faults.push({ path: ['streams', stream, 'columns', index], text, hint: '' });
    if (seen.has(column.name)) fault(`column "${column.name}" is declared twice`);
    if (column.date !== undefined && column.type !== 'date') {
      fault(`column "${column.name}" has a date format but is not a date`);
    }
    if (column.date !== undefined && compileDateFormat(column.date) === null) {
      fault(`column "${column.name}": a date needs y, M and d, once each`);
    }
    const place = layout.format === 'fixed' ? layout.columns[index] : undefined;
    if (place !== undefined && place.start < free) {
      fault(`column "${column.name}" overlaps the column before it`);
    }
    if (place !== undefined) free = place.start + place.width;
    seen.add(column.name);
  }
  return faults;
}

function deletedFaults(stream: string, layout: StreamLayout): LayoutFault[] {
  const column = layout.deleted?.column;
  const names = layout.columns.filter((each) => each.drop !== true).map((each) => each.name);
  if (column === undefined || names.includes(column)) return [];
  const path = ['streams', stream, 'deleted', 'column'];
  return [{ path, text: `no column "${column}"`, hint: didYouMean(column, names) }];
}

/**
 * Whether a file name fits a pattern: the date that stands in it as `YYYY-MM-DD`, `''` for a
 * pattern without `{date}`, null where it does not fit.
 */
export function matchFileName(pattern: string, name: string): string | null {
  const parts = pattern.split('{date}').map((part) => RegExp.escape(part));
  const found = new RegExp(`^${parts.join('(\\d{4}-?\\d{2}-?\\d{2})')}$`).exec(name);
  if (found === null) return null;
  const digits = (found[1] ?? '').replaceAll('-', '');
  if (digits === '') return '';
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
}
