import type { Collection } from 'mongodb';
import type { Part, PartRemoval } from '../../intake-store.ts';
import { type Database, idOf } from '../database.ts';
import {
  aboutOf,
  NOTHING_SAID,
  type PartDocument,
  type StageDocument,
  saidOf,
} from '../entities/part-document.ts';

type Draft = Omit<StageDocument, '_id' | 'run'>;

/** Staged rows of one page; the entities in it are whole. */
const ROWS = 2000;

/**
 * What open runs would change, until it is applied. Writes of a run need not be on a majority: its
 * commit, which comes after them, is.
 */
export class Stage {
  readonly #database: Database;
  readonly #rows: Collection<StageDocument>;

  constructor(database: Database) {
    this.#database = database;
    this.#rows = database.collection('stage');
  }

  async makeIndexes(): Promise<void> {
    await this.#rows.createIndex({ run: 1, entity: 1, _id: 1 });
  }

  async add(run: string, drafts: readonly Draft[]): Promise<void> {
    if (drafts.length === 0) return;
    const first = await this.#database.numbers('stage', drafts.length);
    const rows = drafts.map((draft, at) => ({ _id: first + at, run, ...draft }));
    await this.#rows.insertMany(rows, { ordered: false, writeConcern: { w: 1 } });
  }

  count(run: string): Promise<number> {
    return this.#rows.countDocuments({ run });
  }

  /** The next entities of a run after one, in order, with all that is staged of them. */
  async rowsAfter(run: string, entity: string): Promise<readonly StageDocument[]> {
    const order = { entity: 1, _id: 1 } as const;
    const after = { run, entity: { $gt: entity } };
    const rows = await this.#rows.find(after).sort(order).limit(ROWS).toArray();
    const last = rows.at(-1)?.entity;
    if (rows.length < ROWS || last === undefined) return rows;
    // The last entity may have more rows than came: it is left to the next page.
    const whole = rows.filter((row) => row.entity !== last);
    if (whole.length > 0) return whole;
    return this.#rows.find({ run, entity: last }).sort(order).toArray();
  }

  rowsOf(run: string, entities: readonly string[]): Promise<StageDocument[]> {
    return this.#rows
      .find({ run, entity: { $in: [...entities] } })
      .sort({ _id: 1 })
      .toArray();
  }

  async remove(run: string, entities: readonly string[]): Promise<void> {
    await this.#rows.deleteMany({ run, entity: { $in: [...entities] } });
  }

  async forget(runs: readonly string[]): Promise<void> {
    if (runs.length > 0) await this.#rows.deleteMany({ run: { $in: [...runs] } });
  }

  /** Forgets what is left of runs that are none of these. */
  async clear(runs: readonly string[]): Promise<void> {
    const known = new Set(runs);
    const staged = await this.#rows.distinct('run');
    await this.forget(staged.filter((run) => !known.has(run)));
  }
}

export function draftOf(part: Part): Draft {
  return { ...aboutOf(part), ...saidOf(part) };
}

export function removalDraft(removal: PartRemoval): Draft {
  return { ...aboutOf(removal), ...NOTHING_SAID };
}

/** A kept part, as if it had come anew. */
export function keptDraft({ _id, number, missed, ...draft }: PartDocument): Draft {
  return draft;
}

/** What the parts are once this is applied: the last word of each. */
export function lastWords(rows: readonly StageDocument[]): ReadonlyMap<string, StageDocument> {
  return new Map(
    rows.map((row) => {
      const { entity, source, stream, part } = row;
      return [idOf(entity, source, stream, part), row] as const;
    }),
  );
}
