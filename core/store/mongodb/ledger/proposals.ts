import type { Collection } from 'mongodb';
import { inBatches } from '../../../message/batches.ts';
import type { ObjectRef } from '../../../message/message.ts';
import type { LedgerRow, SameSpans, SetSpan } from '../../ledger-store.ts';
import { type ReadStretch, spansOf, stretchesOf } from '../../shared/set-spans.ts';
import { bulk, type Database, idsUnder, type Named, PAGE, put } from '../database.ts';
import { documentOf, type LedgerDocument, placeOf } from './ledger-document.ts';
import { noteServed, type ServedDocument } from './served-store.ts';

const NOTHING = {
  ...{ unit: '', hash: '', object: null, remoteId: null, references: null, run: '' },
  ...{ confirmedAt: 0, suspendedSince: null, remark: null },
};

/** A target whose proposals are being taken in, and since when clients may fetch them, if any. */
interface Confirming extends Named {
  /** Epoch milliseconds. */
  servedAt?: number | null;
  pages?: number;
}

/**
 * What the ledger will say of a target once it has its whole set. Confirming is a note, which is
 * the step, and then pages of a transaction each; whoever looks at the target next finishes what a
 * crash has left of them.
 */
export class Proposals {
  readonly #database: Database;
  readonly #ledger: Collection<LedgerDocument>;
  readonly #proposals: Collection<LedgerDocument>;
  /** The targets whose proposals are being taken into the ledger. */
  readonly #confirming: Collection<Confirming>;
  readonly #served: Collection<ServedDocument>;

  constructor(database: Database, ledger: Collection<LedgerDocument>) {
    this.#database = database;
    this.#ledger = ledger;
    this.#proposals = database.collection('proposal');
    this.#confirming = database.collection('confirming');
    this.#served = database.collection('served');
  }

  async makeIndexes(): Promise<void> {
    await this.#proposals.createIndex({ byKey: 1 });
    await this.#proposals.createIndex({ target: 1, object: 1 });
  }

  async add(rows: readonly LedgerRow[], removals: readonly ObjectRef[]): Promise<void> {
    const gone = removals.map((ref): LedgerDocument => ({ ...placeOf(ref), ...NOTHING }));
    const all = [...gone, ...rows.map(documentOf)];
    for (const target of new Set(all.map((one) => one.target))) await this.finish(target);
    const last = new Map(all.map((one) => [one._id, one]));
    await this.#database.step(() => bulk(this.#proposals, [...last.values()].map(put)));
  }

  async confirm(target: string, servedAt: number | null): Promise<void> {
    const note = { $set: { servedAt } };
    await this.#database.step(() =>
      this.#confirming.updateOne({ _id: target }, note, { upsert: true }),
    );
    await this.finish(target);
  }

  async withdraw(target: string): Promise<void> {
    await this.finish(target);
    await this.#database.step(() => this.#proposals.deleteMany({ target }));
  }

  /** Takes into the ledger what was confirmed, and is not all there yet: removals first. */
  async finish(target: string): Promise<void> {
    const note = await this.#confirming.findOne({ _id: target });
    if (note === null) return;
    for (const what of [{ object: null }, {}]) {
      for (;;) {
        const page = await this.#proposals
          .find({ target, ...what })
          .limit(PAGE)
          .toArray();
        if (page.length === 0) break;
        await this.#take(target, page, note.servedAt ?? null);
      }
    }
    await this.#confirming.deleteOne({ _id: target });
  }

  #take(target: string, page: readonly LedgerDocument[], servedAt: number | null): Promise<void> {
    const ids = page.map(({ _id }) => _id);
    const rows = page.filter(({ object }) => object !== null);
    const keys = rows.map(({ byKey }) => byKey);
    return this.#database.transaction(async () => {
      // Another process may have finished it, and somebody propose anew.
      const note = await this.#confirming.updateOne({ _id: target }, { $inc: { pages: 1 } });
      if (note.matchedCount === 0) return;
      // Whatever stood here or under one of these keys goes; then the rows as they are now.
      const before = { $or: [{ _id: { $in: ids } }, { byKey: { $in: keys } }] };
      await this.#ledger.deleteMany(before);
      if (rows.length > 0) await this.#ledger.insertMany(rows);
      if (servedAt !== null) await noteServed(this.#served, page, servedAt);
      await this.#proposals.deleteMany({ _id: { $in: ids } });
    });
  }

  /** The objects of the ledger's rows of one kind, with what is proposed laid over them. */
  async *set(
    target: string,
    objectKind: string,
    ends: readonly string[],
  ): AsyncGenerator<SetSpan | SameSpans> {
    await this.finish(target);
    const changed = ends.length === 0 ? [] : await this.#changed(target, objectKind);
    for (const stretch of stretchesOf(ends, changed, inOrder)) {
      if ('from' in stretch) yield stretch;
      else yield* this.#spans(target, objectKind, stretch);
    }
  }

  /** Where what is proposed stands, and whatever holds a key of it now. */
  async #changed(target: string, objectKind: string): Promise<readonly string[]> {
    const places: string[] = [];
    const under = { _id: idsUnder([target, objectKind]) };
    const proposed = await this.#proposals.find(under).project({ _id: 1, byKey: 1 }).toArray();
    for (const page of inBatches(proposed, PAGE)) {
      const byKey = { $in: page.map((one) => one['byKey']) };
      const held = await this.#ledger.find({ byKey }).project({ _id: 1 }).toArray();
      places.push(...[...page, ...held].map(({ _id }) => _id));
    }
    return places;
  }

  async *#spans(
    target: string,
    objectKind: string,
    { after, upTo }: ReadStretch,
  ): AsyncGenerator<SetSpan> {
    for (let at = after ?? ''; ; ) {
      const range = idsUnder([target, objectKind], at);
      const under = { _id: upTo === null ? range : { $gt: range.$gt, $lte: upTo } };
      const next = (from: Collection<LedgerDocument>) =>
        from.find(under).sort({ _id: 1 }).limit(PAGE).toArray();
      const [kept, proposed] = await Promise.all([next(this.#ledger), next(this.#proposals)]);
      if (kept.length + proposed.length === 0) return;
      const end = endOf([kept, proposed]);
      const isIn = ({ _id }: LedgerDocument) => _id <= end;
      const left = await this.#untouched(kept.filter(isIn));
      const rows = proposed.filter((one) => isIn(one) && one.object !== null);
      const merged = [...left, ...rows].sort((a, b) => (a._id < b._id ? -1 : 1));
      yield* spansOf(merged.map(({ _id, object }) => [_id, JSON.parse(object ?? '{}')]));
      at = end;
    }
  }

  /** Those of them under whose keys nothing is proposed. */
  async #untouched(kept: readonly LedgerDocument[]): Promise<readonly LedgerDocument[]> {
    const keys = kept.map(({ byKey }) => byKey);
    const changed = this.#proposals.find({ byKey: { $in: keys } }).project({ byKey: 1 });
    const touched = new Set((await changed.toArray()).map(({ byKey }) => byKey));
    return kept.filter(({ byKey }) => !touched.has(byKey));
  }
}

/** Up to where both pages are known: the earlier end of those that are full. */
function endOf(pages: readonly (readonly LedgerDocument[])[]): string {
  const full = pages.filter(({ length }) => length === PAGE);
  const ends = (full.length > 0 ? full : pages).flatMap((page) => page.at(-1)?._id ?? []);
  const sorted = ends.sort();
  return (full.length > 0 ? sorted[0] : sorted.at(-1)) ?? '';
}

function inOrder(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
