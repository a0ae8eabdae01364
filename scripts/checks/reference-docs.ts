import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The files that IT staff write, by the schema that they are checked against. */
const FILES = ['config', 'flow', 'layout'];

/** One key of a file: where it stands, what it is, what it may be. */
interface Entry {
  readonly path: string;
  readonly text: string;
  readonly isRequired: boolean;
  readonly allowed: string;
}

type Schema = Readonly<Record<string, unknown>>;

/** docs/reference.md: every key of hub.yaml, of a flow and of a layout, as their schemas say. */
export async function referenceDoc(root: string, madeBy: string): Promise<string> {
  const sections: string[] = [];
  for (const name of FILES) {
    const schema = await schemaOf(root, name);
    const rows = entriesOf(schema, '').map(({ path, text, isRequired, allowed }) => {
      const notes = [isRequired ? 'required' : '', allowed].filter((note) => note !== '');
      return `| \`${path}\` | ${escaped(text)} | ${escaped(notes.join('; '))} |`;
    });
    sections.push(
      `## ${schema['title']}\n\n${schema['description']}\n`,
      ['| key | what it is | what it may be |', '|---|---|---|', ...rows, ''].join('\n'),
    );
  }
  const about =
    "Every key of the files that a workspace has, as `skolnav check` checks them. `<name>` stands for a name of your own, `[]` for each of a list. Mappings have [a page of their own](mapping-language.md), connectors' options too: [connectors](connectors.md).";
  return ['# Reference\n', `${madeBy}\n`, `${about}\n`, ...sections].join('\n');
}

/** The keys that nobody has described: file and path. */
export async function undescribed(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of FILES) {
    for (const { path, text } of entriesOf(await schemaOf(root, name), '')) {
      if (text === '') found.push(`schemas/hub/${name}.v1.json ${path}`);
    }
  }
  return found;
}

async function schemaOf(root: string, name: string): Promise<Schema> {
  return JSON.parse(await readFile(join(root, 'schemas', 'hub', `${name}.v1.json`), 'utf8'));
}

/** In the order of the schema; of a key that several shapes have, the first that describes it. */
function entriesOf(schema: Schema, path: string): readonly Entry[] {
  const entries: Entry[] = [];
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  for (const [name, property] of Object.entries(membersOf(schema['properties']))) {
    const at = path === '' ? name : `${path}.${name}`;
    const option = membersOf(property);
    entries.push({
      ...{ path: at, text: String(option['description'] ?? '') },
      ...{ isRequired: required.includes(name), allowed: valuesOf(option) },
    });
    entries.push(...entriesOf(option, at));
  }
  const { additionalProperties: named, items } = schema;
  if (isSchema(named)) entries.push(...entriesOf(named, `${path}.<name>`));
  if (isSchema(items)) entries.push(...entriesOf(items, `${path}[]`));
  for (const branch of branchesOf(schema)) entries.push(...entriesOf(branch, path));
  return withoutDoubles(entries);
}

function withoutDoubles(entries: readonly Entry[]): readonly Entry[] {
  const byPath = new Map<string, Entry>();
  for (const entry of entries) {
    const { text = '', allowed = entry.allowed } = byPath.get(entry.path) ?? {};
    const shapes = new Set([allowed, entry.allowed].filter((shape) => shape !== ''));
    const either = [...shapes].join(', or ');
    byPath.set(entry.path, { ...entry, text: text || entry.text, allowed: either });
  }
  return [...byPath.values()];
}

function branchesOf(schema: Schema): readonly Schema[] {
  return ['oneOf', 'anyOf'].flatMap((key) => {
    const branches = schema[key];
    return Array.isArray(branches) ? branches.map(membersOf) : [];
  });
}

/** What a key may be, in the fewest words that are exact. */
function valuesOf(schema: Schema): string {
  const { enum: values, const: only, type, default: usual, minimum, maximum, pattern } = schema;
  const parts: string[] = [];
  if (Array.isArray(values)) parts.push(values.map((value) => code(value)).join(', '));
  else if (only !== undefined) parts.push(code(only));
  else if (typeof type === 'string') parts.push(sayType(type, schema));
  if (minimum !== undefined) parts.push(`from ${minimum}`);
  if (maximum !== undefined) parts.push(`to ${maximum}`);
  if (typeof pattern === 'string') parts.push(sayPattern(pattern));
  const shapes = branchesOf(schema).map(valuesOf);
  if (shapes.length > 0) parts.push([...new Set(shapes)].join(', or '));
  if (usual !== undefined) parts.push(`default ${code(usual)}`);
  return parts.filter((part) => part !== '').join(' ');
}

/** By an example where everybody knows the form. */
function sayPattern(pattern: string): string {
  if (pattern.endsWith('%$')) return '`95%`';
  if (pattern.endsWith('d)$') || pattern.endsWith('h)$')) return '`30s`, `10min`, `26h` ...';
  if (pattern.endsWith('d$')) return 'days, `30d`';
  return `like ${code(pattern)}`;
}

function sayType(type: string, { items }: Schema): string {
  if (type === 'array') return `list of ${valuesOf(membersOf(items)) || 'entries'}`;
  if (type === 'object') return '';
  return type === 'boolean' ? '`true`, `false`' : type === 'integer' ? 'whole number' : type;
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value.replace('\t', '\\t') : JSON.stringify(value)}\``;
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}

function membersOf(value: unknown): Schema {
  return isSchema(value) ? value : {};
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
