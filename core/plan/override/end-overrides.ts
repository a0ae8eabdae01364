import type { Context } from '../../flow/context.ts';
import type { Override, OverrideEnd } from '../../store/override-store.ts';
import { readConcealment } from '../../view/preloaded.ts';

/**
 * Ends overrides whose last day has passed, and those of whom nobody may know any more: who is
 * gone, or protected by now, and what is nothing without them. Their values are forgotten with it.
 */
export async function endOverrides(
  context: Pick<Context, 'store' | 'canonical' | 'today' | 'now'>,
): Promise<void> {
  const { store, canonical, now } = context;
  const open = await store.overrides.list({ isOpen: true });
  if (open.length === 0) return;
  const { hidden } = await readConcealment(store.entities, canonical);
  const today = context.today();
  for (const one of open) {
    const { kind, id } = one.origin;
    const isSeen =
      hidden.get(kind)?.has(id) !== true && (await store.entities.get(kind, [id])).length > 0;
    if (isSeen && one.until >= today) continue;
    // Who was faster has ended it, or the next sync will.
    const how = isSeen ? 'passed' : 'gone';
    await store.overrides.replace(ended(one, { how, at: now(), who: null }));
  }
}

/** As it is kept when it has ended: for history's sake, and without its value. */
export function ended(override: Override, end: OverrideEnd): Override {
  return { ...override, value: null, end };
}
