/** A node of an expression as the parser gives it; what stands in it is not taken for granted. */
export interface CelNode {
  readonly op?: unknown;
  readonly args?: unknown;
  /** Characters from the start of the expression. */
  readonly start?: unknown;
  readonly end?: unknown;
  /** What the checker has found it to be. */
  readonly checkedType?: unknown;
}

/** Functions of a list whose first argument is a name for an item within. */
export const MACROS: ReadonlySet<string> = new Set([
  'all',
  'exists',
  'exists_one',
  'filter',
  'map',
]);

const NONE: CelNode = {};

/** What is no node, such as a name or a list of nodes, has no operator. */
export function nodeOf(value: unknown): CelNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : NONE;
}

/** The name that a node is, if it is nothing but one. */
export function nameOf(node: unknown): string | null {
  const { op, args } = nodeOf(node);
  return op === 'id' && typeof args === 'string' ? args : null;
}

/** The text that a node is, if it is nothing but one. */
export function textOf(node: unknown): string | null {
  const { op, args } = nodeOf(node);
  return op === 'value' && typeof args === 'string' ? args : null;
}

export function startOf(node: unknown): number {
  const { start } = nodeOf(node);
  return typeof start === 'number' ? start : 0;
}

export function endOf(node: unknown): number {
  const { end } = nodeOf(node);
  return typeof end === 'number' ? end : 0;
}
