import { entityName } from '../../../message/message.ts';
import type { Change } from '../../entity-store.ts';
import type { MergedEntity } from '../../intake-store.ts';
import { changedFields } from '../../shared/changed-fields.ts';
import { type Database, type Row, textOf } from '../database.ts';
import { noteChange } from './change-log.ts';
import { writeLookups } from './lookup-rows.ts';

const FIND = 'SELECT hash, content FROM entity WHERE kind = ? AND id = ?';
const WRITE = 'INSERT OR REPLACE INTO entity VALUES (?, ?, ?, ?, ?)';
const REMOVE = 'DELETE FROM entity WHERE kind = ? AND id = ?';
const GONE = 'INSERT OR IGNORE INTO gone_at_once VALUES (?, ?)';
const NOT_GONE = 'DELETE FROM gone_at_once WHERE kind = ? AND id = ?';
const REFERENCES = 'SELECT to_kind, to_id FROM reference WHERE from_kind = ? AND from_id = ?';
const WRITE_REFERENCE = 'INSERT OR IGNORE INTO reference VALUES (?, ?, ?, ?)';
const REMOVE_REFERENCES = 'DELETE FROM reference WHERE from_kind = ? AND from_id = ?';

interface How {
  /** Changes are not told one by one. */
  readonly isEverything: boolean;
  /** None of these is stored. */
  readonly isNew: boolean;
}

export function isNothingStored(database: Database): boolean {
  return database.get('SELECT 1 FROM entity LIMIT 1') === undefined;
}

/**
 * Inside a transaction: writes merged entities and what they refer to. One that is as it was is
 * left alone; what has changed is noted in the change log, unless everything is.
 */
export function writeEntities(database: Database, merged: readonly MergedEntity[], how: How): void {
  const isAnyGone = database.get('SELECT 1 FROM gone_at_once LIMIT 1') !== undefined;
  for (const one of merged) write(database, one, { ...how, isAnyGone });
}

function write(
  database: Database,
  merged: MergedEntity,
  { isEverything, isNew, isAnyGone }: How & { readonly isAnyGone: boolean },
): void {
  const { entity, content, hash, references, lookups, isProtected, goesAtOnce } = merged;
  const { kind, id } = entity;
  const before = isNew ? undefined : database.get(FIND, kind, id);
  if (before === undefined ? content === null : before['hash'] === hash) return;
  if (!isEverything) note(database, merged, before);
  if (lookups.length > 0 || !isNew) writeLookups(database, kind, id, lookups);
  if (before !== undefined) database.run(REMOVE_REFERENCES, kind, id);
  if (content === null) {
    database.run(REMOVE, kind, id);
    database.run(goesAtOnce ? GONE : NOT_GONE, kind, id);
    return;
  }
  database.run(WRITE, kind, id, hash, JSON.stringify(content), Number(isProtected));
  if (before === undefined && isAnyGone) database.run(NOT_GONE, kind, id);
  for (const to of references) database.run(WRITE_REFERENCE, kind, id, to.kind, to.id);
}

function note(
  database: Database,
  { entity, content, references }: MergedEntity,
  before: Row | undefined,
): void {
  const change: Change = { ...entity, what: 'content' };
  const isBoth = before !== undefined && content !== null && content !== 'keep';
  const stored = isBoth ? JSON.parse(textOf(before, 'content')) : null;
  noteChange(database, isBoth ? { ...change, fields: changedFields(stored, content) } : change);
  const kept = new Set(references.map(entityName));
  for (const row of database.all(REFERENCES, entity.kind, entity.id)) {
    const one = { kind: textOf(row, 'to_kind'), id: textOf(row, 'to_id') };
    if (!kept.has(entityName(one))) noteChange(database, { ...one, what: 'referrers' });
  }
}
