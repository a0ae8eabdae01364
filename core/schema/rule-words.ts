import type { ErrorObject } from 'ajv/dist/2020.js';
import { nearestTo } from '../failure/lint.ts';
import { saying } from '../failure/saying.ts';
import type { Saying } from '../message/message.ts';
import { FORMATS, lastStepOf } from './new-ajv.ts';

/** The rule of a schema that is broken, in our words; they never repeat what was found. */
export function ruleOf({ keyword, params, parentSchema, data }: ErrorObject): Saying {
  const bound = BOUNDS[keyword];
  if (bound !== undefined) return bound(Number(params['limit']));
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
    case 'dependentRequired':
      return saying('needsBeside', { key: String(params['missingProperty']) });
    case 'pattern':
      return formOf(parentSchema?.['x-form'], String(params['pattern']));
    case 'format':
      return formatText(String(params['format']), data);
    case 'uniqueItems':
      return saying('entryTwice', {
        first: 1 + Number(params['j']),
        second: 1 + Number(params['i']),
      });
    case 'x-day':
      return saying(params['kind'] === 'born' ? 'mustBeBirth' : 'mustBeRealDay', {});
    case 'x-not-before':
      return saying('mustNotBeBefore', { field: String(params['first']) });
    case 'x-base-of':
      return saying('addressOfList', { list: lastStepOf(String(params['address'])) });
    case 'contains':
      return mustContain(parentSchema?.['contains']);
    case 'x-last-day':
      return saying('mustBeLastDay', {});
    case 'type':
      return (
        FORMS[String(parentSchema?.['x-form'])] ?? typeText([params['type']].flat().map(String))
      );
    default:
      return saying('fitsNoForm', {});
  }
}

/** How little or how much there may be of something. */
const BOUNDS: Readonly<Record<string, (bound: number) => Saying>> = {
  minimum: (least) => saying('numberLeast', { least }),
  exclusiveMinimum: (least) => saying('numberAbove', { least }),
  maximum: (most) => saying('numberMost', { most }),
  minLength: (least) => saying('lengthLeast', { least }),
  maxLength: (most) => saying('lengthMost', { most }),
  minItems: (least) => saying('entriesLeast', { least }),
  maxItems: (most) => saying('entriesMost', { most }),
  minProperties: (least) => saying('keysLeast', { least }),
  maxProperties: (most) => saying('keysMost', { most }),
};

/** What the types of a schema are called; where there are several, each is told. */
function typeText(types: readonly string[]): Saying {
  const values = types.map(typeWord);
  const [only] = values;
  return values.length === 1 && only !== undefined
    ? saying('mustBe', { value: only })
    : saying('mustBeEither', { values });
}

/** What a type of JSON Schema is called, `a text`, `a list` ...; another name stands for itself. */
export function typeWord(type: string): Saying | string {
  return TYPES[type] ?? type;
}

const TYPES: Readonly<Record<string, Saying>> = {
  string: saying('typeString', {}),
  integer: saying('typeInteger', {}),
  number: saying('typeNumber', {}),
  boolean: saying('typeBoolean', {}),
  array: saying('typeArray', {}),
  object: saying('typeObject', {}),
};

/** How a fault in the shape of a file is mended; needs an error that is told with its data. */
export function hintFor(error: ErrorObject): Saying {
  const { keyword, params, parentSchema, data } = error;
  if (keyword === 'additionalProperties') {
    const known = Object.keys(parentSchema?.['properties'] ?? {});
    const near = nearestTo(String(params['additionalProperty']), known);
    return near.name === 'nothing' ? allowed(known) : near;
  }
  const [example]: unknown[] = [parentSchema?.['examples'] ?? []].flat();
  if (example !== undefined && EXEMPLARY.has(keyword)) {
    return saying('forExample', { example: String(example) });
  }
  if (keyword === 'type') return otherType([params['type']].flat().map(String), data);
  if (keyword === 'enum' && typeof data === 'string') {
    const values: unknown = params['allowedValues'];
    return Array.isArray(values) ? nearestTo(data, values.map(String)) : NO_HINT;
  }
  return NO_HINT;
}

const NO_HINT = saying('nothing', {});

/** Rules that an example says more about than their words. */
const EXEMPLARY: ReadonlySet<string> = new Set(['type', 'pattern', 'minimum', 'maximum']);

/** What stands there instead of the type, and how it becomes one, where that is plain. */
function otherType(types: readonly string[], data: unknown): Saying {
  if (data === null) return saying('foundNothing', {});
  const isPlain = typeof data === 'number' || typeof data === 'boolean';
  if (isPlain && types.includes('string')) {
    return saying(typeof data === 'number' ? 'foundNumber' : 'foundTruth', {});
  }
  if (typeof data !== 'string') return saying('foundThe', { what: kindOf(data) });
  if (types.includes('boolean') && /^(yes|no|on|off|true|false|ja|nej)$/i.test(data)) {
    return saying('foundYes', {});
  }
  const isNumeric = types.includes('integer') || types.includes('number');
  if (isNumeric && /^\d+$/.test(data)) return saying('foundQuoted', {});
  return saying(types.includes('array') ? 'foundOne' : 'foundText', {});
}

function kindOf(data: unknown): Saying {
  const kind = Array.isArray(data) ? 'array' : typeof data;
  return TYPES[kind] ?? saying('typeObject', {});
}

function list(values: unknown): string {
  const all = Array.isArray(values) ? values.map((value) => JSON.stringify(value)) : [];
  return all.length <= 12 ? all.join(', ') : `${all.slice(0, 12).join(', ')} ...`;
}

function allowed(names: readonly string[]): Saying {
  return names.length === 0 ? NO_HINT : saying('allowedAre', { names });
}

/** In words: what a text must be to have the format. */
function formatText(format: string, data: unknown): Saying {
  if (format === 'date') return saying('mustBeDay', {});
  if (format === 'email') return saying('mustBeEmail', {});
  return FORMATS[format]?.(String(data ?? '')) ?? saying('mustHaveForm', { format });
}

/** Patterns that have words of their own, by the `x-form` beside them in a schema. */
const FORMS: Readonly<Record<string, Saying>> = {
  share: saying('formShare', {}),
  delay: saying('formDuration', { units: ['ms', 's', 'min', 'h', 'd'] }),
  pause: saying('formDuration', { units: ['s', 'min', 'h'] }),
  age: saying('formDuration', { units: ['min', 'h', 'd'] }),
  days: saying('formDuration', { units: ['d'] }),
  day: saying('mustBeDay', {}),
  time: saying('formTime', {}),
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: shown as it is written.
  reference: saying('formReference', { env: '${env:NAME}', file: '${file:PATH}' }),
  store: saying('formService', { schemes: ['mongodb:', 'mongodb+srv:'], env: '${env:NAME}' }),
  broker: saying('formService', { schemes: ['amqp:', 'amqps:'], env: '${env:NAME}' }),
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: shown as it is written.
  name: saying('formName', {}),
  address: saying('mustBeAddress', {}),
  origin: saying('formOrigin', {}),
  word: saying('formWord', {}),
  table: saying('formTable', {}),
  place: saying('formPlace', { place: '{}' }),
};

function formOf(form: unknown, pattern: string): Saying {
  return FORMS[String(form)] ?? saying('mustMatch', { pattern });
}

function mustContain(wanted: unknown): Saying {
  const value =
    typeof wanted === 'object' && wanted !== null && 'const' in wanted ? wanted.const : '';
  return saying('mustContain', { value: JSON.stringify(value) });
}
