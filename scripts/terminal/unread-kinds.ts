import type { UnreadKind } from '../../core/control/control-bus.ts';
import type { Terminal } from './terminal.ts';

/** Kinds that a target did not tell, with the reason and what to do. */
export function printUnread(terminal: Terminal, unread: readonly UnreadKind[]): void {
  for (const { objectKind, problem } of unread) {
    terminal.print(`${objectKind}: not known. ${problem.code}: ${problem.text} ${problem.hint}`);
  }
}
