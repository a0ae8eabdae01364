import type { Message } from '../core/message/message.ts';
import type { LedgerRow } from '../core/store/ledger-store.ts';
import type { Settlement } from '../core/store/message-store.ts';
import { openMongoStore } from '../core/store/mongodb/mongo-store.ts';
import type { Store } from '../core/store/store.ts';
import { type ClusterServices, placeOn } from '../test/services/cluster.ts';
import type { Figure } from './figures.ts';

/** Cities whose nights fall on one shard at the same time. */
const CITIES = [1, 4, 10];
/** Objects of one city that are told to a target that takes so many by one call. */
const OBJECTS = 2000;
const TARGETS = [
  { name: 'identity:scim', batch: 1 },
  { name: 'lms:itslearning', batch: 50 },
] as const;
/** Batches of one target that are under way at once. */
const CONCURRENCY = 4;

/**
 * The writes of a night against one shard: of each object a message that is kept, in doubt, and
 * settled with its row, as deliveries do it, by several cities at once, each in a database of its
 * own. The target is not asked: what is measured is the store alone.
 */
export async function benchShard(services: ClusterServices): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const { name, batch } of TARGETS) {
    let alone: number | null = null;
    for (const cities of CITIES) {
      const value = await objectsPerSecond(services, cities, name, batch);
      const what = `${cities} ${cities === 1 ? 'city' : 'cities'}, ${batch} by one call: objects`;
      figures.push({ what, value, unit: 'records/s', against: alone });
      alone ??= value;
    }
  }
  return figures;
}

async function objectsPerSecond(
  services: ClusterServices,
  cities: number,
  target: string,
  batch: number,
): Promise<number> {
  const stores = await Promise.all(
    Array.from({ length: cities }, () => openMongoStore({ url: placeOn(services).STORE_URL })),
  );
  const each = Math.ceil((OBJECTS * (batch === 1 ? 0.25 : 1)) / cities);
  const startedAt = performance.now();
  await Promise.all(stores.map((store) => night(store, target, each, batch)));
  const seconds = (performance.now() - startedAt) / 1000;
  await Promise.all(stores.map((store) => store.close()));
  return (each * cities) / seconds;
}

/** Under a lease, as a conductor has one. */
async function night(store: Store, target: string, objects: number, batch: number): Promise<void> {
  const lease = await store.runs.lease(`target ${target}`, 'bench', 0, 600_000);
  if (lease === null) throw new Error('the lease of a new database is free');
  await store.fenced(lease, async () => {
    const messages = Array.from({ length: objects }, (_, at) => messageOf(target, at));
    await store.messages.put(messages);
    const waiting = [...messages];
    const worker = async () => {
      for (;;) {
        const own = waiting.splice(0, batch);
        if (own.length === 0) return;
        await store.messages.get(own.map(({ id }) => id));
        await store.messages.settle(
          [],
          own.map(({ id }) => id),
        );
        await store.messages.settle(own.map(settlementOf));
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  });
}

function messageOf(target: string, at: number): Message {
  const id = `person-${String(at).padStart(8, '0')}`;
  const about = { target, objectKind: 'User', origin: { kind: 'person', id }, key: id };
  const state = { state: 'waiting', attempts: 0, inDoubt: false, notBefore: 0 } as const;
  const times = { createdAt: 1, updatedAt: 1 };
  return {
    ...{ id: `deliver ${target} ${id}`, type: 'deliver', action: 'create', rank: 0 },
    ...{ ...about, ...state, ...times, problem: null, run: 'bench' },
  };
}

function settlementOf(message: Message): Settlement {
  const { target, objectKind, origin, key } = message;
  const row: LedgerRow = {
    ...{ ref: { target, objectKind, origin, key }, unit: 'unit', hash: key, remoteId: key },
    object: { userName: `${key}@skola.example`, note: 'x'.repeat(500) },
    ...{ run: 'bench', confirmedAt: 1, suspendedSince: null },
  };
  return { message, result: { kind: 'delivered', row } };
}
