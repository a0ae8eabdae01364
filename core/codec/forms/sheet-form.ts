import { RefusedFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { Problem, Saying } from '../../message/message.ts';
import { type Column, type ColumnPlan, planColumns } from '../layout/columns.ts';
import type { SheetLayout } from '../layout/layout.ts';
import { type Archive, entryBytes, openArchive } from '../packed/zip.ts';
import { fileFailure } from '../text-decoding.ts';
import type { FormBatch, FormFault, FormRecord } from './form-record.ts';
import { cellsOf, sheetNames } from './sheet-cells.ts';

/**
 * Reads the rows of one sheet of a workbook (.xlsx), below the row that names the columns. Numbers
 * come as they are kept, days as `YYYY-MM-DD`. Before anything is parsed, all that the workbook
 * holds is unpacked within the limits. Throws FILE_DAMAGED, FILE_UNSAFE, FILE_LAYOUT.
 */
export async function* readSheetForm(
  bytes: AsyncIterable<Uint8Array>,
  stream: string,
  layout: SheetLayout & { readonly goesOn?: boolean },
  file: string,
): AsyncGenerator<FormBatch> {
  const archive = await safeWorkbook(bytes, file);
  const { odd, digits } = await cellsOf(archive, layout.sheet, file);
  const rows = (await rowsOf(archive.bytes, layout, file)).map((cells, row) =>
    asShown(cells, digits.get(row)),
  );
  const first = rows.findIndex((cells) => !isBlank(cells));
  if (first === -1) throw fileFailure('FILE_DAMAGED', saying('sheetEmpty', {}), file, null);
  const { columns, extraColumns = 'refuse', goesOn = false } = layout;
  const expected = { columns, extraColumns, separator: '', goesOn };
  const plan = planColumns(rows[first] ?? [], expected, file, first + 1);
  const places = placesOf(plan);
  const records: FormRecord[] = [];
  const faults: FormFault[] = [];
  for (const [index, cells] of rows.entries()) {
    const isHeader = index === first && plan.isHeaderless !== true;
    if (index < first || isHeader || isBlank(cells)) continue;
    const fault = plan.faultOf(cells);
    const oddities = odd.get(index);
    const why = (name: string) => oddities?.get(places.get(name) ?? -1);
    if (fault === null) records.push(recordOf(cells, plan, stream, index + 1, why));
    else faults.push({ failure: rowFault(fault, file, index + 1) });
  }
  yield { records, faults, remarks: await othersLike(archive, layout, file) };
  if (plan.refusal !== null) throw plan.refusal;
}

/**
 * Where the layout names no sheet, only the first is read: others that have its columns, and rows
 * below them, are told of. A list may be spread over sheets, one for each school or year.
 */
async function othersLike(
  archive: Archive,
  layout: SheetLayout,
  file: string,
): Promise<readonly Problem[]> {
  if (layout.sheet !== undefined) return [];
  const names: string[] = [];
  for (const sheet of (await sheetNames(archive, file)).slice(1, MOST_SHEETS)) {
    const rows = (await rowsOf(archive.bytes, { ...layout, sheet }, file)).filter(
      (cells) => !isBlank(cells),
    );
    const found = new Set(rows[0]?.map((name) => name.trim()));
    const isLike = ({ name, names: more = [] }: Column) =>
      [name, ...more].some((one) => found.has(one));
    if (rows.length > 1 && layout.columns.every(isLike)) names.push(sheet);
  }
  if (names.length === 0) return [];
  const said = saying('ofFile', { file, what: saying('sheetsLike', { names }) });
  const place = { file, line: null, field: 'sheet' };
  return [new RefusedFailure('FILE_DRIFT', said, { place }).toProblem()];
}

/** Whoever has more has them for something else. */
const MOST_SHEETS = 50;

/** A workbook all of whose parts have been unpacked once within the limits. */
async function safeWorkbook(bytes: AsyncIterable<Uint8Array>, file: string): Promise<Archive> {
  const archive = await openArchive(bytes, file);
  for (const entry of archive.entries) {
    let size = 0;
    for await (const chunk of entryBytes(archive, entry, file)) {
      size += chunk.length;
      if (size > MOST_PART) throw fileFailure('FILE_UNSAFE', saying('largePart', {}), file, null);
    }
  }
  return archive;
}

/** Noughts that a number is shown with: an id's are lost otherwise. */
function asShown(
  cells: readonly string[],
  digits: ReadonlyMap<number, number> = new Map(),
): readonly string[] {
  if (digits.size === 0) return cells;
  return cells.map((cell, at) => {
    return /^\d+$/.test(cell) ? cell.padStart(digits.get(at) ?? 0, '0') : cell;
  });
}

/** A workbook is parsed in memory. */
const MOST_PART = 100_000_000;

async function rowsOf(
  workbook: Buffer,
  { sheet }: SheetLayout,
  file: string,
): Promise<readonly (readonly string[])[]> {
  // The library's own door for Node reads streams, and waits for ever where one is damaged. It is
  // loaded where a workbook is read: every command would wait for it otherwise.
  const { readSheet } = await import('read-excel-file/universal');
  const content = new Uint8Array(workbook).buffer;
  const options = { parseNumber: digitsOf, trim: false };
  const read =
    sheet === undefined ? readSheet(content, options) : readSheet(content, sheet, options);
  const rows = await read.catch((error: unknown) => {
    const isOtherSheet = error instanceof Error && error.constructor.name === 'SheetNotFoundError';
    throw isOtherSheet
      ? fileFailure('FILE_LAYOUT', saying('noSheet', { sheet: JSON.stringify(sheet) }), file, null)
      : fileFailure('FILE_DAMAGED', saying('noWorkbook', {}), file, null);
  });
  return rows.map((row) => row.map(textOf));
}

/** Digits that a spreadsheet keeps of a number. */
const MOST_DIGITS = 15;

/**
 * A number as a spreadsheet shows it, without the noise of its binary form; one of more digits than
 * it keeps stays shortened, so that it is set aside.
 */
function digitsOf(kept: string): string {
  const number = Number(Number(kept).toPrecision(MOST_DIGITS));
  if (!Number.isFinite(number)) return kept;
  return Math.abs(number) < 10 ** MOST_DIGITS ? String(number) : number.toExponential();
}

/** The day before a spreadsheet's first stands for an empty one. */
const NO_DAY = Date.UTC(1899, 11, 30);

function textOf(cell: unknown): string {
  if (cell instanceof Date && cell.getTime() === NO_DAY) return '0';
  if (cell instanceof Date) return cell.toISOString().slice(0, 10);
  return cell === null || cell === undefined ? '' : String(cell);
}

function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}

/** The places of the columns that are read. */
function placesOf({ width, values }: ColumnPlan): ReadonlyMap<string, number> {
  const numbered = values(Array.from({ length: width }, (_, at) => String(at)));
  return new Map(Object.entries(numbered).map(([name, at]) => [name, Number(at)]));
}

function recordOf(
  cells: readonly string[],
  plan: ColumnPlan,
  stream: string,
  line: number,
  why: (name: string) => string | undefined,
): FormRecord {
  const values = plan.values(cells);
  const name = Object.keys(values).find((one) => why(one) !== undefined);
  const record = { stream, line, values };
  return name === undefined ? record : { ...record, bad: { name, text: why(name) ?? '' } };
}

function rowFault(what: Saying, file: string, line: number): RefusedFailure {
  const place = { file, line, field: null };
  const said = saying('atRow', { file, line: String(line), what });
  return new RefusedFailure('RECORD_INVALID', said, { place });
}
