import type {
  KnownBlocks,
  KnownOfStream,
  PassedBlock,
  RecordBatch,
} from '../../connector/connector.ts';
import { printOfRunning } from '../../flow/known/workspace-print.ts';
import type { Yields } from '../aside/yields.ts';
import type { IntakeContext, IntakeTask } from '../intake-task.ts';
import type { RecordCleaner } from '../stream/clean-records.ts';
import type { StreamStates } from '../stream/stream-states.ts';
import { blocksOf, type TableBlock, tableOf } from './block-table.ts';
import type { KnownRecords } from './known-records.ts';
import type { KnownStream } from './known-stream.ts';
import type { Passing } from './passing.ts';
import { DIGEST_BYTES } from './record-print.ts';

/** What is counted of records that are passed over. */
interface Noting {
  readonly known: KnownRecords;
  readonly passing: Passing;
  readonly streams: StreamStates;
  readonly yields: Yields;
}

/** A block that was read: what its records made is asked once the run has been applied. */
interface ReadBlock extends Pick<TableBlock, 'digest' | 'records' | 'filled'> {
  /** The digests of its records, one after the other. */
  readonly digests: string;
}

/** What one run has met of a stream. */
interface BlocksOfStream {
  readonly before: KnownStream;
  readonly passed: TableBlock[];
  readonly read: ReadBlock[];
}

/** From so many records for each one that was passed over, all prints are read anew. */
const FEW = 0.1;

/**
 * Blocks of lines whose records are all known: they are neither split nor parsed. Each is found by
 * a digest of its bytes, under the same rules as a record; what it made must be as it was then.
 */
export class BlocksOfRun {
  readonly #task: IntakeTask;
  readonly #context: IntakeContext;
  readonly #noting: Noting;
  readonly #streams = new Map<string, BlocksOfStream>();
  /** Records that were passed over with their blocks. */
  #records = 0;

  constructor(task: IntakeTask, context: IntakeContext, noting: Noting) {
    this.#task = task;
    this.#context = context;
    this.#noting = noting;
  }

  /** What a source is given to know them by; who wrote a record otherwise is counted. */
  knownTo(cleaner: RecordCleaner): KnownBlocks {
    return { of: (stream) => this.#of(stream, cleaner) };
  }

  /** Notes the blocks of a batch of which every record may be known the next time. */
  note({ stream, mode, blocks = [] }: RecordBatch, digests: readonly (string | null)[]): void {
    if (mode !== 'full') return;
    for (const { digest, from, to, filled } of blocks) {
      const own = digests.slice(from, to);
      if (own.length === 0 || own.includes(null)) continue;
      const block = { digest, filled, records: own.length, digests: own.join('') };
      this.#streams.get(stream)?.read.push(block);
    }
  }

  /** Keeps the blocks of whole sets that came to their end, once what they made is kept. */
  async keep(streams: Iterable<string>): Promise<void> {
    for (const stream of streams) {
      const met = this.#streams.get(stream);
      if (met === undefined || met.read.length === 0) continue;
      const read = met.read.reduce((sum, { records }) => sum + records, 0);
      const isMuch = read > FEW * this.#records;
      const known = isMuch ? await this.#noting.known.read(stream) : met.before;
      const blocks = [...met.passed, ...met.read.flatMap((one) => madeBy(one, known))];
      await this.#context.store.putValue(this.#nameOf(stream), tableOf(blocks));
    }
    this.#streams.clear();
  }

  async #of(stream: string, cleaner: RecordCleaner): Promise<KnownOfStream | null> {
    const { known } = this.#noting;
    const found = await known.ofStream(stream);
    if (found === null) return null;
    const table = blocksOf(await this.#context.store.getValue(this.#nameOf(stream)));
    const met: BlocksOfStream = { before: found.known, passed: [], read: [] };
    this.#streams.set(stream, met);
    const pass = async (digest: string): Promise<PassedBlock | null> => {
      const block = table.get(digest);
      if (block === undefined || !(await this.#passesOver(stream, block, met, cleaner)))
        return null;
      met.passed.push(block);
      return block;
    };
    const salt = `${found.rules} ${printOfRunning()}`;
    return { salt, has: (digest) => table.has(digest), pass };
  }

  async #passesOver(
    stream: string,
    block: TableBlock,
    { before }: BlocksOfStream,
    cleaner: RecordCleaner,
  ): Promise<boolean> {
    const { passing, streams, yields } = this.#noting;
    const made = before.sealed(block.numbers);
    if (made?.seal !== block.seal) return false;
    const of = { stream, mode: 'full' } as const;
    const mappings = this.#task.mappings.filter(({ from }) => from.stream === stream);
    const place = { stream, mappings, state: streams.of(of), cleaner, waiting: new Set<number>() };
    if (!(await passing.passesOver(made, place))) return false;
    yields.begin(of, { records: block.records, faults: 0 }, mappings);
    this.#records += block.records;
    return true;
  }

  #nameOf(stream: string): string {
    return `blocks ${this.#task.module} ${stream}`;
  }
}

/** What the records of a block made; nothing where one is not known, or a part is another's too. */
function madeBy({ digests, ...block }: ReadBlock, known: KnownStream): readonly TableBlock[] {
  const numbers: number[] = [];
  for (let at = 0; at < digests.length; at += DIGEST_BYTES) {
    const found = known.find(digests.slice(at, at + DIGEST_BYTES));
    if (found === null) return [];
    numbers.push(...found.numbers);
  }
  const made = new Set(numbers).size === numbers.length ? known.sealed(numbers) : null;
  return made === null ? [] : [{ ...block, numbers, seal: made.seal }];
}
