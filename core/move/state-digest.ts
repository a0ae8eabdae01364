import { createHash } from 'node:crypto';
import { isList } from '../message/digest.ts';
import type { Json } from '../message/message.ts';
import { plainRow } from '../store/ledger-store.ts';
import type { Store } from '../store/store.ts';
import { type AboutState, isMoved, sourcesOf, streamsOf } from './about-state.ts';
import { missedOf } from './copy-state.ts';

/** What a store holds, by what it is: how much, and a digest of all of it in any order. */
export type StateDigest = ReadonlyMap<string, { readonly count: number; readonly sum: bigint }>;

/** Reads all that a store keeps. Two stores that keep the same have the same digests. */
export async function digestOfState(store: Store, about: AboutState): Promise<StateDigest> {
  const sums = new Map<string, { count: number; sum: bigint }>();
  const note = (what: string, rows: readonly unknown[]) => {
    const before = sums.get(what) ?? { count: 0, sum: 0n };
    const sum = rows.reduce<bigint>((total, row) => total + numberOf(row), before.sum);
    if (rows.length > 0) sums.set(what, { count: before.count + rows.length, sum });
  };
  await noteEntities(store, about, note);
  for (const { target, objectKind } of await store.ledger.held()) {
    for (const originKind of await store.ledger.originKinds(target, objectKind)) {
      for await (const page of store.ledger.scan(target, objectKind, originKind)) {
        note('ledger', page.map(plainRow));
      }
    }
  }
  for await (const page of store.messages.scan({})) note('messages', page);
  note('runs', await store.runs.list({ limit: Number.MAX_SAFE_INTEGER }));
  note(
    'holds',
    (await store.runs.holds({})).map(({ version: _version, ...hold }) => hold),
  );
  note(
    'overrides',
    (await store.overrides.list({})).map(({ version: _version, ...override }) => override),
  );
  for await (const page of store.smallRows.all()) {
    for (const [table, rows] of Map.groupBy(page.filter(isMoved), (row) => row.table)) {
      note(table, rows);
    }
  }
  return sums;
}

type Note = (what: string, rows: readonly unknown[]) => void;

async function noteEntities(store: Store, about: AboutState, note: Note): Promise<void> {
  for await (const page of store.intake.all()) {
    note(
      'parts',
      page.flatMap(({ parts }) => parts),
    );
  }
  for (const kind of about.canonical.kinds) {
    for await (const page of store.entities.scan(kind)) note(kind, page);
    note('doubles', await store.entities.doubles(kind));
  }
  for (const { source, stream } of await streamsOf(store)) {
    for await (const page of missedOf(store.intake, source, stream)) note('missed', page);
  }
  for (const source of await sourcesOf(store, about)) {
    note('checkpoints', [[source, await store.intake.checkpoint(source, '')]]);
    for await (const page of store.quarantine.scan(source)) note('records set aside', page);
  }
  note('protections', await store.protections.all());
}

/** Of a row, whatever the order of its fields. */
function numberOf(row: unknown): bigint {
  // SAFETY: every row is made of what can be JSON.
  const text = JSON.stringify(inOrder(row as Json));
  return BigInt(`0x${createHash('sha256').update(text).digest('hex')}`);
}

function inOrder(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(inOrder);
  const fields = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(
    fields.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => [name, inOrder(one ?? null)]),
  );
}

/** What of two stores is not the same. */
export function differencesOf(one: StateDigest, other: StateDigest): readonly string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((what) => {
    const [a, b] = [one.get(what), other.get(what)];
    return a?.count !== b?.count || a?.sum !== b?.sum;
  });
}
