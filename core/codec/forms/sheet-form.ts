import { RefusedFailure } from '../../failure/failure.ts';
import { type ColumnPlan, planColumns } from '../layout/columns.ts';
import type { SheetLayout } from '../layout/layout.ts';
import { entryBytes, openArchive } from '../packed/zip.ts';
import { fileFailure } from '../text-decoding.ts';
import type { FormBatch, FormFault, FormRecord } from './form-record.ts';

/**
 * Reads the rows of one sheet of a workbook (.xlsx), below the row that names the columns. Numbers
 * come as they are kept, days as `YYYY-MM-DD`. Before anything is parsed, all that the workbook
 * holds is unpacked within the limits. Throws FILE_DAMAGED, FILE_UNSAFE, FILE_LAYOUT.
 */
export async function* readSheetForm(
  bytes: AsyncIterable<Uint8Array>,
  stream: string,
  layout: SheetLayout,
  file: string,
): AsyncGenerator<FormBatch> {
  const rows = await rowsOf(await safeWorkbook(bytes, file), layout, file);
  const first = rows.findIndex((cells) => !isBlank(cells));
  if (first === -1) throw fileFailure('FILE_DAMAGED', 'the sheet is empty', file, null);
  const { columns, extraColumns = 'refuse' } = layout;
  const expected = { columns, extraColumns, separator: '' };
  const plan = planColumns(rows[first] ?? [], expected, file, first + 1);
  const records: FormRecord[] = [];
  const faults: FormFault[] = [];
  for (const [index, cells] of rows.entries()) {
    if (index <= first || isBlank(cells)) continue;
    const fault = plan.faultOf(cells);
    if (fault === null) records.push(recordOf(cells, plan, stream, index + 1));
    else faults.push({ failure: rowFault(fault, file, index + 1) });
  }
  yield { records, faults };
}

/** A workbook all of whose parts have been unpacked once within the limits. */
async function safeWorkbook(bytes: AsyncIterable<Uint8Array>, file: string): Promise<Buffer> {
  const archive = await openArchive(bytes, file);
  for (const entry of archive.entries) {
    let size = 0;
    for await (const chunk of entryBytes(archive, entry, file)) {
      size += chunk.length;
      if (size > MOST_PART)
        throw fileFailure('FILE_UNSAFE', 'has a part beyond 100 MB', file, null);
    }
  }
  return archive.bytes;
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
  const options = { parseNumber: (text: string) => text, trim: false };
  const read =
    sheet === undefined ? readSheet(content, options) : readSheet(content, sheet, options);
  const rows = await read.catch((error: unknown) => {
    const isOtherSheet = error instanceof Error && error.constructor.name === 'SheetNotFoundError';
    throw isOtherSheet
      ? fileFailure('FILE_LAYOUT', `has no sheet ${JSON.stringify(sheet)}`, file, null)
      : fileFailure('FILE_DAMAGED', 'is no workbook, or not whole', file, null);
  });
  return rows.map((row) => row.map(textOf));
}

function textOf(cell: unknown): string {
  if (cell instanceof Date) return cell.toISOString().slice(0, 10);
  return cell === null || cell === undefined ? '' : String(cell);
}

function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}

function recordOf(
  cells: readonly string[],
  { values }: ColumnPlan,
  stream: string,
  line: number,
): FormRecord {
  return { stream, line, values: values(cells) };
}

function rowFault(fault: string, file: string, line: number): RefusedFailure {
  const place = { file, line, field: null };
  return new RefusedFailure('RECORD_INVALID', `${file}, row ${line}: ${fault}`, { place });
}
