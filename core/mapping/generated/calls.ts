import { nameOf, nodeOf, textOf } from '../language/cel-node.ts';
import {
  isActive,
  isActiveOn,
  isNotEnded,
  isOfSchoolAge,
  isRecent,
  wholeYears,
} from '../language/dates.ts';
import { isOurs } from '../language/ours.ts';
import { isOwn, NOT_PLAIN } from './source.ts';
import type { Names, Value, Writer } from './values.ts';

/** Functions of one value and today, and what they give. */
const JUDGED = new Map<string, readonly [(value: never, today: string) => unknown, Value['kind']]>([
  ['active', [isActive, 'bool']],
  ['notEnded', [isNotEnded, 'bool']],
  ['ofSchoolAge', [isOfSchoolAge, 'bool']],
  ['ours', [isOurs, 'bool']],
  ['age', [wholeYears, 'int']],
]);

/** Writes the call of a function: `active(item)`. */
export function writeCall(
  writer: Writer,
  name: string,
  args: readonly unknown[],
  names: Names,
): Value {
  const { source } = writer;
  if (name === 'has') return writeHas(writer, args[0], names);
  const values = args.map((one) => writer.write(one, names));
  const [first, second] = values;
  if (first === undefined) throw NOT_PLAIN;
  const call = (target: unknown, kind: Value['kind'], ...rest: readonly string[]): Value => {
    const code = `${source.constant(target)}(${[first.code, ...rest].join(', ')})`;
    return { code: source.variable(code), kind };
  };
  const judged = JUDGED.get(name);
  if (judged !== undefined) return call(...judged, 'today');
  if (name === 'recent' && second?.kind === 'int')
    return call(isRecent, 'bool', second.code, 'today');
  if (name === 'activeOn' && second !== undefined) {
    return call(isActiveOn, 'bool', writer.text(second));
  }
  if (name === 'size') return sizeOf(writer, first);
  if (name === 'text') return writeText(writer, first);
  if (name === 'int') return writeInt(writer, first);
  if (name === 'dyn') return first.kind === 'any' ? first : { ...first, kind: 'any' };
  if (name === 'first') return writeFirst(writer, first);
  if (name !== 'orElse' || second === undefined) throw NOT_PLAIN;
  return { code: source.variable(`${first.code} ?? ${second.code}`), kind: 'any' };
}

function writeFirst({ source }: Writer, { code }: Value): Value {
  const first = `Array.isArray(${code}) ? ${code}[0] ?? null : null`;
  return { code: source.variable(first), kind: 'any' };
}

function writeText(writer: Writer, value: Value): Value {
  writer.unlessScalar(value);
  return { code: writer.source.variable(`String(${value.code})`), kind: 'text' };
}

/** Of a text of a few digits. */
function writeInt(writer: Writer, value: Value): Value {
  const text = writer.text(value);
  writer.unless(`${writer.source.constant(DIGITS)}.test(${text})`);
  return { code: writer.source.variable(`Number(${text})`), kind: 'int' };
}

const DIGITS = /^[0-9]{1,15}$/;

/** Items of a list, letters of a text; what else has a size is counted by the interpreter. */
function sizeOf(writer: Writer, { code, kind }: Value): Value {
  if (kind !== 'any' && kind !== 'list' && kind !== 'text') throw NOT_PLAIN;
  const isText = `typeof ${code} === "string"`;
  if (kind === 'any') writer.unless(`${isText} || Array.isArray(${code})`);
  const letters = `${writer.source.constant(lettersIn)}(${code})`;
  const size = writer.source.variable(`${isText} ? ${letters} : ${code}.length`);
  return { code: size, kind: 'int' };
}

function lettersIn(text: string): number {
  return Array.from(text).length;
}

/** `has(a.b.c)`: whether the last is there; those before it must be. */
function writeHas(writer: Writer, selection: unknown, names: Names): Value {
  const { op, args } = nodeOf(selection);
  const [of, last] = Array.isArray(args) ? args : [];
  const name = String(last);
  if (op !== '.' || !isOwn(name)) throw NOT_PLAIN;
  const value = writer.write(of, names);
  if (value.kind !== 'any') throw NOT_PLAIN;
  const { code } = value;
  writer.unless(`${code} === null || (${writer.isObject(code)})`);
  const field = `${code}${writer.source.field(name)}`;
  return {
    code: writer.source.variable(`${code} !== null && ${field} !== undefined`),
    kind: 'bool',
  };
}

