/**
 * Makes a value once for each key. What costs to make and depends on its key alone is kept: the
 * newest so many, for a process that sees many workspaces.
 */
export function remembered<T>(most: number): (key: string, make: () => T) => T {
  const known = new Map<string, T>();
  return (key, make) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const made = make();
    if (known.size >= most) known.delete(known.keys().next().value ?? '');
    known.set(key, made);
    return made;
  };
}
