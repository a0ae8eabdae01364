import { encodeText, isEncoding } from '../../codec/encodings.ts';
import { saying } from '../../failure/saying.ts';
import { compileDateFormat } from '../../message/date-format.ts';
import { isOpenEnd, SINCE_EVER } from '../../message/dates.ts';
import { isObject } from '../../message/digest.ts';
import type { Json, Saying } from '../../message/message.ts';
import { remembered } from '../../message/remembered.ts';
import { compilePattern } from '../../schema/safe-pattern.ts';
import type { YamlPath } from '../../schema/yaml-file.ts';
import { Parked, type RulePlace } from '../language/parked.ts';
import { typesOf } from '../language/schema-walk.ts';
import { parseTable, sayNoRow, type Table } from '../language/table.ts';
import type { Policy, WrittenRule } from '../language/written.ts';
import type { Compilation, RuleTarget } from './compilation.ts';
import type { Modifier, Modify, Quick } from './evaluation.ts';

/** What the target's schema says of a field. */
export type FieldSchema = Readonly<Record<string, Json>>;

/** The modifiers of a rule, in the order of docs/mapping-language.md. */
export function compileModifiers(
  compilation: Compilation,
  at: YamlPath,
  rule: WrittenRule,
  place: RulePlace,
  source: FieldSchema,
  { schema: target, required: isRequired }: RuleTarget,
): readonly Modifier[] {
  const modifiers: Modifier[] = [];
  const add = (modify: Modify, quick: Quick | null = null) => modifiers.push({ modify, quick });
  // As it is written, and as a date: a register's form for "0" or 31.12.9999 is its own.
  const isLastDay = source['x-last-day'] === true || target['x-last-day'] === true;
  if (isLastDay) add(withoutOpenEnd);
  if (rule.lower === true)
    add(
      onText((text) => text.toLowerCase()),
      { kind: 'lower' },
    );
  if (rule.upper === true)
    add(
      onText((text) => text.toUpperCase()),
      { kind: 'upper' },
    );
  if (rule.date !== undefined) add(dateModifier(compilation, at, rule.date, place));
  if (isLastDay) add(withoutOpenEnd);
  const isFirstDay = source['x-day'] === 'first' || target['x-day'] === 'first';
  if (isFirstDay && !isRequired) add(withoutOpenBegin);
  if (rule.number === true) add(onText((text) => numberOf(text, place)));
  if (rule.boolean !== undefined) add(booleanModifier(rule.boolean, place));
  if (rule.split !== undefined) add(splitModifier(rule.split));
  if (rule.table !== undefined) {
    modifiers.push(tableModifier(compilation, at, rule, place, source, target));
  }
  if (rule.template !== undefined) add(templateModifier(rule.template));
  if (rule.pattern !== undefined) {
    modifiers.push(patternModifier(compilation, [...at, 'pattern'], rule.pattern, place));
  }
  const length = lengthModifier(compilation, at, rule, place, target);
  if (length !== null) modifiers.push(length);
  const writing = writingModifier(place, target);
  if (writing !== null) add(writing);
  return modifiers;
}

/** A last day that stands for none is left out: nothing is to count with it. */
function withoutOpenEnd(value: Json): Json | undefined {
  const isOpen = typeof value === 'string' ? isOpenEnd(value) : value === 0;
  return isOpen ? undefined : value;
}

/** So is a first day since ever; where there must be one it stays, and comes before all others. */
function withoutOpenBegin(value: Json): Json | undefined {
  return value === SINCE_EVER ? undefined : value;
}

/** Applies to text, and to each text of a list. */
function onText(change: (text: string) => Json | undefined): Modify {
  return (value) => {
    if (typeof value === 'string') return change(value);
    if (!Array.isArray(value)) return value;
    return value.flatMap((item: Json) => {
      const changed = typeof item === 'string' ? change(item) : item;
      return changed === undefined ? [] : [changed];
    });
  };
}

