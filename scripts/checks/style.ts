import { type Breach, isTest, type SourceFile } from './floors.ts';

const MOST_FILE_LINES = 300;
const MOST_FUNCTION_LINES = 50;
const MOST_COLUMNS = 100;
const VAGUE_NAMES = /(^|[-/])(utils?|helpers?|common|manager|data|info|misc)\.ts$/;

/** Split, so that this file passes its own check. */
const LATER = new RegExp(`\\b(${'TO'}DO|${'FIX'}ME|${'XX'}X)\\b`);

interface LineRule {
  readonly rule: string;
  readonly pattern: RegExp;
  readonly text: string;
  /** Only in shipped code. */
  readonly shipped?: boolean;
}

const LINE_RULES: readonly LineRule[] = [
  { rule: 'any', pattern: /[:<,|]\s*any\b(?!\()/, text: 'no `any`: say what it is' },
  { rule: 'ts-ignore', pattern: /@ts-(ignore|expect-error|nocheck)/, text: 'mend the type' },
  { rule: 'later', pattern: LATER, text: 'do it now or write an issue' },
  { rule: 'skip', pattern: /\bthis\.skip\(/, text: 'pending(this, why) of test/pending.ts' },
  {
    rule: 'raw-error',
    pattern: /throw new Error\(/,
    text: 'throw a Failure (outside), or assert (our defect)',
    shipped: true,
  },
];

/** Every breach of the house's style in one file. */
export function checkStyle(file: SourceFile): readonly Breach[] {
  const lines = file.text.split('\n');
  return [
    ...checkFile(file, lines),
    ...lines.flatMap((line, index) => checkLine(file.path, line, index, lines)),
    ...(isTest(file.path) ? [] : checkFunctions(file.path, lines)),
  ];
}

function checkFile({ path }: SourceFile, lines: readonly string[]): readonly Breach[] {
  const breaches: Breach[] = [];
  const name = path.split('/').at(-1) ?? '';
  const count = lines.length - 1;
  if (count > MOST_FILE_LINES) {
    const text = `${count} lines; the most is ${MOST_FILE_LINES}: it has a second job`;
    breaches.push({ path, line: 1, rule: 'file-length', text });
  }
  if (!/^[a-z0-9]+([-.][a-z0-9]+)*\.ts$/.test(name)) {
    breaches.push({ path, line: 1, rule: 'file-name', text: 'file names are kebab-case' });
  }
  if (VAGUE_NAMES.test(path)) {
    breaches.push({ path, line: 1, rule: 'file-name', text: 'name it for what it does' });
  }
  return breaches;
}

function checkLine(
  path: string,
  line: string,
  index: number,
  lines: readonly string[],
): readonly Breach[] {
  const breaches: Breach[] = [];
  const at = index + 1;
  // The formatter breaks code, not the text of a literal: such a line is as long as its text.
  if (line.length > MOST_COLUMNS && !/['"`]/.test(line)) {
    const text = `${line.length} columns; the most is ${MOST_COLUMNS}`;
    breaches.push({ path, line: at, rule: 'line-length', text });
  }
  const code = withoutLiterals(line);
  for (const { rule, pattern, text, shipped } of LINE_RULES) {
    const subject = rule === 'later' || rule === 'ts-ignore' ? line : code;
    if (shipped === true && (isTest(path) || !/^(core|connectors)\//.test(path))) continue;
    if (pattern.test(subject)) breaches.push({ path, line: at, rule, text });
  }
  if (!isTest(path) && CAST.test(code) && !isImport(code)) {
    const above = lines.slice(Math.max(0, index - 3), index).join('\n');
    if (!above.includes('SAFETY:')) {
      const text = 'an `as` needs a comment `// SAFETY: why` above it';
      breaches.push({ path, line: at, rule: 'as', text });
    }
  }
  return breaches;
}

/** A cast; `as const` asserts nothing. */
const CAST = /\sas (?!const\b)[A-Za-z{(]/;

function isImport(line: string): boolean {
  return /^\s*(import|export)\b/.test(line) || /^\s*(type )?\w+ as \w+,?$/.test(line);
}

/** The line less its strings, regular expressions and comments. */
function withoutLiterals(line: string): string {
  return line
    .replaceAll(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`/g, "''")
    .replaceAll(/\/(?![*/\s])(?:[^/\\]|\\.)+\/[gimsuy]*/g, '//')
    .replace(/\/\/.*$|^\s*\/?\*.*$/, '');
}

const FUNCTION =
  /^(\s*)(?:export )?(?:async )?(?:function\b|(?:static |get |set |async |\*)*#?\w+\()/;

/** Functions and methods by their indentation, which the formatter guarantees. */
function checkFunctions(path: string, lines: readonly string[]): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const [index, line] of lines.entries()) {
    const indent = FUNCTION.exec(line)?.[1];
    if (indent === undefined || /^\s*(if|for|while|switch|return|await|it|describe)\b/.test(line))
      continue;
    const opens = lines.findIndex(
      (one, at) => at >= index && one.endsWith('{') && isHead(lines, index, at, indent),
    );
    if (opens < 0) continue;
    const end = lines.findIndex((one, at) => at > opens && one.startsWith(`${indent}}`));
    const length = end - index + 1;
    if (end > 0 && length > MOST_FUNCTION_LINES) {
      const text = `${length} lines; the most is ${MOST_FUNCTION_LINES}: name its steps`;
      breaches.push({ path, line: index + 1, rule: 'function-length', text });
    }
  }
  return breaches;
}

/** True if the head of the function that begins at `from` ends at `at`. */
function isHead(lines: readonly string[], from: number, at: number, indent: string): boolean {
  if (at === from) return true;
  const between = lines.slice(from + 1, at);
  const isParameter = (line: string) => line.startsWith(`${indent}  `);
  return between.every(isParameter) && (lines[at]?.startsWith(`${indent})`) ?? false);
}
