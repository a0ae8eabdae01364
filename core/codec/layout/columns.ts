import type { Failure } from '../../failure/failure.ts';
import { nearestTo } from '../../failure/lint.ts';
import { saying } from '../../failure/saying.ts';
import type { Saying } from '../../message/message.ts';
import { fileFailure } from '../text-decoding.ts';

/** A column that a layout declares. */
export interface Column {
  readonly name: string;
  /** Other names that the header may have for it. */
  readonly names?: readonly string[];
  /** The header must have it. */
  readonly required?: boolean;
  /** It never leaves the codec: a clear-text password, say. */
  readonly drop?: true;
}

/** Which cells of a row become which values. */
export interface ColumnPlan {
  /** Columns that have a name. */
  readonly width: number;
  /** What keeps a row from being a record of these columns; null if nothing does. */
  readonly faultOf: (cells: readonly string[]) => Saying | null;
  /** How the header differs from what was declared although it can be read; null if it does not. */
  readonly drift: Saying | null;
  /** Why the header refuses the file; null if it does not, or has been thrown. */
  readonly refusal: Failure | null;
  /** There is no header: what was taken for one is a row. */
  readonly isHeaderless?: boolean;
  readonly values: (cells: readonly string[]) => Record<string, string>;
  /**
   * What a row of another width may say: somewhere in it cells are lost or added, those before that
   * stand where they should, and those behind it count from the end.
   */
  readonly readings: (cells: readonly string[]) => readonly Record<string, string>[];
}

interface Expected {
  readonly columns: readonly Column[];
  readonly extraColumns: ExtraColumns;
  readonly shortRows?: ShortRows;
  readonly separator: string;
  /** A header that is refused is not thrown, if it may be told what rows say: see `refusal`. */
  readonly goesOn?: boolean;
}

/**
 * What becomes of a row that ends before the last column. `fill`: what is missing is empty, as long
 * as no column that is required is.
 */
export type ShortRows = 'refuse' | 'fill';

/**
 * What becomes of a file that has columns beyond those declared. `tell`: it is read if all of those
 * are there, and a person hears of it, or of another order; else a column may have been renamed.
 */
export type ExtraColumns = 'refuse' | 'ignore' | 'tell';

const FAULTS_SHOWN = 5;
const MOST_HEADER = 10_000;
const SEPARATORS = new Map([
  [',', '","'],
  [';', '";"'],
  ['\t', 'tabs'],
  ['|', '"|"'],
]);

/**
 * The plan for a header, or for rows without header (`null`). Throws FILE_LAYOUT with every fault
 * of the header: a column that is missing, double or unknown. Where reading goes on all the same,
 * the plan has the columns that are known and there once; of a file that has lost its header, those
 * of the layout in their order, if there are as many.
 */
export function planColumns(
  header: readonly string[] | null,
  expected: Expected,
  file: string,
  line: number,
): ColumnPlan {
  if (header === null) {
    const names = expected.columns.map((column) => column.name);
    return planOf(names, names.length, expected, expected.extraColumns === 'ignore');
  }
  // A file whose lines end in carriage returns alone is all header: nothing of it may be quoted.
  if (header.some((name) => name.includes('\r'))) {
    throw fileFailure('FILE_LAYOUT', saying('carriageReturns', {}), file, line);
  }
  const names = namesOf(header, expected.columns);
  const faults = headerFaults(names, expected);
  if (faults.length > 0) {
    const more = faults.length - FAULTS_SHOWN;
    const shown = { faults: faults.slice(0, FAULTS_SHOWN) };
    const said =
      more > 0 ? saying('faultsAndMore', { ...shown, more }) : saying('allFaults', shown);
    const refusal = fileFailure('FILE_LAYOUT', said, file, line);
    if (expected.goesOn !== true) throw refusal;
    if (!isAnyKnown(names, expected)) {
      if (header.length !== expected.columns.length) throw refusal;
      return { ...planColumns(null, expected, file, line), refusal, isHeaderless: true };
    }
    const single = names.map((name) => (names.indexOf(name) < names.lastIndexOf(name) ? '' : name));
    return { ...planOf(single, header.length, expected, false), refusal };
  }
  const plan = planOf(names, header.length, expected, false);
  return { ...plan, drift: driftOf(names, expected) };
}

/**
 * The names as the layout writes them, however their letters are composed. Columns without name at
 * the end of a header are none: a separator ends its line.
 */
function namesOf(header: readonly string[], columns: readonly Column[]): readonly string[] {
  const declared = new Map(
    columns.flatMap(({ name, names = [] }) =>
      [name, ...names].map((one) => [composed(one), name] as const),
    ),
  );
  const names = header.map(composed).map((name) => declared.get(name) ?? name);
  return names.slice(0, names.findLastIndex((name) => name.trim() !== '') + 1);
}

function driftOf(header: readonly string[], { columns, extraColumns }: Expected): Saying | null {
  if (extraColumns !== 'tell') return null;
  const declared = columns.map((column) => column.name);
  const extra = header.flatMap((name, index) =>
    declared.includes(name) ? [] : [columnText(name, index)],
  );
  if (extra.length > 0) return saying('newColumns', { columns: extra });
  const known = header.filter((name) => declared.includes(name));
  const isInOrder = known.every((name, index) => name === declared[index]);
  return isInOrder ? null : saying('otherOrder', {});
}

function composed(name: string): string {
  return name.normalize('NFC');
}