function dateModifier(
  compilation: Compilation,
  at: YamlPath,
  format: string,
  place: RulePlace,
): Modify {
  const parse = compileDateFormat(format);
  if (parse === null) {
    const hint = saying('forExample', { example: 'M/d/yyyy' });
    compilation.lint([...at, 'date'], 'MAPPING_PATTERN', saying('noDateFormat', { format }), hint);
    return (value) => value;
  }
  // A city has few days, and every record names some.
  const known = remembered<string | null>(MOST_DATES);
  return onText((text) => {
    const date = known(text, () => parse(text));
    if (date !== null) return date;
    throw new Parked('VALUE_NOT_ALLOWED', saying('noDateOf', { format }), place);
  });
}

const MOST_DATES = 10_000;

function numberOf(text: string, place: RulePlace): number {
  const number = /^-?\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (Number.isFinite(number)) return number;
  throw new Parked('VALUE_NOT_ALLOWED', saying('noNumber', {}), place);
}

function booleanModifier(words: NonNullable<WrittenRule['boolean']>, place: RulePlace): Modify {
  return onText((text) => {
    if (words.true.includes(text)) return true;
    if (words.false.includes(text)) return false;
    const values = [...words.true, ...words.false].join(', ');
    throw new Parked('VALUE_NOT_ALLOWED', saying('mustBeOneOf', { values }), place);
  });
}

function splitModifier(separator: string): Modify {
  return (value) => {
    if (typeof value !== 'string') return value;
    const items = value.split(separator).map((item) => item.trim());
    return items.filter((item) => item !== '');
  };
}

function tableModifier(
  compilation: Compilation,
  at: YamlPath,
  rule: WrittenRule,
  place: RulePlace,
  source: FieldSchema,
  target: FieldSchema,
): Modifier {
  const { name, table } = readTable(compilation, at, rule);
  const isCoded = hasCodes(source) || hasCodes(target);
  const told = (code: string) => (isCoded && looksLikeCode(code, table) ? code : null);
  lintNeverMatching(compilation, at, table, source);
  const change = (code: string): Json | undefined => {
    const found = table.get(code);
    if (found !== undefined) return found;
    const { unmapped = 'park' } = rule;
    if (unmapped !== 'park') return toldBy(unmapped);
    throw new Parked('CODE_UNMAPPED', sayNoRow(told(code), name, table), place);
  };
  const changeText = onText(change);
  const modify: Modify = (value) => {
    if (typeof value === 'number' || typeof value === 'boolean') return change(String(value));
    const changed = changeText(value);
    // Codes of which the other side makes one are one in a list, too.
    return Array.isArray(changed) ? [...new Set(changed)] : changed;
  };
  return { modify, quick: { kind: 'table', table } };
}

/** A field of which a schema says which values there are: what stands in it is no name. */
function hasCodes({ enum: values, items }: FieldSchema): boolean {
  return values !== undefined || (isObject(items) && items['enum'] !== undefined);
}

/**
 * Another column's value may stand where a code should, and be a name, a number or an address. What
 * is told is a word of capitals no longer than the table's own codes, or one with a digit.
 */
function looksLikeCode(code: string, table: Table): boolean {
  if (!/^[A-Z0-9][A-Z0-9._-]*$/.test(code) || /\d{6}/.test(code)) return false;
  const longest = Math.max(...[...table.keys()].map((one) => one.length));
  return code.length <= (/\d/.test(code) ? 12 : longest);
}

function readTable(
  compilation: Compilation,
  at: YamlPath,
  { table: written }: WrittenRule,
): { name: string | Saying; table: Table } {
  if (typeof written !== 'string') {
    return { name: saying('theTable', {}), table: new Map(Object.entries(written ?? {})) };
  }
  const text = compilation.world.readTable(written);
  if (text === null) {
    const said = saying('noTableFile', { table: written });
    compilation.lint([...at, 'table'], 'MAPPING_TABLE_MISSING', said);
    return { name: written, table: new Map() };
  }
  compilation.tables.push(text);
  const { table, faults } = parseTable(text);
  for (const fault of faults) {
    const said = saying('atLine', { file: written, ...fault });
    compilation.lint([...at, 'table'], 'MAPPING_TABLE', said);
  }
  return { name: written, table };
}

