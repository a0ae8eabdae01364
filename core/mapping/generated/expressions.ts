import { type CelNode, nodeOf } from '../language/cel-node.ts';
import { mayChangeTomorrow } from '../language/dates.ts';
import type { Evaluation, ExpressionRecipe } from '../rules/evaluation.ts';
import { writeCall, writeMethod } from './calls.ts';
import { NOT_PLAIN, type Source } from './source.ts';
import { type Names, type Value, Writer } from './values.ts';

/**
 * Writes an expression of CEL; gives the variable of its value. What is not as expressions usually
 * find it - a value of another type, a field that is missing - the interpreter evaluates instead:
 * the faults of the language and their texts exist once.
 */
export function writeExpression(
  source: Source,
  { evaluate, recipe }: Evaluation<ExpressionRecipe>,
): string {
  const result = source.variable('undefined');
  const [whole, plain] = [source.fresh(), source.fresh()];
  source.line(`${whole}: {`);
  if (recipe.asksForToday) source.line(`${source.constant(mayChangeTomorrow)}(today);`);
  source.attempt(() => {
    source.line(`${plain}: {`);
    const writer = new Writer(source, plain, writeNode);
    const value = writer.write(recipe.ast, namesOf(source, recipe));
    source.line(`${result} = ${value.code}; break ${whole}; }`);
  });
  source.line(`${result} = ${source.anew(evaluate)}; }`);
  return result;
}

/** What each name of an expression is: `it` and `today`, fields of the root, names of the file. */
function namesOf(source: Source, { absent, slots }: ExpressionRecipe): Names {
  const names = new Map<string, () => Value>();
  names.set('it', () => ({ code: 'root', kind: 'any' }));
  names.set('today', () => ({ code: 'today', kind: 'text' }));
  for (const [name, whenAbsent] of absent) {
    const slot = slots.get(name);
    const from = slot === undefined ? `root${source.field(name)}` : source.local(slot);
    const otherwise = whenAbsent === null ? 'null' : source.constant(whenAbsent);
    names.set(name, () => ({ code: source.variable(`${from} ?? ${otherwise}`), kind: 'any' }));
  }
  return names;
}

function writeNode(writer: Writer, { op, args }: CelNode, names: Names): Value {
  const [first, second, third] = Array.isArray(args) ? args : [args];
  const operands = () => [writer.write(first, names), writer.write(second, names)] as const;
  switch (op) {
    case 'value':
      return literal(writer, args);
    case 'id':
      return (names.get(String(args)) ?? notPlain)();
    case '.':
      return writer.field(writer.write(first, names), String(second));
    case '[]':
      return item(writer, writer.write(first, names), writer.write(second, names));
    case '&&':
    case '||':
      return either(writer, op, first, second, names);
    case '!_':
      return { code: `!${writer.bool(writer.write(args, names))}`, kind: 'bool' };
    case '?:':
      return choice(writer, first, second, third, names);
    case '==':
      return equal(writer, ...operands(), '===');
    case '!=':
      return equal(writer, ...operands(), '!==');
    case '+':
      return joined(writer, ...operands());
    case '-':
      return counted(writer, ...operands(), '-');
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compared(writer, ...operands(), op);
    case 'in':
      return among(writer, first, second, names);
    case 'list':
      return list(writer, listOf(args), names);
    case 'call':
      return writeCall(writer, String(first), listOf(second), names);
    case 'rcall':
      return writeMethod(writer, String(first), second, listOf(third), names);
    default:
      return notPlain();
  }
}

function notPlain(): never {
  throw NOT_PLAIN;
}

function listOf(args: unknown): readonly unknown[] {
  return Array.isArray(args) ? args : [];
}

function literal({ source }: Writer, value: unknown): Value {
  if (typeof value === 'string') return { code: source.constant(value), kind: 'text' };
  if (typeof value === 'boolean') return { code: String(value), kind: 'bool' };
  if (value === null) return { code: 'null', kind: 'null' };
  if (typeof value !== 'bigint' || !Number.isSafeInteger(Number(value))) return notPlain();
  return { code: `${Number(value)}`, kind: 'int' };
}