/** `most`: as many cells as the header has, with those that have no name. */
function planOf(
  names: readonly string[],
  most: number,
  expected: Expected,
  open: boolean,
): ColumnPlan {
  const kept = new Set(expected.columns.filter((c) => c.drop !== true).map((c) => c.name));
  const places = names.map((name, index) => ({ name, index })).filter((p) => kept.has(p.name));
  const needed = new Set(expected.columns.filter((c) => c.required === true).map((c) => c.name));
  const width = names.length;
  const fewest =
    expected.shortRows === 'fill' ? names.findLastIndex((name) => needed.has(name)) + 1 : width;
  const isStrict = expected.extraColumns === 'refuse';
  const values = (cells: readonly string[]): Record<string, string> => {
    const record: Record<string, string> = {};
    for (const place of places) record[place.name] = cells[place.index] ?? '';
    return record;
  };
  const readings = (cells: readonly string[]) => {
    const beside = cells.length - width;
    const damages = Array.from({ length: Math.min(cells.length, width) + 1 }, (_, at) => at);
    return damages.map((damage) => {
      const shifted = names.map((_, index) => {
        if (index < damage) return cells[index] ?? '';
        return index + beside < damage ? '' : (cells[index + beside] ?? '');
      });
      return values(shifted);
    });
  };
  const faultOf = (cells: readonly string[]): Saying | null => {
    if (cells.length === width) return null;
    if (cells.length < fewest || (cells.length > most && !open)) {
      return saying('otherWidth', { found: cells.length, width });
    }
    const isBeside = isStrict && cells.slice(width).some((cell) => cell.trim() !== '');
    return isBeside && !open ? saying('valueBeside', {}) : null;
  };
  return { width, faultOf, drift: null, refusal: null, values, readings };
}

function isAnyKnown(header: readonly string[], { columns }: Expected): boolean {
  return columns.some(({ name }) => header.includes(name));
}

function headerFaults(header: readonly string[], expected: Expected): readonly Saying[] {
  const declared = expected.columns.map((column) => column.name);
  const known = new Set(declared);
  const found = new Set(header);
  // A file that lost its header begins with a record, whose values must not be quoted.
  if (!isAnyKnown(header, expected)) {
    const sign = header.length > 1 ? null : otherSeparator(header[0] ?? '', expected);
    const separator = SEPARATORS.get(sign ?? '');
    if (separator !== undefined) return [saying('separatedBy', { separator })];
    return [saying('noHeader', { expected: list(declared) })];
  }
  const extra = header.filter((name) => !known.has(name));
  const isRenamed = declared.some((name) => !found.has(name));
  const isRefused =
    expected.extraColumns === 'refuse' || (expected.extraColumns === 'tell' && isRenamed);
  const faults: Saying[] = [];
  for (const column of expected.columns) {
    if (column.required !== true || found.has(column.name)) continue;
    const near = nearestTo(column.name, extra.filter(isQuotable));
    faults.push(withNear(saying('columnMissing', { column: column.name }), near));
  }
  for (const [index, name] of header.entries()) {
    if (known.has(name) && header.indexOf(name) < index)
      faults.push(saying('columnDouble', { column: name }));
    else if (!known.has(name) && isRefused) {
      const near = nearestTo(
        name.slice(0, 60),
        declared.filter((d) => !found.has(d)),
      );
      faults.push(withNear(saying('columnExtra', { column: columnText(name, index) }), near));
    }
  }
  return faults;
}

/** A separator that makes a header of the layout of a line that its own makes none of; or null. */
export function otherSeparator(
  line: string,
  { separator, columns }: Pick<Expected, 'separator' | 'columns'>,
): string | null {
  if (line.length > MOST_HEADER) return null;
  const known = new Set(columns.flatMap(({ name, names = [] }) => [name, ...names].map(composed)));
  const isHeader = (sign: string) => line.split(sign).some((name) => known.has(composed(name)));
  const [found = null] = [...SEPARATORS.keys()].filter(isHeader);
  return isHeader(separator) ? null : found;
}

function withNear(what: Saying, near: Saying): Saying {
  return near.name === 'nothing' ? what : saying('withNear', { what, near });
}

function columnText(name: string, index: number): Saying {
  return isQuotable(name)
    ? saying('columnNamed', { name })
    : saying('columnAt', { number: index + 1 });
}

function isQuotable(name: string): boolean {
  return name.length > 0 && name.length <= 60 && !/@|\d{6}/.test(name);
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 8).map((name) => `"${name}"`);
  return names.length > 8 ? `${shown.join(', ')} ...` : shown.join(', ');
}

/** Spreadsheets write `sep=;` before the header, and read it over; throws where it is another. */
export function namesSeparator(cells: readonly string[], separator: string, file: string): boolean {
  const found = /^sep=(.)$/i.exec(cells.join(separator));
  if (found === null) return false;
  if (found[1] === separator) return true;
  const said = saying('saysSeparator', { found: found[1] ?? '', separator });
  throw fileFailure('FILE_LAYOUT', said, file, 1);
}

/** Files that were put together have it in the middle; of what follows nothing is known. */
export function isHeaderAgain(cells: readonly string[], header: readonly string[] | null): boolean {
  if (cells.length !== header?.length) return false;
  const [first = '', ...others] = cells;
  // The second file may bring its byte order mark along.
  const isFirst = first === header[0] || first === `\ufeff${header[0]}`;
  return isFirst && others.every((cell, index) => cell === header[index + 1]);
}