/** Writes the call of a method: `list.exists(item, ...)`, `text.contains(...)`. */
export function writeMethod(
  writer: Writer,
  name: string,
  receiver: unknown,
  args: readonly unknown[],
  names: Names,
): Value {
  const loop = LOOPS.get(name);
  const of = writer.write(receiver, names);
  if (loop !== undefined) return writeLoop(writer, loop, of, args, names);
  if (name === 'size') return sizeOf(writer, of);
  if (name === 'matches') return matches(writer, writer.text(of), args[0]);
  const values = args.map((one) => writer.write(one, names));
  const text = writer.text(of);
  const { source } = writer;
  const [first, second] = values;
  if (name === 'trim') return { code: source.variable(`${text}.trim()`), kind: 'text' };
  if (first === undefined) throw NOT_PLAIN;
  if (name === 'substring') return substring(writer, text, first, second);
  if (second !== undefined) throw NOT_PLAIN;
  const other = writer.text(first);
  switch (name) {
    case 'contains':
      return { code: source.variable(`${text}.includes(${other})`), kind: 'bool' };
    case 'startsWith':
    case 'endsWith':
      return { code: source.variable(`${text}.${name}(${other})`), kind: 'bool' };
    case 'split':
      return { code: source.variable(`${text}.split(${other})`), kind: 'list' };
    default:
      throw NOT_PLAIN;
  }
}

/** By a pattern that stands there: others are made at every evaluation. */
function matches({ source }: Writer, text: string, pattern: unknown): Value {
  const written = textOf(pattern);
  if (written === null) throw NOT_PLAIN;
  try {
    const expression = source.constant(new RegExp(written));
    return { code: source.variable(`${expression}.test(${text})`), kind: 'bool' };
  } catch {
    throw NOT_PLAIN;
  }
}

/** From one place to another, or to the end; places outside of the text are a fault. */
function substring(writer: Writer, text: string, from: Value, to: Value | undefined): Value {
  const start = writer.number(from);
  const end = to === undefined ? `${text}.length` : writer.number(to);
  if (from.kind !== 'int' || (to !== undefined && to.kind !== 'int')) throw NOT_PLAIN;
  writer.unless(`${start} >= 0 && ${start} <= ${end} && ${end} <= ${text}.length`);
  return { code: writer.source.variable(`${text}.substring(${start}, ${end})`), kind: 'text' };
}

interface Loop {
  readonly kind: Value['kind'];
  readonly begin: string;
  /** What is done with an item, by what was written of it. */
  readonly step: (writer: Writer, result: string, item: string, made: Value) => string;
}

const LOOPS: ReadonlyMap<string, Loop> = new Map<string, Loop>([
  [
    'exists',
    {
      kind: 'bool',
      begin: 'false',
      step: (writer, result, _item, made) =>
        `if (${writer.bool(made)}) { ${result} = true; break; }`,
    },
  ],
  [
    'all',
    {
      kind: 'bool',
      begin: 'true',
      step: (writer, result, _item, made) =>
        `if (!${writer.bool(made)}) { ${result} = false; break; }`,
    },
  ],
  [
    'filter',
    {
      kind: 'list',
      begin: '[]',
      step: (writer, result, item, made) => `if (${writer.bool(made)}) ${result}.push(${item});`,
    },
  ],
  [
    'map',
    {
      kind: 'list',
      begin: '[]',
      step: (_w, result, _item, made) => `${result}.push(${made.code});`,
    },
  ],
]);

function writeLoop(
  writer: Writer,
  { kind, begin, step }: Loop,
  of: Value,
  [bound, inner, ...more]: readonly unknown[],
  names: Names,
): Value {
  const { source } = writer;
  const name = nameOf(bound);
  if (name === null || more.length > 0) throw NOT_PLAIN;
  const list = source.variable(writer.list(of));
  const result = source.variable(begin);
  const [index, item] = [source.fresh(), source.fresh()];
  source.line(`for (let ${index} = 0; ${index} < ${list}.length; ${index}++) {`);
  source.line(`const ${item} = ${list}[${index}];`);
  const within = new Map([...names, [name, (): Value => ({ code: item, kind: 'any' })]]);
  const made = writer.write(inner, within);
  source.line(`${step(writer, result, item, made)} }`);
  return { code: result, kind };
}
