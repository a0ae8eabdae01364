import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { inEnglish } from '../failure/saying.ts';
import { recalled } from '../message/memory.ts';
import type { JsonObject, Saying } from '../message/message.ts';
import { remembered } from '../message/remembered.ts';
import type { Invalidity } from './canonical.ts';
import { type CompileOptions, newAjv } from './new-ajv.ts';
import { hintFor, ruleOf } from './rule-words.ts';

/** A fault in the shape of a file that a person wrote. */
export interface ShapeFault {
  readonly path: readonly (string | number)[];
  readonly keyword: string;
  readonly text: string;
  readonly hint: string;
}

/** The same, with what `text` and `hint` are made of. */
export interface SaidFault extends ShapeFault {
  readonly what: Saying;
  readonly hintSaid: Saying;
  /** The fault is the key's at the path, not its value's. */
  readonly isOfKey: boolean;
}

/**
 * Compiles a schema to a check that tells the first fault: field and rule, never the value. It is
 * compiled when something is checked first: whoever only looks need not wait for it. `today`
 * (`YYYY-MM-DD`) is for the schemas that know births (`x-day`).
 */
export function compileSchema(
  schema: JsonObject,
): (value: unknown, today?: string) => Invalidity | null {
  let compiled: ValidateFunction | null = null;
  return (value, today = '') => {
    compiled ??= compile(schema, { allErrors: false });
    const validate = compiled;
    if (validate.call({ today }, value)) return null;
    const error = validate.errors?.[0];
    if (error === undefined) return { field: '', what: 'is not valid' };
    return { field: dotted(pathOf(error)), what: ruleOf(error) };
  };
}

/** The same with a check that tells all faults at once, with the nearest right word. */
export function compileSchemaAll(schema: JsonObject): (value: unknown) => readonly SaidFault[] {
  let compiled: ValidateFunction | null = null;
  const faultsOf = (value: unknown) => {
    // Verbose: the hints need the schema around a fault.
    compiled ??= compile(schema, { allErrors: true, verbose: true });
    const validate = compiled;
    if (validate(value)) return [];
    return simplify(validate.errors ?? []).map((error): SaidFault => {
      const [what, hintSaid] = [ruleOf(error), hintFor(error)];
      const words = { text: inEnglish(what), hint: inEnglish(hintSaid), what, hintSaid };
      return {
        ...{ path: pathOf(error), keyword: error.keyword, ...words },
        isOfKey: OF_KEYS.has(error.keyword) || error.propertyName !== undefined,
      };
    });
  };
  return (value) => recalled('shape', [schema, value], () => faultsOf(value)) ?? [];
}

/** The value with the schema's defaults filled in; the value given is not changed. */
export function applyDefaults(schema: JsonObject, value: JsonObject): JsonObject {
  const fill = () => {
    const filled = structuredClone(value);
    compile(schema, { allErrors: true, useDefaults: true })(filled);
    return filled;
  };
  return recalled('defaults', [schema, value], fill) ?? fill();
}

/**
 * Values that came as text, such as those of the environment, as the types that the schema wants;
 * with what is wrong then. The value given is not changed.
 */
export function coerced(
  schema: JsonObject,
  value: JsonObject,
): { readonly value: JsonObject; readonly faults: readonly SaidFault[] } {
  const filled = structuredClone(value);
  compile(schema, { allErrors: true, coerceTypes: true })(filled);
  return { value: filled, faults: compileSchemaAll(schema)(filled) };
}

/** Checks that were compiled before, by options and text: much of what opening a hub costs. */
const compiled = remembered<ValidateFunction>(500);
let checker: Ajv2020 | null = null;

/** Why something is no schema that could be compiled, in the words of the library; or null. */
export function schemaFault(schema: JsonObject): string | null {
  let fault: string | null = null;
  recalled('schema', [schema], () => {
    try {
      checker ??= newAjv({ allErrors: false });
      checker.validateSchema(schema, true);
      compile(schema, { allErrors: false });
      return 'sound';
    } catch (error) {
      fault = error instanceof Error ? error.message : String(error);
      return null;
    }
  });
  return fault;
}

function compile(schema: JsonObject, options: CompileOptions): ValidateFunction {
  const key = JSON.stringify([options, schema]);
  return compiled(key, () => newAjv(options).compile({ ...schema }));
}

/** Rules whose fault lies in a key that is there, and not in its value. */
const OF_KEYS: ReadonlySet<string> = new Set(['additionalProperties', 'unevaluatedProperties']);

