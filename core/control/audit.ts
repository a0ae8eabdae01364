import type { Engine } from '../run/engine.ts';

/** Notes who has done or looked at something, at what, and why. */
export async function audit(
  { store, now }: Pick<Engine, 'store' | 'now'>,
  who: string,
  action: string,
  subject: string,
  reason = '',
): Promise<void> {
  await store.runs.audit({ at: now(), who, action, subject, reason });
}
