import type { PatchOperation } from './patch.ts';
import type { ResourceKind } from './resources.ts';

/** So many changes of a form that were seen to be taken, and the others are believed. */
const ENOUGH = 2;

/**
 * There are services that say yes, show nothing, and do not do what a path of some form says. The
 * first changes of each form are looked at afterwards, and all of a form that was not taken.
 */
export class FirstChanges {
  /** `<endpoint> <op> <form>` -> how often it was seen to be taken. */
  readonly #taken = new Map<string, number>();

  areUnsure(kind: ResourceKind, operations: readonly PatchOperation[]): boolean {
    return [...formsIn(kind, operations)].some((form) => (this.#taken.get(form) ?? 0) < ENOUGH);
  }

  note(kind: ResourceKind, operations: readonly PatchOperation[], isTaken: boolean): void {
    for (const form of formsIn(kind, operations))
      this.#taken.set(form, isTaken ? (this.#taken.get(form) ?? 0) + 1 : 0);
  }
}

/** Of members another look tells more. */
function formsIn({ endpoint, members }: ResourceKind, operations: readonly PatchOperation[]) {
  const own = operations.filter(({ path }) => String(path).split('[')[0] !== members);
  return new Set(own.map(({ op, path }) => `${endpoint} ${op} ${formOf(String(path))}`));
}

function formOf(path: string): string {
  if (path.startsWith('urn:')) return 'extension';
  return path.includes('.') ? 'part' : 'whole';
}
