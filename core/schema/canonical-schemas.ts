import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LintsFailure, lintOf } from '../failure/lint.ts';
import { saying } from '../failure/saying.ts';
import { isList, isObject } from '../message/digest.ts';
import type { Entity, EntityRef, Json, JsonObject, Saying } from '../message/message.ts';
import { stepsOf } from '../message/reference-walk.ts';
import { inForceRules } from './annotation/in-force.ts';
import { compileLookup } from './annotation/lookup.ts';
import { plainFields } from './annotation/plain-fields.ts';
import { compileProtection } from './annotation/protection.ts';
import { compileReferences, referencePaths } from './annotation/references.ts';
import { compileSpelling } from './annotation/spelling.ts';
import { compileTraits } from './annotation/traits.ts';
import type {
  CanonicalSchema,
  CanonicalSchemas,
  InverseRelation,
  Migration,
  ReferencePath,
  UnitPath,
} from './canonical.ts';
import { compileSchema, schemaFault } from './validator.ts';

const BUILT_IN = join(import.meta.dirname, '../../schemas/canonical');
const FILE_NAME = /^([a-z-]+)\.v(\d+)\.json$/;

/**
 * Reads `<kind>.v<N>.json` and `migrations/` from the folders; a later folder overrides an earlier
 * one file by file, and the highest version of a kind is the present one. Throws LintsFailure for a
 * file that is no schema.
 */
export async function loadCanonicalSchemas(folders: readonly string[]): Promise<CanonicalSchemas> {
  const present = new Map<string, CanonicalSchema>();
  const migrations = new Map<string, Migration>();
  for (const folder of folders) {
    for (const { name, content } of await readJsonFiles(folder)) {
      const match = FILE_NAME.exec(name);
      if (match === null) continue;
      const [, kind = '', version = '0'] = match;
      if ((present.get(kind)?.version ?? 0) > Number(version)) continue;
      if (folder !== BUILT_IN) refuseFaulty(join(folder, name), content);
      present.set(kind, canonicalSchema(kind, Number(version), content));
    }
    for (const { name, content } of await readJsonFiles(join(folder, 'migrations'))) {
      // SAFETY: a migration file has this shape; schemas are read with the program, not from users.
      migrations.set(name, content as unknown as Migration);
    }
  }
  const all = [...migrations.values()].sort((a, b) => a.from - b.from);
  return {
    kinds: inOrder(present),
    get: (kind) => present.get(kind),
    migrations: (kind) => all.filter((migration) => migration.kind === kind),
  };
}

/** What ships with Skolnav has been tried by its tests. */
function refuseFaulty(file: string, schema: JsonObject): void {
  const fault = schemaFault(schema);
  if (fault !== null) throw faulty(file, saying('noSchema', { why: fault }));
}

async function readJsonFiles(folder: string): Promise<{ name: string; content: JsonObject }[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
  return Promise.all(
    names.sort().map(async (name) => {
      const file = join(folder, name);
      const text = await readFile(file, 'utf8');
      try {
        return { name, content: JSON.parse(text) };
      } catch (cause) {
        const [, line, column] = /line (\d+) column (\d+)/.exec(String(cause)) ?? [];
        const place = { line: Number(line ?? 1), column: Number(column ?? 1) };
        throw faulty(file, saying('noJson', {}), place);
      }
    }),
  );
}

function faulty(file: string, what: Saying, place = { line: 1, column: 1 }): LintsFailure {
  // As the other files of a workspace: by its path in there.
  const shown = file.slice(file.lastIndexOf('schemas/canonical/'));
  return new LintsFailure([lintOf({ file: shown, ...place, code: 'SCHEMA_INVALID' }, what)]);
}

function canonicalSchema(kind: string, version: number, schema: JsonObject): CanonicalSchema {
  const references = referencePaths(schema);
  const referencesOf = compileReferences(references);
  const validate = compileSchema(schema);
  const inverses = inverseRelations(schema);
  const protection = compileProtection(schema);
  const lookupTerms = compileLookup(schema);
  return {
    kind,
    version,
    schema,
    references,
    chains: references.filter((one) => one.kind === kind && !one.path.includes('[]')),
    inverses,
    plainFields: plainFields(schema),
    validate,
    validatePart: compileSchema(partOf(schema)),
    spelled: compileSpelling(schema),
    referencesOf: (entity: Entity): readonly EntityRef[] => referencesOf(entity),
    inForce: inForceRules(schema),
    protection,
    isProtected: (entity: Entity) => protection.marksOf(entity) !== null,
    goesAtOnce: compileAtOnce(schema),
    unitOf: compileUnit(schema),
    ownUnits: ownUnits(schema, inverses),
    unitInverses: inverses
      .map(({ name }) => name)
      .filter((name) => unitSteps(schema).includes(name)),
    lookupTerms,
    traitsOf: compileTraits(schema, lookupTerms),
  };
}

