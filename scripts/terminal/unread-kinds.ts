import type { UnreadKind } from '../../core/withdraw/read-back.ts';
import { printLine } from './with-hub.ts';

/** Kinds that a target did not tell, with the reason and what to do. */
export function printUnread(unread: readonly UnreadKind[]): void {
  for (const { objectKind, trouble } of unread) {
    printLine(`${objectKind}: not known. ${trouble.code}: ${trouble.text} ${trouble.hint}`);
  }
}
