import type { SourceRecord } from '../../connector/connector.ts';
import { RefusedFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { Problem } from '../../message/message.ts';

/** Of fewer records nothing is usual. */
const FEWEST = 5;

interface Tally {
  records: number;
  readonly filled: Map<string, number>;
}

/**
 * Counts which columns of a file's streams have values. Of columns it can be told when one is
 * renamed; of XML and JSON, and of columns that are left blank, only that nobody has it any more.
 */
export class UsualColumns {
  readonly #streams = new Map<string, Tally>();

  note(stream: string, records: readonly SourceRecord[]): void {
    const tally = this.#streams.get(stream) ?? { records: 0, filled: new Map() };
    this.#streams.set(stream, tally);
    tally.records += records.length;
    for (const { value } of records) {
      for (const name of Object.keys(value)) {
        const said = value[name];
        if (said === '' || (Array.isArray(said) && said.length === 0)) continue;
        tally.filled.set(name, (tally.filled.get(name) ?? 0) + 1);
      }
    }
  }

  /** Columns that at least half of a stream's records have. */
  of(stream: string): readonly string[] {
    const { records, filled } = this.#tally(stream);
    if (records < FEWEST) return [];
    return [...filled].flatMap(([name, count]) => (count * 2 >= records ? [name] : []));
  }

  /** What was usual in the file before, and no record has now. */
  remarks(stream: string, before: readonly string[], file: string): readonly Problem[] {
    const { records, filled } = this.#tally(stream);
    const gone = before.filter((name) => !filled.has(name));
    if (records < FEWEST || gone.length === 0) return [];
    const said = saying('columnsGone', { file, names: gone });
    const place = { file, line: null, field: gone[0] ?? null };
    return [new RefusedFailure('FILE_DRIFT', said, { place }).toProblem()];
  }

  #tally(stream: string): Tally {
    return this.#streams.get(stream) ?? { records: 0, filled: new Map() };
  }
}
