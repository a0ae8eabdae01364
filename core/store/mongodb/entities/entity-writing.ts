import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import type { Change } from '../../entity-store.ts';
import type { MergedEntity } from '../../intake-store.ts';
import { changedFields } from '../../shared/changed-fields.ts';
import { bulk, type Database, inOrder, type Named, put, refOfId } from '../database.ts';
import { ChangeLog } from './change-log.ts';
import { type EntityDocument, entityId, storedOf } from './entity-document.ts';

/**
 * Writes merged entities. One that is as it was is left alone. What changes is noted first, and who
 * goes at once is marked first: where a crash comes between, the same is done again, and noted
 * again.
 */
export class EntityWriting {
  readonly changes: ChangeLog;
  readonly #entities: Collection<EntityDocument>;
  readonly #gone: Collection<Named>;

  constructor(database: Database) {
    this.changes = new ChangeLog(database);
    this.#entities = database.collection('entity');
    this.#gone = database.collection('goneAtOnce');
  }

  /** `isEverything`: that anything may have changed is noted already. */
  async write(merged: readonly MergedEntity[], isEverything: boolean): Promise<void> {
    const ids = merged.map(({ entity }) => entityId(entity));
    const kept = new Map((await inOrder(this.#entities, ids)).map((one) => [one._id, one]));
    const changed = merged.filter((one) => {
      const before = kept.get(entityId(one.entity));
      if (one.content === 'keep') return false;
      return before === undefined ? one.content !== null : before.hash !== one.hash;
    });
    if (!isEverything) {
      await this.changes.note(
        changed.flatMap((one) => changesOf(one, kept.get(entityId(one.entity)))),
      );
    }
    await this.#mark(changed, kept);
    await bulk(this.#entities, changed.map(operationOf));
  }

  /** Who is there again goes at once no more; who goes is marked, or is not, as it is said. */
  async #mark(changed: readonly MergedEntity[], kept: ReadonlyMap<string, unknown>): Promise<void> {
    const operations = changed.flatMap(
      ({ entity, content, goesAtOnce }): readonly AnyBulkWriteOperation<Named>[] => {
        const _id = entityId(entity);
        if (content === null && goesAtOnce) return [put<Named>({ _id })];
        return content === null || !kept.has(_id) ? [{ deleteOne: { filter: { _id } } }] : [];
      },
    );
    await bulk(this.#gone, operations);
  }
}

function operationOf(merged: MergedEntity): AnyBulkWriteOperation<EntityDocument> {
  const { entity, content, hash, references, lookups, isProtected } = merged;
  const _id = entityId(entity);
  if (content === null) return { deleteOne: { filter: { _id } } };
  return put<EntityDocument>({
    ...{ _id, kind: entity.kind, hash, content: JSON.stringify(content), isProtected, lookups },
    references: [...new Set(references.map(entityId))],
  });
}

function changesOf(
  { entity, content, references }: MergedEntity,
  before: EntityDocument | undefined,
): readonly Change[] {
  const present = new Set(references.map(entityId));
  const lost = (before?.references ?? []).filter((one) => !present.has(one));
  const change: Change = { ...entity, what: 'content' };
  const isBoth = before !== undefined && content !== null && content !== 'keep';
  return [
    isBoth ? { ...change, fields: changedFields(storedOf(before).entity, content) } : change,
    ...lost.map((one) => ({ ...refOfId(one), what: 'referrers' }) as const),
  ];
}
