/** The texts at a path of an object; `[]` steps into a list. */
export function textsAt(value: unknown, path: readonly string[]): readonly string[] {
  const [step, ...rest] = path;
  if (step === undefined) return typeof value === 'string' ? [value] : [];
  if (step === '[]') {
    return Array.isArray(value) ? value.flatMap((item) => textsAt(item, rest)) : [];
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return [];
  return textsAt(Reflect.get(value, step), rest);
}

/** The same, of a path as it is written: `enrolments[].enroledAt`. */
export function texts(value: unknown, path: string): readonly string[] {
  return textsAt(value, path.replaceAll('[]', '.[]').split('.'));
}