/**
 * What a part of an entity must be: whatever it lacks, another part may say; items are whole. Ids
 * of references are the hub's own.
 */
function partOf(schema: JsonObject, isItem = false): JsonObject {
  const { required, properties, items, ...rest } = schema;
  if ('x-reference' in schema) return { type: 'object' };
  const inner = Object.entries(isObject(properties) ? properties : {}).map(([name, one]) => {
    return [name, isObject(one) ? partOf(one, isItem) : one] as const;
  });
  return {
    ...rest,
    ...(isItem && required !== undefined ? { required } : {}),
    ...(isObject(properties) ? { properties: Object.fromEntries(inner) } : {}),
    ...(isObject(items) ? { items: partOf(items, true) } : {}),
  };
}

function inverseRelations(schema: JsonObject): readonly InverseRelation[] {
  // SAFETY: `x-inverse` has this shape in every canonical schema; a test reads them all.
  const declared = (schema['x-inverse'] ?? {}) as Record<string, { kind: string; path: string }>;
  return Object.entries(declared).map(([name, { kind, path }]) => ({
    name,
    kind,
    path: stepsOf(path),
  }));
}

/**
 * Referred-to kinds first: by required references, then by optional ones where there is no circle.
 */
function inOrder(schemas: ReadonlyMap<string, CanonicalSchema>): readonly string[] {
  const left = new Set([...schemas.keys()].sort());
  const order: string[] = [];
  while (left.size > 0) {
    const next = firstFree(schemas, left, false) ?? firstFree(schemas, left, true) ?? [...left][0];
    if (next === undefined) break;
    left.delete(next);
    order.push(next);
  }
  return order;
}

/** The first kind that refers to none of those left (optional references aside, if so asked). */
function firstFree(
  schemas: ReadonlyMap<string, CanonicalSchema>,
  left: ReadonlySet<string>,
  onlyRequired: boolean,
): string | undefined {
  const blocks = (kind: string, { kind: to, required }: ReferencePath) =>
    to !== kind && left.has(to) && (required || !onlyRequired);
  return [...left].find(
    (kind) => !(schemas.get(kind)?.references ?? []).some((reference) => blocks(kind, reference)),
  );
}

/**
 * Compiles `x-at-once`: a list of `{ field, value }`. Of an entity of which one holds, nothing stays
 * in a target for a grace: the dead are told nothing more.
 */
function compileAtOnce(schema: JsonObject): (entity: Entity) => boolean {
  const rules = schema['x-at-once'];
  if (!Array.isArray(rules)) return () => false;
  return (entity) => rules.some(({ field, value }: JsonObject) => entity[String(field)] === value);
}

/**
 * Compiles `x-unit`: paths to the id of the organisation that an entity belongs to; the first path
 * that leads anywhere counts. Of a list's items it is the one that began last. '' for an entity of
 * no unit: a guardian, a syllabus.
 */
function compileUnit(schema: JsonObject): (view: Entity) => string {
  const paths = unitPaths(schema);
  return (view) => {
    for (const path of paths) {
      const found = idAt(view, path);
      if (found !== '') return found;
    }
    return '';
  };
}

/** Names of the fields that the paths begin with. */
function unitSteps(schema: JsonObject): readonly string[] {
  return unitPaths(schema).map(([step = '']) => step.replace('[]', ''));
}

function ownUnits(schema: JsonObject, inverses: readonly InverseRelation[]): readonly UnitPath[] {
  const isOwn = ([step = '']: readonly string[]) =>
    inverses.every(({ name }) => name !== step.replace('[]', ''));
  return unitPaths(schema)
    .filter(isOwn)
    .map(([step = '', ...rest]) => {
      if (!step.endsWith('[]')) return { list: null, unit: [step, ...rest] };
      return { list: step.replace('[]', ''), unit: rest };
    });
}

function unitPaths(schema: JsonObject): readonly (readonly string[])[] {
  const rules = schema['x-unit'];
  return Array.isArray(rules) ? rules.map((rule) => String(rule).split('.')) : [];
}

function idAt(value: Json | undefined, path: readonly string[]): string {
  const [step, ...rest] = path;
  if (step === undefined) return typeof value === 'string' ? value : '';
  if (!isObject(value)) return '';
  const member = value[step.replace('[]', '')];
  if (!step.endsWith('[]')) return idAt(member, rest);
  let latest = { begin: '', id: '' };
  for (const item of isList(member) ? member : []) {
    const id = idAt(item, rest);
    const begin = String((isObject(item) ? item['startDate'] : null) ?? '');
    if (id !== '' && begin >= latest.begin) latest = { begin, id };
  }
  return latest.id;
}
