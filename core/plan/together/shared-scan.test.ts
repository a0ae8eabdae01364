import assert from 'node:assert/strict';
import type { EntityStore } from '../../store/entity-store.ts';
import { SharedScan } from './shared-scan.ts';

/** A scan of three batches of each kind, and what was read by it. */
function scanned(): { readonly scan: EntityStore['scan']; readonly read: string[] } {
  const read: string[] = [];
  const scan = async function* (kind: string) {
    for (const id of ['a', 'b', 'c']) {
      read.push(`${kind} ${id}`);
      yield [{ entity: { id }, hash: '' }];
    }
  };
  return { scan, read };
}

/** Reads these kinds of a shared scan; answers what was read, in its order. */
async function readAll(scan: EntityStore['scan'], kinds: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const kind of kinds) {
    for await (const batch of scan(kind)) found.push(`${kind} ${batch[0]?.entity.id}`);
  }
  return found;
}

/** The kinds that are read, once or again, where each wants these in this order. */
async function allOf(...all: readonly (readonly string[])[]): Promise<readonly string[]> {
  return allOften(1, ...all);
}

/** The same where each goes through them so often. */
async function allOften(times: number, ...all: readonly (readonly string[])[]) {
  const { scan, read } = scanned();
  const shared = new SharedScan(scan);
  const readers = all.map((kinds) => shared.join(kinds));
  const own = readers.map(async (reader, at) => {
    const kinds = Array.from({ length: times }, () => all[at] ?? []).flat();
    const found = await readAll(reader.scan, kinds);
    reader.leave();
    assert.deepEqual(found, await readAll(scanned().scan, kinds));
  });
  await Promise.all(own);
  return read.filter((one) => one.endsWith('a')).map((one) => one.slice(0, -2));
}

describe('a scan that several share', () => {
  it('reads each kind once where all want the same', async () => {
    const kinds = ['unit', 'person', 'group'];
    assert.deepEqual(await allOf(kinds, kinds, kinds), kinds);
  });

  it('waits with a kind until others have come as far', async () => {
    assert.deepEqual(
      await allOf(['person'], ['unit', 'person', 'group'], ['group'], ['unit', 'group', 'duty']),
      ['unit', 'person', 'group', 'duty'],
    );
  });

  it('reads a kind again for whoever wants it twice', async () => {
    assert.deepEqual(await allOf(['unit', 'unit', 'person'], ['unit', 'person']), [
      ...['unit', 'unit', 'person'],
    ]);
  });

  it('ends where each wants first what the other wants last', async () => {
    assert.equal((await allOf(['person', 'group'], ['group', 'person'])).length, 3);
  });

  it('lets whoever begins anew wait for those who have not come to the end', async () => {
    assert.deepEqual(await allOften(2, ['unit'], ['unit', 'person'], ['unit', 'person', 'group']), [
      ...['unit', 'person', 'group'],
      ...['unit', 'person', 'group'],
    ]);
  });

  it('reads no further than somebody wants', async () => {
    const { scan, read } = scanned();
    const shared = new SharedScan(scan);
    const [early, late] = [shared.join(['person']), shared.join(['person'])];
    const stops = async () => {
      for await (const _batch of early.scan('person')) break;
      early.leave();
    };
    const also = async () => {
      for await (const batch of late.scan('person')) if (batch[0]?.entity.id === 'b') break;
      late.leave();
    };
    await Promise.all([stops(), also()]);
    assert.deepEqual(read, ['person a', 'person b']);
  });

  it('tells everybody who reads that the store is out', async () => {
    const shared = new SharedScan(async function* () {
      yield [];
      throw new Error('out');
    });
    const readers = [shared.join(['person']), shared.join(['person'])];
    const ends = readers.map(({ scan }) => assert.rejects(readAll(scan, ['person']), /out/));
    await Promise.all(ends);
  });
});