function lintNeverMatching(
  compilation: Compilation,
  at: YamlPath,
  table: Table,
  source: FieldSchema,
): void {
  const known = source['enum'];
  if (!Array.isArray(known)) return;
  for (const code of table.keys()) {
    if (known.includes(code)) continue;
    const said = saying('neverHeld', { code, codes: known.slice(0, 8).join(', ') });
    compilation.lint([...at, 'table'], 'MAPPING_TABLE_CODE', said);
  }
}

function templateModifier(template: string): Modify {
  const [before = '', after = ''] = template.split('{}');
  const fill = (value: string | number) => `${before}${value}${after}`;
  const modify = onText(fill);
  return (value) => (typeof value === 'number' ? fill(value) : modify(value));
}

function patternModifier(
  compilation: Compilation,
  at: YamlPath,
  pattern: string,
  place: RulePlace,
): Modifier {
  const expression = compilePattern(pattern);
  if (expression === null) {
    compilation.lint(at, 'MAPPING_PATTERN', saying('noPattern', {}));
    return { modify: (value) => value, quick: null };
  }
  const modify = onText((text) => {
    if (expression.test(text)) return text;
    throw new Parked('VALUE_NOT_ALLOWED', saying('mustMatch', { pattern }), place);
  });
  return { modify, quick: { kind: 'pattern', pattern: expression } };
}

function lengthModifier(
  compilation: Compilation,
  at: YamlPath,
  { maxLength, longer = 'park' }: WrittenRule,
  place: RulePlace,
  target: FieldSchema,
): Modifier | null {
  const limit = limitOf(target);
  if (maxLength !== undefined && limit !== null && maxLength > limit) {
    const said = saying('takesAtMost', { most: limit });
    compilation.lint([...at, 'maxLength'], 'MAPPING_LENGTH', said);
  }
  const most = maxLength ?? limit;
  if (most === null) return null;
  const modify = onText((text) => {
    if (text.length <= most) return text;
    const characters = [...text];
    if (characters.length <= most) return text;
    if (longer === 'cut') return characters.slice(0, most).join('').trimEnd();
    if (longer === 'omit') return undefined;
    const found = saying('tooLong', { count: characters.length, most });
    throw new Parked('VALUE_TOO_LONG', found, place);
  });
  return { modify, quick: { kind: 'within', most } };
}

function limitOf(target: FieldSchema): number | null {
  const own = target['maxLength'];
  if (typeof own === 'number') return own;
  const items = target['items'];
  return typesOf(target).includes('array') && isObject(items) ? limitOf(items) : null;
}

/** A text that the target's file could not hold, or would give back otherwise, is parked. */
function writingModifier(place: RulePlace, target: FieldSchema): Modify | null {
  const encoding = target['x-encoding'];
  const pattern = target['x-writable'];
  if (encoding === undefined && pattern === undefined) return null;
  const fits = new RegExp(typeof pattern === 'string' ? pattern : '', 'u');
  return onText((text) => {
    if (!fits.test(text)) {
      const found = saying('mustMatch', { pattern: String(pattern) });
      throw new Parked('VALUE_NOT_ALLOWED', found, place);
    }
    if (isEncoding(encoding) && encodeText(text, encoding) === null) {
      const found = saying('noSuchLetter', { encoding });
      throw new Parked('VALUE_NOT_ALLOWED', found, place);
    }
    return text;
  });
}

/** What a policy gives other than parking. */
export function toldBy(policy: Exclude<Policy, 'park'>): Json | undefined {
  return policy === 'omit' ? undefined : policy.use;
}
