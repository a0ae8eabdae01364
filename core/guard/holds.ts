import type { Hold, Store } from '../store/store.ts';

/** True if a person has approved exactly this. */
export async function isApproved(store: Store, subject: string, digest: string): Promise<boolean> {
  const approved = await store.runs.holds({ subject, state: 'approved' });
  return approved.some((hold) => hold.digest === digest);
}

/** An approval is good for one run. */
export async function useApproval(store: Store, subject: string, digest: string): Promise<void> {
  for (const hold of await store.runs.holds({ subject, state: 'approved' })) {
    if (hold.digest === digest) await store.runs.putHold({ ...hold, state: 'used' });
  }
}

/** The newest open hold of a subject takes the place of the older ones. */
export async function openHold(store: Store, hold: Hold): Promise<void> {
  for (const older of await store.runs.holds({ subject: hold.subject, state: 'open' })) {
    if (older.id !== hold.id)
      await store.runs.putHold({ ...older, state: 'rejected', reason: 'replaced by a newer hold' });
  }
  await store.runs.putHold(hold);
}
