import type { Store } from '../../store/store.ts';
import type { Outline } from './outline.ts';
import { sealed, unsealed } from './sealed.ts';

/**
 * In the store, since a hub that has read the files has also brought what is kept up to date: of a
 * database that comes from a backup, neither is known.
 */
const NAME = 'outline';

/** The outline of files that have this print; null where no hub has kept it. */
export async function readOutline(
  store: Pick<Store, 'getValue'>,
  print: string,
): Promise<Outline | null> {
  return unsealed<Outline>(print, await store.getValue(NAME));
}

export async function keepOutline(
  store: Pick<Store, 'putValue'>,
  print: string,
  outline: Outline,
): Promise<void> {
  await store.putValue(NAME, sealed(print, outline));
}
