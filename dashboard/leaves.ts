type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** The values of an object, each under its dotted path, in the order in which they stand. */
export function leavesOf(value: Json, path = ''): ReadonlyMap<string, string> {
  const leaves = new Map<string, string>();
  const add = (from: ReadonlyMap<string, string>) => {
    for (const [name, text] of from) leaves.set(name, text);
  };
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) add(leavesOf(item, `${path}[${at}]`));
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      add(leavesOf(item, path === '' ? name : `${path}.${name}`));
    }
  } else leaves.set(path, String(value));
  return leaves;
}
