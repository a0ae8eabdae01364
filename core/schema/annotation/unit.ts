import type { Entity, Json, JsonObject } from '../../message/message.ts';

/**
 * Compiles `x-unit`: paths to the id of the organisation that an entity belongs to; the first path
 * that leads anywhere counts. Of a list's items it is the one that began last. '' for an entity of
 * no unit: a guardian, a syllabus.
 */
export function compileUnit(schema: JsonObject): (view: Entity) => string {
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
export function unitSteps(schema: JsonObject): readonly string[] {
  return unitPaths(schema).map(([step = '']) => step.replace('[]', ''));
}

function unitPaths(schema: JsonObject): readonly (readonly string[])[] {
  const rules = schema['x-unit'];
  return Array.isArray(rules) ? rules.map((rule) => String(rule).split('.')) : [];
}

function idAt(value: Json | undefined, path: readonly string[]): string {
  const [step, ...rest] = path;
  if (step === undefined) return typeof value === 'string' ? value : '';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return '';
  // SAFETY: neither null nor a list.
  const member = (value as JsonObject)[step.replace('[]', '')];
  if (!step.endsWith('[]')) return idAt(member, rest);
  let latest = { begin: '', id: '' };
  for (const item of Array.isArray(member) ? member : []) {
    const id = idAt(item, rest);
    const begin = String(item?.startDate ?? '');
    if (id !== '' && begin >= latest.begin) latest = { begin, id };
  }
  return latest.id;
}
