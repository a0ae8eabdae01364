import type { Target, TargetKind } from '../../flow/target.ts';
import { valuesAt } from '../../message/reference-walk.ts';
import { type LedgerRow, plainRow, rowsOf } from '../../store/ledger-store.ts';
import type { Store } from '../../store/store.ts';
import { delivery } from '../keep-messages.ts';

/** An object that the target knows by another id than before. */
export interface Renamed {
  readonly key: string;
  readonly run: string;
}

/**
 * Lets everything that refers to these objects go again: the target holds it with the former ids.
 * To be called before their own delivery is settled, so that a crash in between tells twice rather
 * than never.
 */
export async function tellReferrers(
  target: Target,
  { kind: renamedKind }: TargetKind,
  renamed: readonly Renamed[],
  { store, now }: { readonly store: Store; readonly now: () => number },
): Promise<void> {
  const [first] = renamed;
  if (first === undefined) return;
  const keys = new Set(renamed.map(({ key }) => key));
  for (const kind of target.kinds) {
    const paths = kind.references.flatMap((one) => (one.kind === renamedKind ? [one.path] : []));
    if (paths.length === 0) continue;
    const refers = ({ object }: LedgerRow) =>
      paths.some((path) => valuesAt(object, path).some((key) => keys.has(String(key))));
    for await (const rows of rowsOf(store.ledger, target.name, kind.kind)) {
      const told = rows.filter(refers);
      if (told.length === 0) continue;
      await store.ledger.write(
        told.map((row) => ({ ...plainRow(row), hash: '' })),
        [],
      );
      await keepUpdates(target, kind, told, first.run, { store, now });
    }
  }
}

/** What is under way for one of them already is decided anew at its turn, and sees the new id. */
async function keepUpdates(
  target: Target,
  kind: TargetKind,
  rows: readonly LedgerRow[],
  run: string,
  { store, now }: { readonly store: Store; readonly now: () => number },
): Promise<void> {
  const at = now();
  const messages = rows.map(({ ref }) =>
    delivery(target, run, kind, { ...ref, action: 'update' }, at),
  );
  const open = new Set(
    (await store.messages.get(messages.map(({ id }) => id))).map(({ id }) => id),
  );
  await store.messages.put(messages.filter(({ id }) => !open.has(id)));
}
