import assert from 'node:assert/strict';
import type { SnapshotSink } from '../../core/connector/sink.ts';
import type { JsonObject } from '../../core/message/message.ts';

/** A snapshot sink with a place behind it, empty at first. */
export interface SnapshotSinkWorld {
  /** The sink under test. */
  readonly sink: SnapshotSink;
  /** The kind that the suite speaks of. */
  readonly objectKind: string;
  /** The object of this key, as its mapping would make it. */
  object(key: string): JsonObject;
  /** What a reader who goes by the rules sees: text by file; nothing where no set is whole. */
  visible(): Promise<ReadonlyMap<string, string>>;
  /** What lies about elsewhere, of a set that is not in place. */
  leftovers(): Promise<readonly string[]>;
  /** Removes the place; the suite has closed the sink. */
  close(): Promise<void>;
}

const SIGNAL = new AbortController().signal;

/** Every sentence of the SnapshotSink port as a test. */
export function describeSnapshotSink(name: string, make: () => Promise<SnapshotSinkWorld>): void {
  describe(`the snapshot sink contract: ${name}`, () => {
    let world: SnapshotSinkWorld;

    beforeEach(async () => {
      world = await make();
    });
    afterEach(async () => {
      await world.sink.close();
      await world.close();
    });

    const begin = async (...keys: readonly string[]) => {
      const writer = await world.sink.begin(SIGNAL);
      for (const key of keys) await writer.write(world.objectKind, [world.object(key)]);
      return writer;
    };
    const text = async () => [...(await world.visible()).values()].join('\n');

    it('shows nothing before the commit, and then everything', async () => {
      const writer = await begin('first', 'second');
      assert.equal((await world.visible()).size, 0);
      await writer.commit();
      assert.match(await text(), /first(.|\s)*second/);
      assert.deepEqual(await world.leftovers(), []);
    });

    it('leaves the set in place untouched when the next one is given up', async () => {
      await (await begin('first')).commit();
      const before = await world.visible();
      const writer = await begin('second');
      await writer.abort();
      assert.deepEqual(await world.visible(), before);
      assert.deepEqual(await world.leftovers(), []);
    });

    it('forgets what a crash left, and puts the next set in place of the last', async () => {
      await (await begin('first')).commit();
      await begin('crashed');
      await (await begin('second')).commit();
      assert.doesNotMatch(await text(), /first|crashed/);
      assert.match(await text(), /second/);
    });

    it('writes the same set as the same bytes', async () => {
      await (await begin('first', 'second')).commit();
      const once = await world.visible();
      await (await begin('first', 'second')).commit();
      assert.deepEqual(await world.visible(), once);
    });

    it('puts an empty set in place as well', async () => {
      await (await begin('first')).commit();
      await (await begin()).commit();
      assert.ok((await world.visible()).size > 0);
      assert.doesNotMatch(await text(), /first/);
    });

    it('puts nothing in place once the signal has fired', async () => {
      const stop = new AbortController();
      const writer = await world.sink.begin(stop.signal);
      await writer.write(world.objectKind, [world.object('first')]);
      stop.abort(new Error('stop'));
      await assert.rejects(writer.commit());
      assert.equal((await world.visible()).size, 0);
    });
  });
}
