import { saying } from '../../failure/saying.ts';
import type { Saying } from '../../message/message.ts';

/** A table of codes: what stands in the source -> what the target wants. */
export type Table = ReadonlyMap<string, string | number | boolean>;

/** Reads a table file: header `from,to`, one row per code, `#` begins a comment line. */
export function parseTable(text: string): {
  readonly table: Table;
  /** The line of each code. */
  readonly lines: ReadonlyMap<string, number>;
  readonly faults: readonly { readonly line: number; readonly what: Saying }[];
} {
  const table = new Map<string, string>();
  const codeLines = new Map<string, number>();
  const faults: { line: number; what: Saying }[] = [];
  const lines = text
    .normalize('NFC')
    .replace(/^\ufeff/, '')
    .split(/\r?\n/);
  if (lines[0]?.trim() !== 'from,to') faults.push({ line: 1, what: saying('tableHeader', {}) });
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '' || line.startsWith('#')) continue;
    const match = /^(?:"((?:[^"]|"")*)"|([^,"]*)),(?:"((?:[^"]|"")*)"|([^,"]*))$/.exec(line);
    if (match === null) {
      faults.push({ line: index + 1, what: saying('tableFields', {}) });
      continue;
    }
    const from = (match[1]?.replaceAll('""', '"') ?? match[2] ?? '').trim();
    const to = (match[3]?.replaceAll('""', '"') ?? match[4] ?? '').trim();
    const what = saying('tableTwice', { code: from });
    if (table.has(from)) faults.push({ line: index + 1, what });
    table.set(from, to);
    codeLines.set(from, index + 1);
  }
  return { table, lines: codeLines, faults };
}

/**
 * That a code, null where it may be none and is not told, has no row; and what would have been
 * right: all of a short table, the beginning of a long one.
 */
export function sayNoRow(code: string | null, name: string | Saying, table: Table): Saying {
  const codes = [...table.keys()];
  const what = code === null ? saying('theCode', {}) : saying('thisCode', { code });
  if (codes.length === 0) return saying('noRow', { what, table: name });
  const more = codes.length > MOST_CODES ? ' ...' : '';
  const rows = `${codes.slice(0, MOST_CODES).join(', ')}${more}`;
  return saying('noRowOf', { what, table: name, rows });
}

const MOST_CODES = 12;
