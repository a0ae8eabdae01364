import type { RecordBatch } from '../../connector/connector.ts';
import { RefusedFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { InboundMapping } from '../../mapping/compiled.ts';
import type { Problem } from '../../message/message.ts';
import type { StreamYield } from '../../store/run-store.ts';

interface Tally {
  readonly mode: RecordBatch['mode'];
  records: number;
  made: number;
  leftOut: number;
  bad: number;
  /** How much each mapping made. */
  readonly ofMapping: Map<InboundMapping, number>;
}

/** What the records of one run became, stream by stream: nothing is silently nothing. */
export class Yields {
  readonly #streams = new Map<string, Tally>();

  begin(
    { stream, mode }: Pick<RecordBatch, 'stream' | 'mode'>,
    count: { readonly records: number; readonly faults: number },
    mappings: readonly InboundMapping[],
  ): void {
    const fresh = { mode, records: 0, made: 0, leftOut: 0, bad: 0, ofMapping: new Map() };
    const tally = this.#streams.get(stream) ?? fresh;
    this.#streams.set(stream, tally);
    tally.records += count.records + count.faults;
    tally.bad += count.faults;
    for (const one of mappings) tally.ofMapping.set(one, tally.ofMapping.get(one) ?? 0);
  }

  /** How many parts each mapping made of one record; null: it could not. */
  note(stream: string, made: ReadonlyMap<InboundMapping, number | null>): void {
    const tally = this.#streams.get(stream);
    if (tally === undefined) return;
    let parts = 0;
    let isBad = false;
    for (const [mapping, count] of made) {
      isBad ||= count === null;
      parts += count ?? 0;
      tally.ofMapping.set(mapping, (tally.ofMapping.get(mapping) ?? 0) + (count ?? 1));
    }
    tally.made += parts;
    if (isBad) tally.bad += 1;
    else if (parts === 0) tally.leftOut += 1;
  }

  /** Records of all streams, bad ones too. */
  get records(): number {
    return [...this.#streams.values()].reduce((sum, { records }) => sum + records, 0);
  }

  byStream(): Readonly<Record<string, StreamYield>> {
    const entries = [...this.#streams].map(([stream, { records, made, leftOut, bad }]) => {
      return [stream, { records, made, leftOut, bad }] as const;
    });
    return Object.fromEntries(entries);
  }

  get leftOut(): number {
    return [...this.#streams.values()].reduce((sum, { leftOut }) => sum + leftOut, 0);
  }

  /** Mappings that made nothing of any record of a whole set which none took. */
  remarks(module: string): readonly Problem[] {
    const found: Problem[] = [];
    for (const [stream, { mode, records, leftOut, ofMapping }] of this.#streams) {
      if (mode !== 'full' || leftOut === 0) continue;
      for (const [mapping, made] of ofMapping) {
        if (made === 0) found.push(unused(module, stream, { records, leftOut }, mapping));
      }
    }
    return found;
  }
}

function unused(
  module: string,
  stream: string,
  { records, leftOut }: Pick<StreamYield, 'records' | 'leftOut'>,
  { file, conditions }: InboundMapping,
): Problem {
  const why = conditions.map(({ text, line }) => `${text} (line ${line})`).join(', ');
  const values = { module, records, stream, leftOut, mapping: file };
  const text = why === '' ? saying('unused', values) : saying('unusedWhen', { ...values, why });
  const place = { file, line: conditions[0]?.line ?? null, field: `${stream} ${file}` };
  return new RefusedFailure('RECORDS_UNUSED', text, { place }).toProblem();
}
