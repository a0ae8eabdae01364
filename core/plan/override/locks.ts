import type { Target, TargetKind } from '../../flow/target.ts';
import type { OutboundMapping, RuleNote } from '../../mapping/compiled.ts';
import { walkSchema } from '../../mapping/language/schema-walk.ts';
import type { JsonObject } from '../../message/message.ts';
import { uniqueRules } from '../../schema/annotation/unique.ts';
import type { CanonicalSchema, CanonicalSchemas } from '../../schema/canonical.ts';
import { WHEREABOUTS } from '../../view/conceal.ts';

/**
 * Why nobody may set a field in the place of its mapping. By `key`, `reference` and `match` an
 * object is told from others; `suspend` shuts it; `protection` is the registers' word alone;
 * `whereabouts` and `others` may show a person who is protected tomorrow; `unique` is shared out
 * among those who have the same; `flow` says so.
 */
export type Lock =
  | ('key' | 'reference' | 'match' | 'suspend')
  | ('protection' | 'whereabouts' | 'others' | 'unique' | 'flow');

/** A field of an object that its mapping fills, and whether a person may set it. */
export interface OverrideField {
  /** Dotted, as the rule names it. */
  readonly field: string;
  /** Names from the object to the field. */
  readonly path: readonly string[];
  /** Of the field alone. */
  readonly schema: JsonObject;
  readonly lock: Lock | null;
  /** Only who may see personal contents may set it. */
  readonly isSensitive: boolean;
}

/** The fields that a mapping fills in the objects of a kind, in the order of its rules. */
export function overrideFields(
  target: Target,
  kind: TargetKind,
  mapping: OutboundMapping,
  canonical: CanonicalSchemas,
): readonly OverrideField[] {
  const { overrides } = target.flow;
  const isNamed = (list: ReadonlyMap<string, readonly string[]>, field: string) => {
    const names = list.get(kind.kind) ?? [];
    return names.includes(field) || names.includes('*');
  };
  const origin = canonical.get(mapping.from.kind);
  return mapping.rules.flatMap((rule): readonly OverrideField[] => {
    const { field, path } = rule;
    if (path === null) return [];
    const schema = schemaAt(kind.schema, path);
    const isSensitive = isNamed(overrides.sensitive, field) || schema['x-sensitive'] === true;
    const own = lockOfTarget(kind, rule, path) ?? lockOfOrigin(target, rule, origin, canonical);
    const lock = own ?? (isNamed(overrides.locked, field) ? 'flow' : null);
    return [{ field, path, schema, lock, isSensitive }];
  });
}

function schemaAt(schema: JsonObject, path: readonly string[]): JsonObject {
  const walked = walkSchema(
    schema,
    path.map((name) => ({ kind: 'field', name })),
  );
  return 'schema' in walked ? walked.schema : {};
}

function lockOfTarget(
  { references, match, leave }: TargetKind,
  { field, isKey }: RuleNote,
  path: readonly string[],
): Lock | null {
  if (isKey) return 'key';
  if (references.some((one) => isWithin(path, one.path))) return 'reference';
  if (match.some((one) => one.field === field || one.field === path[0])) return 'match';
  return leave?.field === field ? 'suspend' : null;
}

/** Whether one of two paths leads through the other. */
function isWithin(path: readonly string[], other: readonly string[]): boolean {
  const names = other.filter((name) => name !== '[]');
  const shorter = Math.min(path.length, names.length);
  return path.slice(0, shorter).every((name, index) => name === names[index]);
}

/** A value that a person has set would stay, also where a view would show it no more. */
function lockOfOrigin(
  { mode }: Target,
  { reads, lookups }: RuleNote,
  origin: CanonicalSchema | undefined,
  canonical: CanonicalSchemas,
): Lock | null {
  if (origin === undefined) return 'others';
  if (origin.protection.paths.some(([name = '']) => reads.includes(name))) return 'protection';
  const isPerson = origin.kind === 'person';
  if (isPerson && WHEREABOUTS.some((name) => reads.includes(name))) return 'whereabouts';
  if (lookups.some(({ kind }) => kind === 'person')) return 'others';
  if (reads.some((name) => tellsOfOthers(name, origin, canonical))) return 'others';
  const shared = uniqueRules(origin.schema).map(({ withheld }) => withheld);
  const isShared = shared.some((name) => name !== null && reads.includes(name));
  return mode === 'full' && isShared ? 'unique' : null;
}

/** Whether a field of an entity, or one of its inverse relations, leads to another person. */
function tellsOfOthers(
  name: string,
  { kind: own, references, inverses }: CanonicalSchema,
  canonical: CanonicalSchemas,
): boolean {
  if (references.some(({ kind, path }) => kind === 'person' && path[0] === name)) return true;
  const inverse = inverses.find((one) => one.name === name);
  if (inverse === undefined) return false;
  if (inverse.kind === 'person') return true;
  const back = inverse.path.join('.');
  return (canonical.get(inverse.kind)?.references ?? []).some(({ kind, path }) => {
    return kind === 'person' && !(own === 'person' && path.join('.') === back);
  });
}
