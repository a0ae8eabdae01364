import type { Problem } from '../../core/control/control-bus.ts';
import type { Terminal } from './terminal.ts';

/** What is the matter, where, and what to do. */
export function printProblem(
  terminal: Terminal,
  what: string,
  { code, text, hint, place }: Problem,
): void {
  const where = place === null ? '' : ` (${place.file}:${place.line ?? 1})`;
  terminal.print(`  ${what}: ${code} ${text}${where}`);
  terminal.print(`      ${hint}`);
}
