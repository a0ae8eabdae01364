import { dirname, join, normalize } from 'node:path/posix';
import type { Breach, SourceFile } from './floors.ts';

/** `skolnav/plugin` and `skolnav/testing`. */
const DOORS = ['core/plugin.ts', 'test/contract/testing.ts'];
const EXPORT = /^export (?:type )?\{([^}]*)\} from '([^']+)';/gms;
const DECLARATION = /^export (?:abstract |async )*(interface|type|class|function\*?|const) (\w+)/;
/** A member of an interface or a class, as the formatter indents it; not its private ones. */
const MEMBER =
  /^ {2}(?!constructor)(?:(?:readonly|async|static|get|set|abstract) |\*)*["'\w]+\??[:(<]/;

/** Every breach of the promise that the doors for connectors explain all that goes through them. */
export function checkDoor(files: readonly SourceFile[]): readonly Breach[] {
  return files.filter(({ path }) => DOORS.includes(path)).flatMap((door) => checkOne(door, files));
}

function checkOne({ path, text }: SourceFile, files: readonly SourceFile[]): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (!line.startsWith('export *')) continue;
    const amiss = 'the door lists what goes through it by name';
    breaches.push({ path, line: index + 1, rule: 'door-names', text: amiss });
  }
  for (const [, names = '', from = ''] of text.matchAll(EXPORT)) {
    const home = normalize(join(dirname(path), from));
    const file = files.find((one) => one.path === home);
    if (file !== undefined) breaches.push(...undocumented(file, namesIn(names)));
  }
  return breaches;
}

function namesIn(list: string): ReadonlySet<string> {
  const names = list.split(',').map((one) => one.trim().replace(/^type /, ''));
  return new Set(names.filter((name) => name !== ''));
}

/** Names of the file, and members of its interfaces and classes, that no sentence stands before. */
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
    // What a class promises as an interface's is said there.
    if (!['interface', 'class'].includes(sort) || line.includes(' implements ')) continue;
    for (const member of membersOf(lines, index)) demand(member, `a member of ${name}`);
  }
  return breaches;
}

/** The lines on which the members of an interface or a class begin. */
function membersOf(lines: readonly string[], from: number): readonly number[] {
  const end = lines.indexOf('}', from);
  const inside = lines.slice(from + 1, end).map((line, at) => [line, from + 1 + at] as const);
  return inside.filter(([line]) => MEMBER.test(line)).map(([, index]) => index);
}
