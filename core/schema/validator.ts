import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { nearestTo } from '../failure/lint.ts';
import { inEnglish, saying } from '../failure/saying.ts';
import { recalled } from '../message/memory.ts';
import type { JsonObject, Saying } from '../message/message.ts';
import { remembered } from '../message/remembered.ts';
import type { Invalidity } from './canonical.ts';
import { type CompileOptions, FORMATS, newAjv } from './new-ajv.ts';

/** A fault in the shape of a file that a person wrote. */
export interface ShapeFault {
  readonly path: readonly (string | number)[];
  readonly keyword: string;
  readonly text: string;
  readonly hint: string;
}

/** The same, with what `text` and `hint` are made of. */
export interface SaidFault extends ShapeFault {
  readonly what: string | Saying;
  readonly hintSaid: string | Saying;
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
      return { path: pathOf(error), keyword: error.keyword, ...words };
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
): { readonly value: JsonObject; readonly faults: readonly ShapeFault[] } {
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

/** The rule that is broken, in words that do not repeat what was found. */
function ruleOf({ keyword, params, message }: ErrorObject): string | Saying {
  switch (keyword) {
    case 'enum':
      return saying('mustBeOneOf', { values: list(params['allowedValues']) });
    case 'const':
      return saying('mustBe', { value: JSON.stringify(params['allowedValue']) });
    case 'required':
      return saying('isMissing', {});
    case 'additionalProperties':
      return saying('unknownKey', { key: String(params['additionalProperty']) });
    case 'unevaluatedProperties':
      return saying('unknownKey', { key: String(params['unevaluatedProperty']) });
    case 'pattern':
      return saying('mustMatch', { pattern: String(params['pattern']) });
    case 'format':
      return formatText(String(params['format']));
    case 'x-day':
      return saying(params['kind'] === 'born' ? 'mustBeBirth' : 'mustBeRealDay', {});
    case 'x-not-before':
      return saying('mustNotBeBefore', { field: String(params['first']) });
    case 'x-last-day':
      return saying('mustBeLastDay', {});
    case 'type':
      return typeof params['type'] === 'string'
        ? saying('mustBe', { value: params['type'] })
        : `must be ${[params['type']].flat().join(' or ')}`;
    case 'dependentRequired':
      return saying('needsBeside', { key: String(params['missingProperty']) });
    case 'uniqueItems':
      return saying('entryTwice', {
        first: 1 + Number(params['j']),
        second: 1 + Number(params['i']),
      });
    default:
      return boundOf(keyword, Number(params['limit'])) ?? message ?? 'is not valid';
  }
}

/** How little or how much there may be of something; null for a rule of another kind. */
function boundOf(keyword: string, bound: number): Saying | null {
  const [least, most] = [{ least: bound }, { most: bound }];
  switch (keyword) {
    case 'minimum':
      return saying('numberLeast', least);
    case 'maximum':
      return saying('numberMost', most);
    case 'minLength':
      return saying('lengthLeast', least);
    case 'maxLength':
      return saying('lengthMost', most);
    case 'minItems':
      return saying('entriesLeast', least);
    case 'maxItems':
      return saying('entriesMost', most);
    case 'minProperties':
      return saying('keysLeast', least);
    case 'maxProperties':
      return saying('keysMost', most);
    default:
      return null;
  }
}

function list(values: unknown): string {
  const all = Array.isArray(values) ? values.map((value) => JSON.stringify(value)) : [];
  return all.length <= 12 ? all.join(', ') : `${all.slice(0, 12).join(', ')} ...`;
}

function hintFor({ keyword, params, parentSchema, data }: ErrorObject): string | Saying {
  if (keyword === 'additionalProperties') {
    const known = Object.keys(parentSchema?.['properties'] ?? {});
    const near = nearestTo(String(params['additionalProperty']), known);
    return inEnglish(near) === '' ? allowed(known) : near;
  }
  const [example]: unknown[] =
    keyword === 'pattern' ? [parentSchema?.['examples'] ?? []].flat() : [];
  if (example !== undefined) return saying('forExample', { example: String(example) });
  if (keyword === 'enum' && typeof data === 'string') {
    const values: unknown = params['allowedValues'];
    return Array.isArray(values) ? nearestTo(data, values.map(String)) : '';
  }
  return '';
}

function allowed(names: readonly string[]): string | Saying {
  return names.length === 0 ? '' : saying('allowedAre', { names });
}

/** Of a choice between shapes, tells the faults of the shape that fits best, not of all. */
function simplify(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const choices = errors.filter((error) => error.keyword === 'oneOf' || error.keyword === 'anyOf');
  const isEcho = ({ keyword }: ErrorObject) => keyword === 'if' || keyword === 'propertyNames';
  let rest = errors.filter((error) => !choices.includes(error) && !isEcho(error));
  for (const choice of choices) {
    const prefix = `${choice.schemaPath}/`;
    const branches = new Map<string, ErrorObject[]>();
    for (const error of rest) {
      if (!error.schemaPath.startsWith(prefix)) continue;
      const branch = error.schemaPath.slice(prefix.length).split('/')[0] ?? '';
      branches.set(branch, [...(branches.get(branch) ?? []), error]);
    }
    const best = [...branches.values()].sort((a, b) => weight(a) - weight(b))[0];
    if (best === undefined) rest.push(choice);
    else
      rest = rest.filter((error) => !error.schemaPath.startsWith(prefix) || best.includes(error));
  }
  return rest;
}

/**
 * A branch whose type or distinguishing key is wrong is further off than one with a small fault.
 */
function weight(errors: readonly ErrorObject[]): number {
  const heavy = errors.filter(
    ({ keyword, data }) =>
      ['type', 'required'].includes(keyword) || (keyword === 'enum' && typeof data === 'object'),
  );
  return errors.length + heavy.length * 3;
}

/** In words: what a text must be to have the format. */
function formatText(format: string): string | Saying {
  if (format === 'date') return saying('mustBeDay', {});
  return FORMATS[format]?.text ?? `must be a ${format}`;
}
