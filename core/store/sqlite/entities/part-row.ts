import type { EntityRef } from '../../../message/message.ts';
import type { Part, PartRemoval } from '../../intake-store.ts';
import type { StagedPart } from '../../shared/overlay.ts';
import { numberOf, objectOf, type Row, textOf } from '../database.ts';

/** The key of a part, in the order of the table's columns. */
export function keyOf({
  entity,
  source,
  stream,
  part,
}: PartRemoval): [string, string, string, string, string] {
  return [entity.kind, entity.id, source, stream, part];
}

/** The other columns of a part, in their order. */
export function contentOf({ externalId, file, line, hash, content, print }: Part) {
  return [externalId, file, line, hash, JSON.stringify(content), print ?? null] as const;
}

export function refOf(row: Row): EntityRef {
  return { kind: textOf(row, 'kind'), id: textOf(row, 'id') };
}

export function removalOf(row: Row): PartRemoval {
  return {
    entity: refOf(row),
    source: textOf(row, 'source'),
    stream: textOf(row, 'stream'),
    part: textOf(row, 'part'),
  };
}

/** A row of `part`, or of `stage` with content. */
export function partOf(row: Row): Part {
  return {
    ...removalOf(row),
    externalId: textOf(row, 'external_id'),
    file: textOf(row, 'file'),
    line: numberOf(row, 'line'),
    hash: textOf(row, 'hash'),
    content: objectOf(row, 'content'),
  };
}

/** The columns that `stagedOf` reads. */
export const STAGED = 'kind, id, source, stream, part, external_id, file, line, hash, content';

/** A row of `stage`, as a list of these columns. */
export function stagedOf(row: readonly unknown[]): StagedPart {
  const [kind, id, source, stream, part, externalId, file, line, hash, content] = row;
  const about = {
    entity: { kind: String(kind), id: String(id) },
    source: String(source),
    stream: String(stream),
    part: String(part),
  };
  if (content === null) return { ...about, content: null };
  const said = { externalId: String(externalId), file: String(file), line: Number(line) };
  return { ...about, ...said, hash: String(hash), content: JSON.parse(String(content)) };
}
