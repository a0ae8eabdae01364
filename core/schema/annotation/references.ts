import { isObject } from '../../message/digest.ts';
import type { Entity, EntityRef, Json, JsonObject } from '../../message/message.ts';
import type { ReferencePath } from '../canonical.ts';

/** Places of `x-reference` in a canonical schema, or in one of a target's objects. */
export function referencePaths(schema: JsonObject): readonly ReferencePath[] {
  return collect(schema, [], true);
}

function collect(
  schema: Json | undefined,
  path: readonly string[],
  required: boolean,
): ReferencePath[] {
  if (!isObject(schema)) return [];
  const kind = schema['x-reference'];
  if (typeof kind === 'string') return [{ path, kind, required }];
  const found = collect(schema['items'], [...path, '[]'], true);
  const needed: readonly Json[] = Array.isArray(schema['required']) ? schema['required'] : [];
  if (isObject(schema['properties'])) {
    for (const [name, property] of Object.entries(schema['properties'])) {
      found.push(...collect(property, [...path, name], needed.includes(name)));
    }
  }
  return found;
}

type Visit = (value: Json | undefined, found: Map<string, EntityRef>) => void;

/** A function that lists everything an entity refers to, each once; one closure per path. */
export function compileReferences(
  paths: readonly ReferencePath[],
): (entity: Entity) => readonly EntityRef[] {
  const visits = paths.map(({ path, kind }) => visitor(path, 0, kind));
  return (entity) => {
    const found = new Map<string, EntityRef>();
    for (const visit of visits) visit(entity, found);
    return [...found.values()];
  };
}

function visitor(path: readonly string[], at: number, kind: string): Visit {
  const step = path[at];
  if (step === undefined) {
    return (value, found) => {
      if (!isObject(value)) return;
      const { id } = value;
      if (typeof id === 'string') found.set(`${kind}/${id}`, { kind, id });
    };
  }
  const next = visitor(path, at + 1, kind);
  if (step === '[]') {
    return (value, found) => {
      if (Array.isArray(value)) for (const item of value) next(item, found);
    };
  }
  return (value, found) => {
    if (isObject(value)) next(value[step], found);
  };
}
