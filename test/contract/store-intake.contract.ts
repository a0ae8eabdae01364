import assert from 'node:assert/strict';
import type { Store } from '../../core/store/store.ts';
import {
  all,
  applyAll,
  entityOf,
  idOf,
  mergedOf,
  partOf,
  SOURCE,
  takeIn,
} from './store-fixtures.ts';

/** What the store promises of intakes. */
export function describeIntake(getStore: () => Store, reopen: () => Promise<Store>): void {
  describe('intake', () => {
    it('changes nothing before a run is committed and applied', async () => {
      const store = getStore();
      await store.intake.open('run-1', SOURCE);
      await store.intake.stage('run-1', [partOf('p1')]);
      assert.deepEqual(await all(store.entities.scan('person')), []);
      assert.deepEqual(await store.intake.committed(), []);
      await store.intake.open('run-2', SOURCE);
      await store.intake.commit('run-2', SOURCE, {});
      assert.deepEqual(await all(store.intake.touched('run-2')), [], 'the first run is forgotten');
    });

    it('counts as changed what differs, stages nothing else', async () => {
      const store = getStore();
      assert.deepEqual(await takeIn(store, 'run-1', [partOf('p1'), partOf('p2')]), {
        changed: 2,
        unchanged: 0,
      });
      const again = [partOf('p1'), partOf('p2', { givenName: 'Other' })];
      assert.deepEqual(await takeIn(store, 'run-2', again), { changed: 1, unchanged: 1 });
      assert.equal((await entityOf(store, 'p2'))?.['givenName'], 'Other');
    });

    it('takes the last of what comes twice, whichever of them it holds already', async () => {
      const store = getStore();
      const [one, other] = ['Kim', 'Other'].map((givenName) => partOf('p1', { givenName }));
      assert.ok(one !== undefined && other !== undefined);
      for (const [run, ...parts] of [
        ['run-1', other, one],
        ['run-2', other, one],
        ['run-3', one, other],
        ['run-4', one, other],
      ] as const) {
        await takeIn(store, run, parts);
        const kept = await entityOf(store, 'p1');
        assert.equal(kept?.['givenName'], parts[1].content['givenName'], run);
      }
    });

    it('tells what came twice and not the same, as it came last, whatever it holds', async () => {
      const store = getStore();
      const [kim, other] = ['Kim', 'Other'].map((givenName, at) => ({
        ...partOf('p1', { givenName }),
        line: at + 7,
      }));
      assert.ok(kim !== undefined && other !== undefined);
      for (const [run, parts, repeated] of [
        ['run-1', [kim, kim, partOf('p2')], []],
        ['run-2', [kim, partOf('p2'), other], [other]],
        ['run-3', [kim, other], [other]],
        ['run-4', [other, kim, kim], [kim]],
        ['run-5', [other], []],
        ['run-6', [other, { ...kim, stream: 'duty' }], []],
      ] as const) {
        await store.intake.open(run, SOURCE);
        await store.intake.stage(run, parts);
        await store.intake.commit(run, SOURCE, {});
        const touched = await all(store.intake.touched(run));
        assert.deepEqual(
          touched.flatMap((one) => one.repeated),
          repeated,
          run,
        );
        await applyAll(store, run);
      }
    });

    it('takes the last word of a part, also where words and removals alternate', async () => {
      const store = getStore();
      const part = partOf('p1');
      const words = {
        in: (run: string) => store.intake.stage(run, [part]),
        out: (run: string) => store.intake.stageRemovals(run, [part]),
        stay: (run: string) => store.intake.takeBack(run, [part]),
      };
      for (const [run, order, isThere] of [
        ['run-1', ['in', 'out'], false],
        ['run-2', ['out', 'in'], true],
        ['run-3', ['out', 'in'], true],
        ['run-4', ['in', 'out', 'in'], true],
        ['run-5', ['out', 'stay'], true],
        ['run-6', ['in', 'stay'], true],
        ['run-7', ['in', 'out'], false],
      ] as const) {
        await store.intake.open(run, SOURCE);
        for (const word of order) await words[word](run);
        await store.intake.commit(run, SOURCE, {});
        await applyAll(store, run);
        assert.equal((await entityOf(store, 'p1')) !== undefined, isThere, run);
      }
    });

    it('finishes a committed run after a crash, and applying again changes nothing', async () => {
      const store = getStore();
      await store.intake.open('run-1', SOURCE);
      await store.intake.stage('run-1', [partOf('p1'), partOf('p2')]);
      await store.intake.commit('run-1', SOURCE, { person: { until: 7 } });
      const next = await reopen();
      assert.deepEqual(await next.intake.committed(), [{ run: 'run-1', source: SOURCE }]);
      const [first] = await all(next.intake.touched('run-1'));
      assert.ok(first !== undefined);
      await next.intake.apply('run-1', [mergedOf(first.entity, first.parts)]);
      await next.intake.apply('run-1', [mergedOf(first.entity, first.parts)]);
      for (const { entity, parts } of await all(next.intake.touched('run-1'))) {
        await next.intake.apply('run-1', [mergedOf(entity, parts)]);
      }
      await next.intake.finish('run-1');
      assert.deepEqual(await next.intake.committed(), []);
      assert.equal(await next.entities.count('person'), 2);
      assert.deepEqual(await next.intake.checkpoint(SOURCE, 'person'), { until: 7 });
    });

    it('gives the parts of all sources of a touched entity, in order', async () => {
      const store = getStore();
      await takeIn(store, 'run-1', [partOf('p1')]);
      const other = { ...partOf('p1', { nick: 'x' }), source: 'accounts', stream: 'account' };
      await store.intake.open('run-2', 'accounts');
      await store.intake.stage('run-2', [other]);
      await store.intake.commit('run-2', 'accounts', {});
      const [touched] = await all(store.intake.touched('run-2'));
      assert.deepEqual(
        touched?.parts.map(({ source }) => source),
        ['accounts', SOURCE],
      );
    });

    it('gives every entity with its parts, in order and in pages', async () => {
      const store = getStore();
      const parts = Array.from({ length: 1500 }, (_, at) => partOf(`p${at}`));
      await takeIn(store, 'run-1', parts);
      const other = { ...partOf('p7', { nick: 'x' }), source: 'accounts', stream: 'account' };
      await takeIn(store, 'run-2', [other]);
      const found = await all(store.intake.all());
      assert.deepEqual(
        found.map(({ entity }) => entity.id),
        parts.map(({ entity }) => entity.id).sort(),
      );
      const seventh = found.find(({ entity }) => entity.id === idOf('p7'));
      assert.deepEqual(
        seventh?.parts.map(({ source }) => source),
        ['accounts', SOURCE],
      );
    });

    it('names the parts that a full stream did not bring, with the runs that missed them', async () => {
      const store = getStore();
      await takeIn(store, 'run-1', [partOf('p1'), partOf('p2')]);
      for (const missed of [0, 1]) {
        const run = `run-${missed + 2}`;
        await store.intake.open(run, SOURCE);
        await store.intake.stage(run, [partOf('p1')]);
        const unseen = await all(store.intake.unseen(run, SOURCE, 'person'));
        assert.deepEqual(
          unseen.map(({ entity, missedRuns }) => [entity.id, missedRuns]),
          [[idOf('p2'), missed]],
        );
        await store.intake.markMissed(run, unseen);
        await store.intake.commit(run, SOURCE, {});
        await applyAll(store, run);
        assert.equal(Object.values(await store.intake.leavers(SOURCE))[0], 1);
      }
      await takeIn(store, 'run-4', [partOf('p1'), partOf('p2')]);
      assert.deepEqual(await store.intake.leavers(SOURCE), {});
      await store.intake.open('run-5', SOURCE);
      await store.intake.stage('run-5', [partOf('p1')]);
      const [again] = await all(store.intake.unseen('run-5', SOURCE, 'person'));
      assert.equal(again?.missedRuns, 0, 'a part that was seen begins at 0 again');
    });

    it('keeps what is in quarantine from being gone', async () => {
      const store = getStore();
      await takeIn(store, 'run-1', [partOf('p1')]);
      await store.intake.open('run-2', SOURCE);
      await store.intake.keep('run-2', SOURCE, 'person', 'p1');
      assert.deepEqual(await all(store.intake.unseen('run-2', SOURCE, 'person')), []);
    });

    it('keeps of what is in quarantine one part alone, and says whether it is there', async () => {
      const store = getStore();
      const parts = ['a', 'b'].map((part) => ({ ...partOf('p1'), part }));
      await takeIn(store, 'run-1', parts);
      for (const [run, named, gone] of [
        ['run-2', 'a', ['b']],
        ['run-3', 'c', ['a', 'b']],
      ] as const) {
        await store.intake.open(run, SOURCE);
        const isThere = await store.intake.keep(run, SOURCE, 'person', 'p1', named);
        assert.equal(isThere, gone.length === 1);
        const unseen = await all(store.intake.unseen(run, SOURCE, 'person'));
        assert.deepEqual(
          unseen.map(({ part }) => part),
          gone,
        );
      }
    });

    it('tells each touched entity once with all of its parts, however many they are', async () => {
      const store = getStore();
      const counts = new Map([
        [idOf('p1'), 600],
        [idOf('p2'), 2100],
        [idOf('p3'), 3],
      ]);
      await store.intake.open('run-1', SOURCE);
      for (const name of ['p3', 'p2', 'p1']) {
        const one = partOf(name);
        const parts = Array.from({ length: counts.get(one.entity.id) ?? 0 }, (_, at) => {
          return { ...one, part: String(at) };
        });
        await store.intake.stage('run-1', parts);
      }
      await store.intake.commit('run-1', SOURCE, {});
      const touched = await all(store.intake.touched('run-1'));
      const told = touched.map(({ entity, parts }) => [entity.id, parts.length] as const);
      assert.deepEqual(told, [...counts].sort());
    });

    it('removes an entity that nothing speaks of any more, with its references', async () => {
      const store = getStore();
      await takeIn(store, 'run-1', [partOf('p1', { guardian: idOf('p2') })]);
      const to = { kind: 'person', id: idOf('p2') };
      const nobody = { kind: 'person', id: idOf('p3') };
      assert.deepEqual(await store.entities.referrers([nobody, to]), [
        [],
        [{ kind: 'person', id: idOf('p1') }],
      ]);
      await store.intake.open('run-2', SOURCE);
      const { entity, source, stream, part } = partOf('p1');
      await store.intake.stageRemovals('run-2', [{ entity, source, stream, part }]);
      await store.intake.commit('run-2', SOURCE, {});
      await applyAll(store, 'run-2');
      assert.equal(await store.entities.count('person'), 0);
      assert.deepEqual(await store.entities.referrers([to]), [[]]);
      assert.deepEqual(await store.entities.parts(entity), []);
    });

    it("leaves the last good entity where the merge says 'keep'", async () => {
      const store = getStore();
      await takeIn(store, 'run-1', [partOf('p1')]);
      await store.intake.open('run-2', SOURCE);
      await store.intake.stage('run-2', [partOf('p1', { givenName: 'Bad' })]);
      await store.intake.commit('run-2', SOURCE, {});
      const [touched] = await all(store.intake.touched('run-2'));
      assert.ok(touched !== undefined);
      const { entity } = touched;
      const nothing = {
        hash: '',
        references: [],
        lookups: [],
        isProtected: false,
        goesAtOnce: false,
      };
      const kept = { entity, content: 'keep', ...nothing } as const;
      await store.intake.apply('run-2', [kept]);
      await store.intake.finish('run-2');
      assert.equal((await entityOf(store, 'p1'))?.['givenName'], 'Kim');
      const [part] = await store.entities.parts(touched.entity);
      assert.equal(part?.content['givenName'], 'Bad', 'what was said is known');
    });
  });
}