function pathOf(error: ErrorObject): readonly (string | number)[] {
  const { instancePath, keyword, params, propertyName } = error;
  const steps = instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  const { additionalProperty, unevaluatedProperty, missingProperty } = params;
  if (keyword === 'additionalProperties') return [...steps, String(additionalProperty)];
  if (keyword === 'unevaluatedProperties') return [...steps, String(unevaluatedProperty)];
  if (keyword === 'required') return [...steps, String(missingProperty)];
  if (keyword === 'dependentRequired') return [...steps, String(params['property'])];
  // A rule about names: it is said of the one that breaks it.
  return propertyName === undefined ? steps : [...steps, propertyName];
}

function dotted(path: readonly (string | number)[]): string {
  return path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`,
    )
    .join('');
}

/** Of a choice between shapes, tells the faults of the shape that fits best, not of all. */
function simplify(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const choices = errors.filter((error) => error.keyword === 'oneOf' || error.keyword === 'anyOf');
  // Of a key's name, the rule that it breaks is told by itself.
  const summaries: ReadonlySet<string> = new Set(['oneOf', 'anyOf', 'if', 'propertyNames']);
  let rest = errors.filter(({ keyword }) => !summaries.has(keyword));
  for (const choice of choices) {
    const prefix = `${choice.schemaPath}/`;
    // Another value may have been held against the same choice, and fit another of its shapes.
    const isOf = ({ schemaPath, instancePath }: ErrorObject) =>
      schemaPath.startsWith(prefix) && `${instancePath}/`.startsWith(`${choice.instancePath}/`);
    const branches = new Map<string, ErrorObject[]>();
    for (const error of rest.filter(isOf)) {
      const branch = error.schemaPath.slice(prefix.length).split('/')[0] ?? '';
      branches.set(branch, [...(branches.get(branch) ?? []), error]);
    }
    const telling = tellingKeys(choice).map((key) => `${choice.instancePath}/${key}`);
    const best = [...branches.values()].sort((a, b) => weight(a, telling) - weight(b, telling))[0];
    if (best === undefined) rest.push(choice);
    else {
      const told = ofNoShape([...branches.values()], telling, choice) ?? best;
      rest = [...rest.filter((error) => !isOf(error)), ...told];
    }
  }
  return rest;
}

/** Where no shape of a choice has the word that would tell it: the words that there are. */
function ofNoShape(
  branches: readonly (readonly ErrorObject[])[],
  telling: readonly string[],
  { schema }: ErrorObject,
): readonly ErrorObject[] | null {
  const shapes: readonly unknown[] = Array.isArray(schema) ? schema : [];
  const [amiss, ...others] = branches.map((branch) =>
    branch.find(({ instancePath }) => telling.includes(instancePath)),
  );
  const isOfAll = branches.length === shapes.length && !others.includes(undefined);
  if (amiss === undefined || !isOfAll || typeof amiss.data !== 'string') return null;
  const words = branches.flatMap((branch) =>
    branch.flatMap(({ instancePath, params }) => {
      if (instancePath !== amiss.instancePath) return [];
      return [params['allowedValues'] ?? params['allowedValue']].flat();
    }),
  );
  return [{ ...amiss, keyword: 'enum', params: { allowedValues: [...new Set(words)] } }];
}

/** Keys by whose words all shapes of a choice are told apart, as a layout's by its `format`. */
function tellingKeys({ schema }: ErrorObject): readonly string[] {
  const shapes: readonly unknown[] = Array.isArray(schema) ? schema : [];
  const worded = shapes.map((shape) => {
    const properties = isObjectLike(shape) && 'properties' in shape ? shape.properties : null;
    return Object.entries(properties ?? {}).flatMap(([key, own]) =>
      isObjectLike(own) && ('const' in own || 'enum' in own) ? [key] : [],
    );
  });
  const [first = [], ...others] = worded;
  return first.filter((key) => others.every((keys) => keys.includes(key)));
}

function isObjectLike(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/**
 * A branch whose type or telling key is wrong is further off than one with a small fault.
 */
function weight(errors: readonly ErrorObject[], telling: readonly string[]): number {
  const heavy = errors.filter(({ keyword }) => ['type', 'required'].includes(keyword));
  // Keys with values are never meant as one of some words.
  const other = errors.filter(({ keyword, data, instancePath }) => {
    return (keyword === 'enum' && typeof data === 'object') || telling.includes(instancePath);
  });
  return errors.length + heavy.length * 3 + other.length * 9;
}
