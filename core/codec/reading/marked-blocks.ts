import type { KnownBlocks, MarkedBlock } from '../../connector/connector.ts';
import type { KnownLines } from '../known-lines.ts';
import type { ChosenFile } from './chosen-files.ts';
import type { LayoutBatch } from './layout-reading.ts';
import type { UsualColumns } from './usual-columns.ts';

/**
 * The lines of a file that are known, where it holds a whole set of one stream. What their records
 * fill is counted; as long as none was read, it is not known which columns those are.
 */
export async function linesOf(
  group: readonly ChosenFile[],
  known: KnownBlocks | undefined,
  columns: UsualColumns,
  layoutDigest: string,
): Promise<KnownLines | undefined> {
  const [{ stream, layout } = {}, ...others] = group;
  if (stream === undefined || others.length > 0) return undefined;
  if (layout?.format !== 'delimited' || layout.mode === 'delta') return undefined;
  const blocks = await known?.of(stream);
  if (blocks == null) return undefined;
  return {
    salt: `${blocks.salt} ${layoutDigest}`,
    has: (digest) => columns.knows(stream) && blocks.has(digest),
    pass: async (digest) => {
      const passed = await blocks.pass(digest);
      if (passed !== null) columns.noteCounted(stream, passed);
      return passed;
    },
  };
}

/** The blocks of a batch all of whose rows are records. */
export function markedIn(
  { stream, records, blocks }: LayoutBatch,
  columns: UsualColumns,
): readonly MarkedBlock[] {
  const marked: MarkedBlock[] = [];
  let from = 0;
  for (const { digest, line, lines, records: rows } of blocks) {
    while ((records[from]?.line ?? line) < line) from += 1;
    let to = from;
    while ((records[to]?.line ?? line + lines) < line + lines) to += 1;
    if (rows > 0 && to - from === rows) {
      const filled = columns.countOf(stream, records.slice(from, to));
      marked.push({ digest, from, to, filled });
    }
    from = to;
  }
  return marked;
}
