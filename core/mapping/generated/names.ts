/** Whether a field's name may stand in source text: a word that every object lacks by itself. */
export function plainName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(name) && isOwn(name);
}

/** Whether an object that has such a field has it of its own: all objects have `constructor`. */
export function isOwn(name: string): boolean {
  return !(name in Object.prototype);
}
