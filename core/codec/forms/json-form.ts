import type { RefusedFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { composed } from '../../message/canonical-text.ts';
import { digestOf, isList, isObject } from '../../message/digest.ts';
import type { Json } from '../../message/message.ts';
import { readJsonList } from '../json-list.ts';
import type { BadColumn } from '../layout/column-checks.ts';
import type { JsonLayout } from '../layout/layout.ts';
import { MAX_ROW_CHARACTERS } from '../long-row.ts';
import { decodeText, fileFailure, recordFailure } from '../text-decoding.ts';
import { type FormBatch, type FormFault, type FormRecord, isMissing } from './form-record.ts';
import { type JsonItem, readJsonItem } from './json-item.ts';

/**
 * Reads the objects of a JSON document's list, or one a line. What is no object is a fault of its
 * own, and so is a line that is no JSON. Throws InvalidFailure FILE_DAMAGED for a document that is
 * no JSON, and for lines of which the last is cut or none is good; FILE_UNSAFE, FILE_ENCODING.
 */
export async function* readJsonForm(
  bytes: AsyncIterable<Uint8Array>,
  stream: string,
  layout: JsonLayout & GoesOn,
  file: string,
): AsyncGenerator<FormBatch> {
  const batches =
    layout.format === 'ndjson' ? jsonLines(bytes, layout, file) : listItems(bytes, layout, file);
  for await (const batch of batches) {
    const records: FormRecord[] = [];
    const faults: FormFault[] = [];
    for (const { line, ...read } of batch) {
      if (isObject(read.item))
        records.push(recordOf({ ...read, item: read.item }, stream, line, layout));
      else faults.push({ failure: noObject(read.item, file, line) });
    }
    yield { records, faults };
  }
}

interface GoesOn {
  readonly goesOn?: boolean;
}

interface Item extends Partial<JsonItem> {
  readonly line: number;
}

async function* listItems(
  bytes: AsyncIterable<Uint8Array>,
  layout: JsonLayout & GoesOn,
  file: string,
): AsyncGenerator<readonly Item[]> {
  const { encoding = 'utf-8', goesOn } = layout;
  const list = layout.list ?? null;
  let line = 0;
  const texts = utf8(decodeText(bytes, encoding, file, goesOn));
  const items = readJsonList(texts, list, readJsonItem);
  for (;;) {
    const next = await items.next().catch(() => {
      throw fileFailure('FILE_DAMAGED', saying('noJson', {}), file, null);
    });
    if (next.done === true) {
      if (!isTheList(next.value, list)) {
        throw fileFailure(
          'FILE_LAYOUT',
          list === null || list === undefined
            ? saying('noListOnTop', {})
            : saying('noList', { list }),
          file,
          null,
        );
      }
      return;
    }
    yield next.value.map((item) => ({ ...item, line: ++line }));
  }
}

/** What stands beside the items holds their list, empty. */
function isTheList(rest: Json, list: string | null): boolean {
  if (list === null) return isList(rest);
  const found = at(rest, [list]);
  return found !== undefined && isList(found);
}

async function* jsonLines(
  bytes: AsyncIterable<Uint8Array>,
  { encoding = 'utf-8', goesOn }: JsonLayout & GoesOn,
  file: string,
): AsyncGenerator<readonly Item[]> {
  let [line, carry, bad] = [0, '', 0];
  let isAnyGood = false;
  const itemsOf = (text: string): readonly Item[] => {
    line++;
    if (text.trim() === '') return [];
    const item = itemIn(text);
    if (item === null) bad++;
    else isAnyGood = true;
    return [{ ...item, line }];
  };
  for await (const text of decodeText(bytes, encoding, file, goesOn)) {
    const lines = (carry + text).split('\n');
    carry = lines.pop() ?? '';
    yield lines.flatMap(itemsOf);
    if (carry.length > MAX_ROW_CHARACTERS) {
      throw fileFailure('FILE_UNSAFE', saying('longLine', {}), file, line + 1);
    }
  }
  const last = itemsOf(carry);
  // Whatever was cut has no end; of what is no NDJSON, no line is good.
  if (last.some(({ item }) => item === undefined) || (bad > 0 && !isAnyGood)) {
    throw fileFailure('FILE_DAMAGED', saying('noJson', {}), file, line);
  }
  yield last;
}

/** Null for a line that is no JSON. */
function itemIn(text: string): JsonItem | null {
  try {
    return readJsonItem(text);
  } catch {
    return null;
  }
}

function noObject(item: Json | undefined, file: string, line: number): RefusedFailure {
  const what = item === undefined ? 'is no JSON' : 'is no object';
  return recordFailure(what, file, line);
}

async function* utf8(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const text of texts) yield Buffer.from(text, 'utf8');
}

function recordOf(
  { item, first = item }: JsonItem,
  stream: string,
  line: number,
  { columns }: JsonLayout,
): FormRecord {
  let bad: BadColumn | undefined;
  const kept = columns.filter(({ drop }) => drop !== true);
  const values = kept.map((column): [string, string | readonly string[]] => {
    const { name, path = name, all, required } = column;
    const found = at(item, path.split('.'));
    if (found === undefined && required === true) bad ??= isMissing(name);
    const isWhole = all === true && found !== undefined && isList(found);
    const texts = isWhole ? found : [found ?? null];
    if (texts.some(isNoText)) bad ??= { name, text: NO_TEXT };
    const other = first === item ? found : at(first, path.split('.'));
    if (other !== found && digestOf(other ?? null) !== digestOf(found ?? null)) {
      bad ??= { name, text: saying('namedTwice', {}) };
      // Of words of protection it is none that is known, and that protects.
      return [name, `${textOf(other ?? null)} | ${textOf(found ?? null)}`];
    }
    if (all !== true) return [name, textOf(found ?? null)];
    return [name, found === undefined || found === null ? [] : texts.map(textOf)];
  });
  const record = { stream, line, values: Object.fromEntries(values) };
  return bad === undefined ? record : { ...record, bad };
}

const NO_TEXT =
  'holds an object or a list where a text belongs; a `path` of the layout leads into an object, and `all: true` takes a list of texts';

function isNoText(value: Json): boolean {
  return typeof value === 'object' && value !== null;
}

function at(item: Json, path: readonly string[]): Json | undefined {
  let found: Json | undefined = item;
  for (const name of path) {
    if (found === undefined || !isObject(found)) return undefined;
    const key = keyIn(found, name);
    if (key === undefined) return undefined;
    found = found[key];
  }
  return found;
}

/** A name as the document writes it, however its letters are composed. */
function keyIn(object: object, name: string): string | undefined {
  if (Object.hasOwn(object, name)) return name;
  const isPlain = name === name.normalize('NFD');
  return isPlain ? undefined : Object.keys(object).find((key) => composed(key) === name);
}

function textOf(value: Json): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