function list(writer: Writer, items: readonly unknown[], names: Names): Value {
  const codes = items.map((one) => writer.write(one, names).code);
  return { code: writer.source.variable(`[${codes.join(', ')}]`), kind: 'list' };
}

function item(writer: Writer, of: Value, index: Value): Value {
  if (index.kind !== 'int' || !/^\d+$/.test(index.code)) return notPlain();
  const list = writer.list(of);
  writer.unless(`${index.code} < ${list}.length`);
  return { code: writer.source.variable(`${list}[${index.code}]`), kind: 'any' };
}

/** The second is looked at only where the first does not decide. */
function either(
  writer: Writer,
  op: '&&' | '||',
  left: unknown,
  right: unknown,
  names: Names,
): Value {
  const { source } = writer;
  const result = source.variable(writer.bool(writer.write(left, names)));
  source.line(`if (${op === '&&' ? '' : '!'}${result}) {`);
  const other = writer.bool(writer.write(right, names));
  source.line(`${result} = ${other}; }`);
  return { code: result, kind: 'bool' };
}

function choice(
  writer: Writer,
  condition: unknown,
  left: unknown,
  right: unknown,
  names: Names,
): Value {
  const { source } = writer;
  const isLeft = writer.bool(writer.write(condition, names));
  const result = source.variable('null');
  source.line(`if (${isLeft}) {`);
  const one = writer.write(left, names);
  source.line(`${result} = ${one.code}; } else {`);
  const other = writer.write(right, names);
  source.line(`${result} = ${other.code}; }`);
  return { code: result, kind: one.kind === other.kind ? one.kind : 'any' };
}

/** Only what needs no look inside: values that are no objects, null, and an object with itself. */
function equal(writer: Writer, left: Value, right: Value, sign: '===' | '!=='): Value {
  const [a, b] = [left.code, right.code];
  if (isScalar(left) || isScalar(right)) {
    writer.unlessScalar(left);
    writer.unlessScalar(right);
  } else if (left.kind !== 'null' && right.kind !== 'null') {
    writer.unless(`(${scalar(a)} && ${scalar(b)}) || ${a} === ${b}`);
  }
  return { code: `(${a} ${sign} ${b})`, kind: 'bool' };
}

function isScalar({ kind }: Value): boolean {
  return kind === 'text' || kind === 'int' || kind === 'bool';
}

function scalar(code: string): string {
  return `(typeof ${code} !== "object" || ${code} === null)`;
}

function joined(writer: Writer, left: Value, right: Value): Value {
  if (left.kind === 'int' && right.kind === 'int') return counted(writer, left, right, '+');
  const [one, other] = [writer.text(left), writer.text(right)];
  return { code: writer.source.variable(`${one} + ${other}`), kind: 'text' };
}

/** Whole numbers that a number holds exactly. */
function counted(writer: Writer, left: Value, right: Value, sign: '+' | '-'): Value {
  if (left.kind !== 'int' || right.kind !== 'int') return notPlain();
  const code = writer.source.variable(`${left.code} ${sign} ${right.code}`);
  writer.unless(`Number.isSafeInteger(${code})`);
  return { code, kind: 'int' };
}

function compared(writer: Writer, left: Value, right: Value, sign: string): Value {
  const areNumbers = left.kind === 'int' || right.kind === 'int';
  const [one, other] = areNumbers
    ? [writer.number(left), writer.number(right)]
    : [writer.text(left), writer.text(right)];
  return { code: `(${one} ${sign} ${other})`, kind: 'bool' };
}

/** Of a list of words that stands there. */
function among(writer: Writer, left: unknown, right: unknown, names: Names): Value {
  const { op, args } = nodeOf(right);
  if (op !== 'list' || !Array.isArray(args) || args.length === 0) return notPlain();
  const value = writer.write(left, names);
  writer.unlessScalar(value);
  const code = value.kind === 'any' ? value.code : writer.source.variable(value.code);
  const words = args.map((one) => writer.write(one, names));
  if (!words.every(({ kind }) => kind === 'text')) return notPlain();
  return {
    code: `(${words.map((word) => `${code} === ${word.code}`).join(' || ')})`,
    kind: 'bool',
  };
}
