import { createHmac, randomBytes } from 'node:crypto';
import type { Store } from '../store/store.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Hub-owned id of what an outside system calls by this id; the same answer for ever. */
export type Identify = (system: string, kind: string, externalId: string) => string;

/**
 * Opens the workspace's identity function. A UUID from outside is taken as it is (SS 12000: one
 * shared transfer id). Any other id is hashed with the workspace's secret key: an unkeyed hash of a
 * personal number could be reversed by trying them all.
 */
export async function openIdentity(store: Store): Promise<Identify> {
  const kept = await store.getValue('identityKey');
  const key = typeof kept === 'string' ? kept : randomBytes(32).toString('base64url');
  if (kept === null) await store.putValue('identityKey', key);
  return (system, kind, externalId) => {
    const lowerCased = externalId.toLowerCase();
    if (UUID.test(lowerCased)) return lowerCased;
    const content = JSON.stringify([system, kind, externalId]);
    return asUuid(createHmac('sha256', key).update(content).digest('hex'));
  };
}

/** RFC 9562, version 8 (own content), variant 10. */
function asUuid(hex: string): string {
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-');
}
