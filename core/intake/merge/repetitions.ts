import { RefusedFailure } from '../../failure/failure.ts';
import { saying, sayPlaces } from '../../failure/saying.ts';
import type { Problem } from '../../message/message.ts';
import type { Part } from '../../store/intake-store.ts';

const EXAMPLES = 5;

/** What came more than once in a run, and not always the same: how much of a stream, and where. */
export class Repetitions {
  readonly #ofStream = new Map<string, { count: number; first: readonly Part[] }>();

  readonly #isOurs: (part: Part) => boolean;

  /** `isOurs`: what the run has changed itself, since somebody has left. */
  constructor(isOurs: (part: Part) => boolean) {
    this.#isOurs = isOurs;
  }

  add(parts: readonly Part[]): void {
    for (const part of parts.filter((one) => !this.#isOurs(one))) {
      const { count, first } = this.#ofStream.get(part.stream) ?? { count: 0, first: [] };
      const sorted = [...first, part].sort(byPlace);
      this.#ofStream.set(part.stream, { count: count + 1, first: sorted.slice(0, EXAMPLES) });
    }
  }

  remarksOf(module: string, streams: readonly string[]): readonly Problem[] {
    return streams.flatMap((stream) => {
      const { count, first } = this.#ofStream.get(stream) ?? { count: 0, first: [] };
      const [part] = first;
      if (part === undefined) return [];
      const where = sayPlaces(first, count);
      const text = saying('cameTwice', { module, count, stream, where });
      const place = { file: part.file, line: part.line, field: null };
      return [new RefusedFailure('RECORD_REPEATED', text, { place }).toProblem()];
    });
  }
}

function byPlace(one: Part, other: Part): number {
  if (one.file !== other.file) return one.file < other.file ? -1 : 1;
  return one.line - other.line;
}
