import { HeldFailure } from '../failure/failure.ts';
import { type Lint, lintOf } from '../failure/lint.ts';
import { saying } from '../failure/saying.ts';
import { digestOf } from '../message/digest.ts';
import type { Json, JsonObject, Saying } from '../message/message.ts';
import { valueAt } from '../message/reference-walk.ts';
import { addressFields, secretFields } from '../schema/option-fields.ts';
import { applyDefaults, coerced, compileSchemaAll } from '../schema/validator.ts';
import { shapeLints, type YamlFile } from '../schema/yaml-file.ts';
import { isReference, resolveSecrets } from './secrets.ts';

/** Meant as a reference: within a longer text, or misspelt, it would be taken as it is. */
const LIKE_REFERENCE = /\$\{|^\$\w+(:\S*)?$/;
const REFERENCE_WITHIN = /\$\{(env|file):[^}]+\}/;

const HOW_TO_REFER = saying('howToRefer', {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: shown as it is written.
  ...{ env: '${env:NAME}', file: '${file:PATH}' },
});

/** A binding's options as they are written: what a reference stands for is not known here. */
export function checkOptions(
  yaml: YamlFile,
  module: string,
  options: JsonObject,
  schema: JsonObject,
): readonly Lint[] {
  const path = ['modules', module, 'options'];
  const faults = compileSchemaAll(schema)(applyDefaults(schema, options))
    .filter((fault) => !isOfReference(options, fault))
    .map((fault) => ({ ...fault, path: [...path, ...fault.path] }));
  const lints = [...shapeLints(yaml, faults, 'CONFIG_OPTION')];
  for (const field of secretFields(schema).flatMap((one) => named(options, one.split('.')))) {
    const secret = valueAt(options, field);
    if (secret === undefined || isReference(secret)) continue;
    const at = { file: yaml.file, ...yaml.at([...path, ...field]), code: 'CONFIG_SECRET_PLAIN' };
    lints.push(lintOf(at, saying('secretInClear', { field: field.join('.') }), HOW_TO_REFER));
  }
  return [...lints, ...checkReferences(yaml, options, path, () => true)];
}

/** What looks like a reference and is none, or stands where none is read. */
export function checkReferences(
  yaml: YamlFile,
  value: JsonObject,
  path: readonly (string | number)[],
  mayStand: (field: readonly string[]) => boolean,
): readonly Lint[] {
  return textsWith(value, LIKE_REFERENCE).flatMap((field) => {
    const text = String(valueAt(value, field));
    const isOne = isReference(text);
    if (isOne && mayStand(field)) return [];
    const isWithin = REFERENCE_WITHIN.test(text);
    const at = { file: yaml.file, ...yaml.at([...path, ...field]), code: 'CONFIG_REFERENCE' };
    if (isOne) return [lintOf(at, saying('noReferenceHere', {}), saying('writeItOut', {}))];
    const said = saying(isWithin ? 'referenceWhole' : 'noReference', {});
    return [lintOf(at, said, HOW_TO_REFER)];
  });
}

/** A path with the names that are there in place of each `*`. */
function named(value: Json | undefined, path: readonly string[]): readonly (readonly string[])[] {
  const [step, ...rest] = path;
  if (step === undefined) return [[]];
  if (typeof value !== 'object' || value === null) return [];
  const inner = new Map(Object.entries(value));
  const names = step === '*' ? [...inner.keys()] : [step];
  return names.flatMap((name) => named(inner.get(name), rest).map((one) => [name, ...one]));
}

/** An unknown option stays unknown, whatever its value stands for. */
function isOfReference(
  options: JsonObject,
  { path, keyword }: { path: readonly (string | number)[]; keyword: string },
): boolean {
  return keyword !== 'additionalProperties' && isReference(valueAt(options, path));
}

/** Paths of the texts that match. */
function textsWith(value: Json, pattern: RegExp): readonly (readonly string[])[] {
  if (typeof value === 'string') return pattern.test(value) ? [[]] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    textsWith(inner, pattern).map((path) => [name, ...path]),
  );
}

/** The options that a binding stands for here, and what is wrong with them, without a value. */
export interface ResolvedOptions {
  readonly options: JsonObject;
  readonly faults: readonly Saying[];
}

/**
 * Replaces every reference of a binding's options and checks what they then are: numbers that came
 * as text are numbers. Throws SECRET_MISSING for a reference that nothing answers to.
 */
export async function resolveOptions(
  schema: JsonObject,
  written: JsonObject,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ResolvedOptions> {
  // What is written out was checked when the file was read.
  if (textsWith(written, LIKE_REFERENCE).length === 0) return { options: written, faults: [] };
  const { value, faults } = coerced(schema, await resolveSecrets(written, folder, environment));
  const said = faults.map(({ path, what }) => saying('optionIs', { field: path.join('.'), what }));
  return { options: value, faults: said };
}

/** Digest of where the system of a binding is, by its options with their references resolved. */
export function addressIn(schema: JsonObject, options: JsonObject): string {
  const named = addressFields(schema).flatMap((field) => {
    const value = valueAt(options, field.split('.'));
    return value === undefined ? [] : [[field, value] as const];
  });
  return digestOf(Object.fromEntries(named));
}

/** The options of a module that is opened; CONFIG_INVALID where one is not what it must be. */
export function optionsOrRefuse(module: string, { options, faults }: ResolvedOptions): JsonObject {
  const [first] = faults;
  if (first === undefined) return options;
  const hint = 'Mend config/hub.yaml, or what the reference there stands for; `skolnav check`.';
  const said = saying('ofNamedModule', { module, what: first });
  throw new HeldFailure('CONFIG_INVALID', said, { hint });
}
