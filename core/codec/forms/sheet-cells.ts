import { saying } from '../../failure/saying.ts';
import { type Archive, entryBytes } from '../packed/zip.ts';
import { fileFailure } from '../text-decoding.ts';
import { localName, type XmlElement } from '../xml/xml-element.ts';
import { readXmlElements } from '../xml/xml-records.ts';

/** Row, then column, both from 0. */
type Cells<T> = ReadonlyMap<number, ReadonlyMap<number, T>>;

/** What the library that reads a sheet does not tell of its cells. */
export interface SheetCells {
  /** Cells that hold no value although they seem to, and why. */
  readonly odd: Cells<string>;
  /** Numbers that are shown with so many digits, noughts before them: `000000000000`. */
  readonly digits: Cells<number>;
}

const ERROR = 'holds the error of a formula';
const NO_RESULT = 'holds a formula without its result: whoever saved the file did not calculate';
const MERGED = 'is merged with the cell before it, which alone holds the value';
/** More cells are merged in no list of persons. */
const MOST_MERGED = 1_000_000;

/**
 * Looks for what the library that reads a sheet gives as an empty cell: a value that is only not
 * known must not be taken for none; and for the noughts before a number. Throws FILE_DAMAGED,
 * FILE_UNSAFE, FILE_ENCODING.
 */
export async function cellsOf(
  archive: Archive,
  sheet: string | undefined,
  file: string,
): Promise<SheetCells> {
  const odd = new Map<number, Map<number, string>>();
  const digits = new Map<number, Map<number, number>>();
  const part = await sheetPart(archive, sheet, file);
  if (part === null) return { odd, digits };
  const widths = await digitsByStyle(archive, file);
  let merged = 0;
  const note = (row: number, column: number, why: string) => {
    odd.set(row, (odd.get(row) ?? new Map()).set(column, why));
  };
  await readPart(archive, part, ['c', 'mergeCell'], file, (element) => {
    const { r: cell = '', ref = '', s: style = '0', t: type = 'n' } = element.attributes;
    const [at] = placesIn(cell);
    const width = type === 'n' ? widths[Number(style)] : undefined;
    if (at !== undefined && width !== undefined && width > 0) {
      digits.set(at.row, (digits.get(at.row) ?? new Map()).set(at.column, width));
    }
    const why = at === undefined ? null : oddityOf(element);
    if (at !== undefined && why !== null) note(at.row, at.column, why);
    const [from, to] = placesIn(ref);
    if (from === undefined || to === undefined) return;
    for (let { row } = from; row <= to.row; row++) {
      for (let { column } = from; column <= to.column; column++) {
        if (++merged > MOST_MERGED) {
          throw fileFailure('FILE_UNSAFE', saying('mergesMany', {}), file, null);
        }
        if (row > from.row || column > from.column) note(row, column, MERGED);
      }
    }
  });
  return { odd, digits };
}

/** Of each style, by its number: as how many digits it shows a number; 0 where it does not say. */
async function digitsByStyle(archive: Archive, file: string): Promise<readonly number[]> {
  const formats = new Map<string, number>();
  const widths: number[] = [];
  await readPart(archive, 'xl/styles.xml', ['numFmt', 'cellXfs'], file, (element) => {
    const { numFmtId: id = '', formatCode: code = '' } = element.attributes;
    // What stands between the digits is only shown: `00000000\-0000`.
    const noughts = code.replaceAll(/\\.|"[^"]*"|[- ]/g, '');
    if (/^0{2,}$/.test(noughts)) formats.set(id, noughts.length);
    for (const { attributes } of element.children) {
      widths.push(formats.get(attributes['numFmtId'] ?? '') ?? 0);
    }
  });
  return widths;
}

function oddityOf({ attributes, children }: XmlElement): string | null {
  if (attributes['t'] === 'e') return ERROR;
  const has = (name: string) => children.some((one) => localName(one.name) === name);
  return has('f') && !has('v') ? NO_RESULT : null;
}

/** `B7`, or `B7:C9`. */
function placesIn(text: string): readonly { readonly row: number; readonly column: number }[] {
  return [...text.matchAll(/([A-Z]{1,3})(\d{1,7})/g)].map(([, letters = '', row]) => {
    const column = [...letters].reduce((sum, one) => sum * 26 + one.charCodeAt(0) - 64, 0);
    return { row: Number(row) - 1, column: column - 1 };
  });
}

/** Names of the sheets of a workbook, in their order. */
export async function sheetNames(archive: Archive, file: string): Promise<readonly string[]> {
  const names: string[] = [];
  await readPart(archive, 'xl/workbook.xml', ['sheet'], file, ({ attributes }) => {
    names.push(attributes['name'] ?? '');
  });
  return names;
}

/** Name of the archive's part that holds a sheet: the one of that name, or the first. */
async function sheetPart(
  archive: Archive,
  sheet: string | undefined,
  file: string,
): Promise<string | null> {
  const ids: string[] = [];
  await readPart(archive, 'xl/workbook.xml', ['sheet'], file, ({ attributes }) => {
    const id = Object.keys(attributes).find((one) => one.endsWith(':id'));
    if (sheet !== undefined && attributes['name'] !== sheet) return;
    ids.push(attributes[id ?? ''] ?? '');
  });
  const parts: string[] = [];
  const relations = 'xl/_rels/workbook.xml.rels';
  await readPart(archive, relations, ['Relationship'], file, ({ attributes }) => {
    const { Id: id, Target: target = '' } = attributes;
    if (id !== ids[0]) return;
    parts.push(target.startsWith('/') ? target.slice(1) : `xl/${target}`);
  });
  return parts[0] ?? null;
}

async function readPart(
  archive: Archive,
  name: string,
  elements: readonly string[],
  file: string,
  take: (element: XmlElement) => void,
): Promise<void> {
  const entry = archive.entries.find(({ fileName }) => fileName === name);
  if (entry === undefined) return;
  const collects = (found: string) => elements.includes(localName(found));
  const collecting = { file, collects, take };
  for await (const _ of readXmlElements(entryBytes(archive, entry, file), collecting));
}
