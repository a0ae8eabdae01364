import { isList, isObject } from '../../message/digest.ts';
import type { Json } from '../../message/message.ts';
import { readJsonList } from '../json-list.ts';
import type { JsonLayout } from '../layout/layout.ts';
import { MAX_ROW_CHARACTERS } from '../long-row.ts';
import { decodeText, fileFailure } from '../text-decoding.ts';
import type { FormRecord } from './form-record.ts';

/**
 * Reads the objects of a JSON document's list, or one a line. Throws InvalidFailure FILE_DAMAGED
 * for what is no JSON or holds something else than objects, FILE_UNSAFE, FILE_ENCODING.
 */
export async function* readJsonForm(
  bytes: AsyncIterable<Uint8Array>,
  stream: string,
  layout: JsonLayout,
  file: string,
): AsyncGenerator<readonly FormRecord[]> {
  const batches =
    layout.format === 'ndjson' ? jsonLines(bytes, layout, file) : listItems(bytes, layout, file);
  for await (const batch of batches) {
    yield batch.map(({ item, line }) => {
      if (!isObject(item)) throw fileFailure('FILE_DAMAGED', 'a record is no object', file, line);
      return { stream, line, values: valuesOf(item, layout) };
    });
  }
}

interface Item {
  readonly item: Json;
  readonly line: number;
}

async function* listItems(
  bytes: AsyncIterable<Uint8Array>,
  layout: JsonLayout,
  file: string,
): AsyncGenerator<readonly Item[]> {
  const { encoding = 'utf-8' } = layout;
  const list = layout.list ?? null;
  let line = 0;
  const texts = utf8(decodeText(bytes, encoding, file));
  const items = readJsonList(texts, list);
  for (;;) {
    const next = await items.next().catch(() => {
      throw fileFailure('FILE_DAMAGED', 'is no JSON, or not whole', file, null);
    });
    if (next.done === true) {
      if (!isTheList(next.value, list)) {
        throw fileFailure('FILE_LAYOUT', `has no list ${list ?? 'on top'}`, file, null);
      }
      return;
    }
    yield next.value.map((item) => ({ item, line: ++line }));
  }
}

/** What stands beside the items holds their list, empty. */
function isTheList(rest: Json, list: string | null): boolean {
  if (list === null) return isList(rest);
  return isObject(rest) && isList(rest[list]);
}

async function* jsonLines(
  bytes: AsyncIterable<Uint8Array>,
  { encoding = 'utf-8' }: JsonLayout,
  file: string,
): AsyncGenerator<readonly Item[]> {
  let [line, carry] = [0, ''];
  const itemsOf = (text: string): readonly Item[] => {
    line++;
    return text.trim() === '' ? [] : [{ item: parsed(text, file, line), line }];
  };
  for await (const text of decodeText(bytes, encoding, file)) {
    const lines = (carry + text).split('\n');
    carry = lines.pop() ?? '';
    if (carry.length > MAX_ROW_CHARACTERS) {
      throw fileFailure('FILE_UNSAFE', 'a line is longer than 10 MB', file, line + 1);
    }
    yield lines.flatMap(itemsOf);
  }
  yield itemsOf(carry);
}

function parsed(text: string, file: string, line: number): Json {
  try {
    return JSON.parse(text);
  } catch {
    throw fileFailure('FILE_DAMAGED', 'is no JSON, or not whole', file, line);
  }
}

async function* utf8(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const text of texts) yield Buffer.from(text, 'utf8');
}

function valuesOf(item: Json, { columns }: JsonLayout): FormRecord['values'] {
  const kept = columns.filter(({ drop }) => drop !== true);
  const values = kept.map(({ name, path = name, all }): [string, string | readonly string[]] => {
    const found = at(item, path.split('.'));
    if (all !== true) return [name, textOf(found)];
    return [name, isList(found) ? found.map(textOf) : []];
  });
  return Object.fromEntries(values);
}

function at(item: Json, path: readonly string[]): Json {
  let found: Json = item;
  for (const name of path) {
    if (!isObject(found) || !Object.hasOwn(found, name)) return null;
    found = found[name] ?? null;
  }
  return found;
}

function textOf(value: Json): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
