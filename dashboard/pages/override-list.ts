import type { EditableField } from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import type { Ask } from '../route.ts';

type Column = EditableField['columns'][number];

/** A longer list is written as JSON. */
const MOST_ITEMS = 30;
/** Rows for items that are not there yet. */
const MORE_ITEMS = 2;

/** The items of a list as they are shown: texts by column; null where it has to be JSON. */
export function itemsOf(
  { columns }: EditableField,
  value: string,
): readonly (readonly string[])[] | null {
  if (columns.length === 0) return null;
  const list = value === '' ? [] : parsed(value);
  if (!Array.isArray(list) || list.length > MOST_ITEMS) return null;
  const names = new Set(columns.map(({ name }) => name));
  const items: string[][] = [];
  for (const item of list) {
    const members = membersOf(item);
    // What would be lost here can be written as JSON alone.
    if (members === null || [...members.keys()].some((name) => !names.has(name))) return null;
    items.push(columns.map(({ name }) => members.get(name) ?? ''));
  }
  return items;
}

/** What an item says, by its members' names; of a plain value by ''. */
function membersOf(item: unknown): ReadonlyMap<string, string> | null {
  if (item === null || Array.isArray(item)) return null;
  if (typeof item !== 'object') return new Map([['', String(item)]]);
  return new Map(Object.entries(item).map(([name, value]) => [name, said(value)]));
}

function said(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Inputs for each item, and for some new ones: a row that is emptied takes its item away. */
export function listInput(
  ask: Ask,
  { field, columns }: EditableField,
  items: readonly (readonly string[])[],
  about: string,
): Html {
  const { override: words } = ask.language.words;
  const more = Array.from({ length: MORE_ITEMS }, () => columns.map(() => ''));
  const rows = [...items, ...more].map((cells, at) => {
    const inputs = columns.map((column, index) => {
      return html`<label>${column.name || field}${cellInput(nameOf(field, at, column), column, cells[index] ?? '')}</label>`;
    });
    const legend = at < items.length ? words.item(field, at + 1) : words.newItem(field);
    return html`<fieldset class="item"><legend>${legend}</legend>${inputs}</fieldset>`;
  });
  return html`<fieldset aria-describedby="${about}"><legend>${field}</legend>
<input type="hidden" name="list" value="${field}">${rows}</fieldset>`;
}

function cellInput(name: string, { choices }: Column, value: string): Html {
  if (choices.length === 0)
    return html`<input name="${name}" value="${value}" maxlength="1000" autocomplete="off">`;
  const all = ['', ...choices, ...(value === '' || choices.includes(value) ? [] : [value])];
  const options = all.map((word) => {
    return html`<option value="${word}"${word === value ? html` selected` : null}>${word}</option>`;
  });
  return html`<select name="${name}">${options}</select>`;
}

function nameOf(field: string, at: number, { name }: Column): string {
  return `item:${field}:${at}:${name}`;
}

/** The list that the rows of a form say, as JSON; '' for none, null where it has no such rows. */
export function listIn(ask: Ask, { field, columns }: EditableField): string | null {
  if (!ask.fields('list').includes(field)) return null;
  const items: unknown[] = [];
  for (let at = 0; at < MOST_ITEMS + MORE_ITEMS; at++) {
    const cells = columns.map(
      (column) => [column, ask.field(nameOf(field, at, column)).trim()] as const,
    );
    const filled = cells.filter(([, text]) => text !== '');
    if (filled.length === 0) continue;
    const members = filled.map(([column, text]) => [column.name, typed(column, text)] as const);
    const [first] = members;
    items.push(first?.[0] === '' ? first[1] : Object.fromEntries(members));
  }
  return items.length === 0 ? '' : JSON.stringify(items);
}

/** What is no value of its column stays a text: the schema says what is wrong with it. */
function typed({ form }: Column, text: string): unknown {
  if (form === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  if (form === 'number' && Number.isFinite(Number(text))) return Number(text);
  return form === 'json' ? (parsed(text) ?? text) : text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
