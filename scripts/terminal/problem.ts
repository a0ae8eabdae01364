import { type Finding, knownFailure, type Problem } from '../../core/control/control-bus.ts';
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

/** What a person should know: its code and what it is about, what is the matter, what to do. */
export function formatFinding({
  code,
  subject,
  text,
  hint,
}: Pick<Finding, 'code' | 'subject' | 'text' | 'hint'>): string {
  const meaning = knownFailure(code)?.meaning ?? '';
  return `${code}  ${subject}\n  ${meaning} ${text}\n  ${hint}`;
}
