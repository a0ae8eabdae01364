import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { RecordBatch, Source } from '../../core/connector/connector.ts';
import { Failure } from '../../core/failure/failure.ts';
import type { Json, JsonObject } from '../../core/message/message.ts';
import { compileSchema } from '../../core/schema/validator.ts';

/** One source with something to read, and what the suite needs to do to it. */
export interface SourceWorld {
  /** JSON Schema of each stream's records. */
  readonly schemas: ReadonlyMap<string, JsonObject>;
  /** A new source over the same input. */
  open(): Promise<Source>;
  /** Damages the input, so that it cannot be what its sender wrote. */
  damage(): Promise<void>;
  /** A service's damaged answer may be whole when it is asked again. Default: `invalid`. */
  readonly damaged?: 'invalid' | 'retry';
  /** Replaces the input by one of about this many records. */
  enlarge(records: number): Promise<void>;
  /** Removes the input; the suite has closed its sources. */
  close(): Promise<void>;
}

const NEVER = new AbortController().signal;
const LARGE = 30_000;
const MOST_IN_A_BATCH = 5000;
const MOST_GROWTH_BYTES = 24_000_000;

/** Every sentence of the Source port as a test; `make` sets up a world with at least one record. */
export function describeSource(name: string, make: () => Promise<SourceWorld>): void {
  describe(`the source contract: ${name}`, () => {
    let world: SourceWorld;

    beforeEach(async () => {
      world = await make();
    });

    afterEach(async () => {
      await world.close();
    });

    it('yields records that are valid against the schema of their stream', async () => {
      const batches = await readAll(world);
      assert.ok(batches.some(({ records }) => records.length > 0));
      for (const { stream, records } of batches) {
        const schema = world.schemas.get(stream);
        assert.ok(schema !== undefined, `the stream ${stream} is declared`);
        const check = compileSchema(schema);
        for (const { value } of records) assert.equal(check(value), null);
      }
    });

    it('says of every record in which file and on which line it begins', async () => {
      for (const { records } of await readAll(world)) {
        for (const { file, line } of records) {
          assert.notEqual(file, '');
          assert.ok(Number.isInteger(line) && line >= 1);
        }
      }
    });

    it('ends every stream that it begins once, with nothing after the end', async () => {
      const ended = new Set<string>();
      const begun = new Set<string>();
      for (const { stream, last } of await readAll(world)) {
        assert.ok(!ended.has(stream), `${stream} goes on after its end`);
        begun.add(stream);
        if (last) ended.add(stream);
      }
      assert.deepEqual(ended, begun);
    });

    it('keeps to one mode in a stream', async () => {
      const modes = new Map<string, string>();
      for (const { stream, mode } of await readAll(world)) {
        assert.equal(modes.get(stream) ?? mode, mode);
        modes.set(stream, mode);
      }
    });

    it('gives a checkpoint with its last batch alone, and can read on from it', async () => {
      const batches = await readAll(world);
      const checkpoints = batches.map(({ checkpoint }) => checkpoint);
      assert.ok(checkpoints.slice(0, -1).every((checkpoint) => checkpoint === null));
      await readAll(world, checkpoints.at(-1) ?? null);
    });

    it('gives the same when it is read twice from the same checkpoint', async () => {
      assert.deepEqual(await readAll(world), await readAll(world));
    });

    it('throws the reason of a signal that has fired before it begins', async () => {
      const reason = new Error('stop');
      await assert.rejects(readAll(world, null, AbortSignal.abort(reason)), reason);
    });

    it('stops when the signal fires while it is being read', async () => {
      await world.enlarge(LARGE);
      const whole = await countRecords(world, NEVER);
      const controller = new AbortController();
      const reason = new Error('stop');
      let count = 0;
      const reading = countRecords(world, controller.signal, (records) => {
        count += records;
        if (count > 0) controller.abort(reason);
      });
      await assert.rejects(reading, reason);
      assert.ok(count < whole / 2, `${count} of ${whole} came before it stopped`);
    });

    it('throws a Failure for damaged input, before it gives a checkpoint', async () => {
      await world.damage();
      const seen: RecordBatch[] = [];
      await assert.rejects(readInto(seen, world), (error) => {
        assert.ok(error instanceof Failure, String(error));
        assert.equal(error.recovery, world.damaged ?? 'invalid');
        return true;
      });
      assert.ok(seen.every(({ checkpoint }) => checkpoint === null));
    });

    it('reads large input in small batches and flat memory', async () => {
      await world.enlarge(LARGE);
      const collect = garbageCollector();
      collect();
      const before = process.memoryUsage().heapUsed;
      let most = 0;
      let batches = 0;
      const records = await countRecords(world, NEVER, (size) => {
        assert.ok(size <= MOST_IN_A_BATCH, `a batch of ${size}`);
        batches += 1;
        if (batches % 10 !== 0) return;
        collect();
        most = Math.max(most, process.memoryUsage().heapUsed - before);
      });
      assert.ok(records >= LARGE * 0.9);
      assert.ok(batches >= 10);
      assert.ok(most < MOST_GROWTH_BYTES, `the heap grew by ${most} bytes`);
    });

    it('tells the same news until something else lies there, if it tells any', async () => {
      const before = await newsOf(world, null);
      if (before === undefined) return;
      assert.ok(before !== null);
      assert.equal(await newsOf(world, null), before);
      const checkpoint = (await readAll(world)).at(-1)?.checkpoint ?? null;
      assert.ok([null, before].includes((await newsOf(world, checkpoint)) ?? null));
      await world.enlarge(LARGE / 100);
      assert.notEqual(await newsOf(world, null), before);
    });

    it('calls unchanged what was read, until something else lies there, if it can tell', async () => {
      if ((await isUnchanged(world, null)) === undefined) return;
      const checkpoint = (await readAll(world)).at(-1)?.checkpoint ?? null;
      assert.equal(await isUnchanged(world, null), false);
      assert.equal(await isUnchanged(world, checkpoint), true);
      await world.enlarge(LARGE / 100);
      assert.equal(await isUnchanged(world, checkpoint), false);
    });

    it('can be closed without having been read', async () => {
      const source = await world.open();
      await source.close();
    });
  });
}

async function readAll(
  world: SourceWorld,
  since: Json = null,
  signal: AbortSignal = NEVER,
): Promise<readonly RecordBatch[]> {
  const batches: RecordBatch[] = [];
  await readInto(batches, world, since, signal);
  return batches;
}

async function readInto(
  batches: RecordBatch[],
  world: SourceWorld,
  since: Json = null,
  signal: AbortSignal = NEVER,
): Promise<void> {
  const source = await world.open();
  try {
    for await (const batch of source.read(since, signal)) batches.push(batch);
  } finally {
    await source.close();
  }
}

async function newsOf(world: SourceWorld, since: Json): Promise<string | null | undefined> {
  const source = await world.open();
  try {
    return await source.fingerprint?.(since);
  } finally {
    await source.close();
  }
}

async function isUnchanged(world: SourceWorld, since: Json): Promise<boolean | undefined> {
  const source = await world.open();
  try {
    return await source.isUnchanged?.(since, NEVER);
  } finally {
    await source.close();
  }
}

async function countRecords(
  world: SourceWorld,
  signal: AbortSignal,
  onBatch: (records: number) => void = () => undefined,
): Promise<number> {
  const source = await world.open();
  let count = 0;
  try {
    for await (const { records } of source.read(null, signal)) {
      count += records.length;
      onBatch(records.length);
    }
  } finally {
    await source.close();
  }
  return count;
}

/** What is garbage must not count as memory in use. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}
