import assert from 'node:assert/strict';
import type { Store } from '../../core/store/store.ts';
import { all, entityOf, idOf, mergedOf, partOf, SOURCE, takeIn } from './store-fixtures.ts';

/** What the store promises of what an intake need not look at. */
export function describeKnown(getStore: () => Store): void {
  describe('what is known of an intake', () => {
    it('calls an entity new only where it is not stored, though no part speaks of it', async () => {
      const store = getStore();
      const [one, two] = [partOf('p1'), partOf('p2')];
      const touching = async (run: string, merge: typeof mergedOf) => {
        const found: string[] = [];
        for await (const page of store.intake.touched(run)) {
          for (const { entity, isNew } of page) {
            if (isNew !== true) continue;
            assert.deepEqual(await store.entities.get(entity.kind, [entity.id]), [], run);
            found.push(entity.id);
          }
          await store.intake.apply(
            run,
            page.map(({ entity, parts }) => merge(entity, parts)),
          );
        }
        await store.intake.finish(run);
        return found;
      };
      await store.intake.open('run-1', SOURCE);
      await store.intake.stage('run-1', [one]);
      await store.intake.commit('run-1', SOURCE, {});
      await touching('run-1', mergedOf);
      await store.intake.open('run-2', SOURCE);
      await store.intake.stageRemovals('run-2', [one]);
      await store.intake.commit('run-2', SOURCE, {});
      await touching('run-2', (entity) => ({ ...mergedOf(entity, []), content: 'keep' }));
      await store.intake.open('run-3', SOURCE);
      await store.intake.stage('run-3', [partOf('p1', { givenName: 'Other' }), two]);
      await store.intake.commit('run-3', SOURCE, {});
      assert.deepEqual(await touching('run-3', mergedOf), []);
      assert.equal((await entityOf(store, 'p1'))?.['givenName'], 'Other');
    });

    describe('of which record a part was made', () => {
      const printOf = (text: string) => new Uint8Array(Buffer.from(text));
      const printsOf = async (store: Store, stream: string, bytes: number) => {
        const found: { number: number; print: string }[] = [];
        for await (const page of store.intake.prints(SOURCE, stream, bytes)) {
          for (const [at, number] of page.numbers.entries()) {
            const print = page.prints.subarray(at * bytes, (at + 1) * bytes);
            found.push({ number, print: Buffer.from(print).toString() });
          }
        }
        return found;
      };
      const printed = async (store: Store) => {
        const found: string[] = [];
        for (const one of await printsOf(store, 'person', 3)) found.push(one.print);
        return found.sort();
      };

      it('is told by the print that it was staged with, until it is staged without', async () => {
        const store = getStore();
        const [one, two] = [partOf('p1'), partOf('p2')];
        await takeIn(store, 'run-1', [{ ...one, print: printOf('one') }, two]);
        assert.deepEqual(await printed(store), ['one']);
        await takeIn(store, 'run-2', [one, { ...two, print: printOf('two') }]);
        assert.deepEqual(await printed(store), ['one', 'two'], 'as they were: nothing is staged');
        await takeIn(store, 'run-3', [partOf('p1', { givenName: 'Other' })]);
        assert.deepEqual(await printed(store), ['two']);
        assert.deepEqual(await printsOf(store, 'duty', 3), []);
        assert.deepEqual(await printsOf(store, 'person', 4), [], 'none is so long');
      });

      it('is not told of a part that the last run missed', async () => {
        const store = getStore();
        const part = { ...partOf('p1'), print: printOf('one') };
        await takeIn(store, 'run-1', [part]);
        await store.intake.markMissed('run-1', [part]);
        assert.deepEqual(await printed(store), []);
        await takeIn(store, 'run-2', [part]);
        assert.deepEqual(await printed(store), ['one']);
      });

      it('passes parts over once, and none that the run has met', async () => {
        const store = getStore();
        const parts = ['p1', 'p2', 'p3', 'p4'].map((name) => {
          return { ...partOf(name), print: printOf(name) };
        });
        await takeIn(store, 'run-1', parts);
        const numbers = new Map<string, number>();
        for (const { number, print } of await printsOf(store, 'person', 2)) {
          numbers.set(print, number);
        }
        const passes = (...names: readonly string[]) =>
          store.intake.passOver(
            'run-2',
            names.map((name) => numbers.get(name) ?? 0),
          );
        await store.intake.open('run-2', SOURCE);
        assert.equal(await passes('p1'), true);
        assert.equal(await passes('p1'), false, 'passed over before');
        await store.intake.stageRemovals('run-2', parts.slice(1, 2));
        assert.equal(await passes('p2'), false, 'removed');
        await store.intake.stage('run-2', parts.slice(2, 3));
        assert.equal(await passes('p3', 'p4'), false, 'one of them staged');
        const unseen = await all(store.intake.unseen('run-2', SOURCE, 'person'));
        assert.deepEqual(
          unseen.map(({ entity }) => entity.id).sort(),
          [idOf('p2'), idOf('p4')].sort(),
        );
        const other = partOf('p1', { givenName: 'Other' });
        await store.intake.stage('run-2', [other]);
        await store.intake.commit('run-2', SOURCE, {});
        const touched = await all(store.intake.touched('run-2'));
        const repeated = touched.flatMap((one) => one.repeated);
        assert.deepEqual(repeated, [other], 'what was passed over came before it');
      });
    });
  });
}
