import { dirname, join, normalize } from 'node:path/posix';
import type { Breach, SourceFile } from './floors.ts';

const DOOR = 'core/plugin.ts';
const EXPORT = /^export (?:type )?\{([^}]*)\} from '([^']+)';/gms;
const DECLARATION = /^export (?:abstract |async )*(interface|type|class|function\*?|const) (\w+)/;
/** A member of an interface, as the formatter indents it. */
const MEMBER = /^ {2}(?:readonly )?["'\w]+\??[:(<]/;

/** Every breach of the promise that the door for connectors explains all that goes through it. */
export function checkDoor(files: readonly SourceFile[]): readonly Breach[] {
  const door = files.find(({ path }) => path === DOOR);
  if (door === undefined) return [];
  const breaches: Breach[] = [];
  for (const [index, line] of door.text.split('\n').entries()) {
    if (!line.startsWith('export *')) continue;
    const text = 'the door lists what goes through it by name';
    breaches.push({ path: DOOR, line: index + 1, rule: 'door-names', text });
  }
  for (const [, names = '', from = ''] of door.text.matchAll(EXPORT)) {
    const path = normalize(join(dirname(DOOR), from));
    const file = files.find((one) => one.path === path);
    if (file !== undefined) breaches.push(...undocumented(file, namesIn(names)));
  }
  return breaches;
}

function namesIn(list: string): ReadonlySet<string> {
  const names = list.split(',').map((one) => one.trim().replace(/^type /, ''));
  return new Set(names.filter((name) => name !== ''));
}

/** Names of the file, and members of its interfaces, that no sentence stands before. */
function undocumented({ path, text }: SourceFile, names: ReadonlySet<string>): readonly Breach[] {
  const lines = text.split('\n');
  const breaches: Breach[] = [];
  const demand = (index: number, what: string) => {
    if (lines[index - 1]?.trimEnd().endsWith('*/') === true) return;
    breaches.push({ path, line: index + 1, rule: 'door-docs', text: `${what} has no sentence` });
  };
  for (const [index, line] of lines.entries()) {
    const [, sort = '', name = ''] = DECLARATION.exec(line) ?? [];
    if (!names.has(name)) continue;
    demand(index, name);
    if (sort !== 'interface') continue;
    for (const member of membersOf(lines, index)) demand(member, `a member of ${name}`);
  }
  return breaches;
}

/** The lines on which an interface's members begin. */
function membersOf(lines: readonly string[], from: number): readonly number[] {
  const end = lines.indexOf('}', from);
  const inside = lines.slice(from + 1, end).map((line, at) => [line, from + 1 + at] as const);
  return inside.filter(([line]) => MEMBER.test(line)).map(([, index]) => index);
}
