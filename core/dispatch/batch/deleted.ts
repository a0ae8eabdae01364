import { KEY } from '../../intake/identity/identity.ts';
import { KeyedHash } from '../../intake/identity/keyed-hash.ts';
import type { EntityRef } from '../../message/message.ts';
import type { Settlement } from '../../store/message-store.ts';
import type { Store } from '../../store/store.ts';

/** An object that a target has confirmed to be gone, and that it shows again. */
export interface Deleted {
  readonly origin: EntityRef;
  /** The run that deleted it. */
  readonly run: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/**
 * Notes what targets have deleted, before their ledgers let it go: a target that is restored from
 * its backup shows it again. It is kept as former entities are, by hashes alone, and as long.
 */
export async function noteDeleted(
  settlements: readonly Settlement[],
  store: Pick<Store, 'ledger' | 'formers' | 'getValue'>,
  now: number,
): Promise<void> {
  const removed = settlements.filter(({ result }) => result.kind === 'removed');
  const kinds = Map.groupBy(removed, ({ message }) => placeOf(message.target, message.objectKind));
  for (const [place, own] of kinds) {
    const hashOf = await hashes(store, place);
    const runs = new Map(own.map(({ message }) => [message.key, message.run]));
    const [{ target, objectKind } = { target: '', objectKind: '' }] = own.map((one) => one.message);
    const rows = await store.ledger.byKeys(target, objectKind, [...runs.keys()]);
    const formers = rows.flatMap(({ ref: { key, origin }, remoteId }) => {
      if (remoteId === null) return [];
      const traits = [hashOf(remoteId), origin.kind, origin.id, runs.get(key) ?? ''];
      return [{ entity: { kind: place, id: hashOf(key) }, traits, goneAt: now }];
    });
    await store.formers.put(formers);
  }
}

/** Tells of an object by its key and id which deletion of the target it was; null if of none. */
export async function deletionsOf(
  target: string,
  objectKind: string,
  store: Pick<Store, 'formers' | 'getValue'>,
): Promise<(key: string, remoteId: string) => Promise<Deleted | null>> {
  const place = placeOf(target, objectKind);
  const hashOf = await hashes(store, place);
  return async (key, remoteId) => {
    const [former] = await store.formers.get(place, [hashOf(key)]);
    const [id, kind = '', origin = '', run = ''] = former?.traits ?? [];
    if (former === undefined || id !== hashOf(remoteId)) return null;
    return { origin: { kind, id: origin }, run, at: former.goneAt };
  };
}

/** No kind of entity has such a name. */
function placeOf(target: string, objectKind: string): string {
  return `deleted ${target}/${objectKind}`;
}

async function hashes(
  store: Pick<Store, 'getValue'>,
  place: string,
): Promise<(text: string) => string> {
  const hash = new KeyedHash(Buffer.from(String(await store.getValue(KEY))));
  // Services write one name now in capitals, now not.
  return (text) => hash.of(`${place} ${text.toLowerCase()}`);
}
