import assert from 'node:assert/strict';
import type { Store } from '../../core/store/store.ts';
import {
  all,
  applyAll,
  entityOf,
  idOf,
  lookupOf,
  mergedOf,
  partOf,
  SOURCE,
  takeIn,
} from './store-fixtures.ts';

/** What the store promises of intakes and entities. */
export function describeIntake(getStore: () => Store, reopen: () => Promise<Store>): void {
  describe('intake', () => {
    it('changes nothing before a run is sealed and applied', async () => {
      const store = getStore();
      await store.intake.open('run-1', SOURCE);
      await store.intake.stage('run-1', [partOf('p1')]);
      assert.deepEqual(await all(store.entities.scan('person')), []);
      assert.deepEqual(await store.intake.sealed(), []);
      await store.intake.open('run-2', SOURCE);
      await store.intake.seal('run-2', SOURCE, {});
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
        await store.intake.seal(run, SOURCE, {});
        const touched = await all(store.intake.touched(run));
        assert.deepEqual(
          touched.flatMap((one) => one.repeated),
          repeated,
          run,
        );
        await applyAll(store, run);
      }
    });

    it('finishes a sealed run after a crash, and applying again changes nothing', async () => {
      const store = getStore();
      await store.intake.open('run-1', SOURCE);
      await store.intake.stage('run-1', [partOf('p1'), partOf('p2')]);
      await store.intake.seal('run-1', SOURCE, { person: { until: 7 } });
      const next = await reopen();
      assert.deepEqual(await next.intake.sealed(), [{ run: 'run-1', source: SOURCE }]);
      const [first] = await all(next.intake.touched('run-1'));
      assert.ok(first !== undefined);
      await next.intake.apply('run-1', [mergedOf(first.entity, first.parts)]);
      await next.intake.apply('run-1', [mergedOf(first.entity, first.parts)]);
      for (const { entity, parts } of await all(next.intake.touched('run-1'))) {
        await next.intake.apply('run-1', [mergedOf(entity, parts)]);
      }
      await next.intake.finish('run-1');
      assert.deepEqual(await next.intake.sealed(), []);
      assert.equal(await next.entities.count('person'), 2);
      assert.deepEqual(await next.intake.checkpoint(SOURCE, 'person'), { until: 7 });
    });

    it('gives the parts of all sources of a touched entity, in order', async () => {
      const store = getStore();
      await takeIn(store, 'run-1', [partOf('p1')]);
      const other = { ...partOf('p1', { nick: 'x' }), source: 'accounts', stream: 'account' };
      await store.intake.open('run-2', 'accounts');
      await store.intake.stage('run-2', [other]);
      await store.intake.seal('run-2', 'accounts', {});
      const [touched] = await all(store.intake.touched('run-2'));
      assert.deepEqual(
        touched?.parts.map(({ source }) => source),
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
        await store.intake.seal(run, SOURCE, {});
        await applyAll(store, run);
      }
      await takeIn(store, 'run-4', [partOf('p1'), partOf('p2')]);
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

    it('removes an entity that nothing speaks of any more, with its references', async () => {
      const store = getStore();
      await takeIn(store, 'run-1', [partOf('p1', { guardian: idOf('p2') })]);
      const to = { kind: 'person', id: idOf('p2') };
      assert.deepEqual(await store.entities.referrers(to), [{ kind: 'person', id: idOf('p1') }]);
      await store.intake.open('run-2', SOURCE);
      const { entity, source, stream, part } = partOf('p1');
      await store.intake.stageRemovals('run-2', [{ entity, source, stream, part }]);
      await store.intake.seal('run-2', SOURCE, {});
      await applyAll(store, 'run-2');
      assert.equal(await store.entities.count('person'), 0);
      assert.deepEqual(await store.entities.referrers(to), []);
      assert.deepEqual(await store.entities.parts(entity), []);
    });

    it('tells what is referred to and is not there, once however often it is named', async () => {
      const store = getStore();
      const guardian = idOf('g1');
      const children = ['p1', 'p2', 'p3'].map((name) =>
        partOf(name, { guardian: name === 'p3' ? idOf('g2') : guardian }),
      );
      await takeIn(store, 'run-1', [...children, partOf('g2')]);
      const [found, ...more] = await store.entities.dangling();
      assert.deepEqual([found?.from, found?.to, found?.count], ['person', 'person', 1]);
      assert.deepEqual(
        new Set(found?.examples.map(({ from }) => from)),
        new Set([idOf('p1'), idOf('p2')]),
      );
      assert.equal(found?.examples[0]?.to, guardian);
      assert.deepEqual(more, []);
      await takeIn(store, 'run-2', [partOf('g1')]);
      assert.deepEqual(await store.entities.dangling(), []);
    });

    it("leaves the last good entity where the merge says 'keep'", async () => {
      const store = getStore();
      await takeIn(store, 'run-1', [partOf('p1')]);
      await store.intake.open('run-2', SOURCE);
      await store.intake.stage('run-2', [partOf('p1', { givenName: 'Bad' })]);
      await store.intake.seal('run-2', SOURCE, {});
      const [touched] = await all(store.intake.touched('run-2'));
      assert.ok(touched !== undefined);
      const { entity } = touched;
      const nothing = { hash: '', references: [], lookups: [], isShielded: false };
      const kept = { entity, content: 'keep', ...nothing } as const;
      await store.intake.apply('run-2', [kept]);
      await store.intake.finish('run-2');
      assert.equal((await entityOf(store, 'p1'))?.['givenName'], 'Kim');
      const [part] = await store.entities.parts(touched.entity);
      assert.equal(part?.content['givenName'], 'Bad', 'what was said is known');
    });

    it('finds entities by id, by outside id, and in order of their ids', async () => {
      const store = getStore();
      const names = Array.from({ length: 2500 }, (_, at) => `p${at}`);
      await takeIn(
        store,
        'run-1',
        names.map((one) => partOf(one)),
      );
      const ids = (await all(store.entities.scan('person'))).map(({ entity }) => entity.id);
      assert.deepEqual(ids, names.map(idOf).sort());
      assert.equal(await store.entities.count('person'), 2500);
      assert.equal(await store.intake.countParts(SOURCE, 'person'), 2500);
      const found = await store.entities.get('person', [idOf('p1'), idOf('none'), idOf('p2')]);
      assert.deepEqual(
        found.map(({ entity }) => entity.id).sort(),
        [idOf('p1'), idOf('p2')].sort(),
      );
      const byOutside = await store.entities.byExternalId(SOURCE, 'person', 'p7');
      assert.deepEqual(byOutside, { kind: 'person', id: idOf('p7') });
      assert.equal(await store.entities.byExternalId(SOURCE, 'person', 'nobody'), null);
    });

    it('finds entities by what they were applied with, and by nothing else', async () => {
      const store = getStore();
      await takeIn(store, 'run-1', [partOf('p1'), partOf('p2'), partOf('p3', { givenName: 'Mo' })]);
      const found = (text: string) => store.entities.byLookup('person', lookupOf(text));
      assert.deepEqual(await found('Kim'), [idOf('p1'), idOf('p2')].sort());
      assert.deepEqual(await found(idOf('p3')), [idOf('p3')]);
      assert.deepEqual(await found('Nobody'), []);
      assert.deepEqual(await store.entities.byLookup('group', lookupOf('Kim')), []);
      await takeIn(store, 'run-2', [partOf('p1', { givenName: 'Mo' })]);
      assert.deepEqual(
        await found('Kim'),
        [idOf('p2')],
        'what it was found by before is forgotten',
      );
      assert.deepEqual(await found('Mo'), [idOf('p1'), idOf('p3')].sort());
    });

    it('forgets what an entity was found by in the step in which the entity goes', async () => {
      const store = getStore();
      await takeIn(store, 'run-1', [partOf('p1')]);
      await store.intake.open('run-2', SOURCE);
      const { entity, source, stream, part } = partOf('p1');
      await store.intake.stageRemovals('run-2', [{ entity, source, stream, part }]);
      await store.intake.seal('run-2', SOURCE, {});
      await applyAll(store, 'run-2');
      assert.deepEqual(await store.entities.byLookup('person', lookupOf('Kim')), []);
    });

    it('indexes entities anew, and leaves them as they are', async () => {
      const store = getStore();
      await takeIn(store, 'run-1', [partOf('p1')]);
      const before = await entityOf(store, 'p1');
      await store.entities.index('person', [{ id: idOf('p1'), lookups: [lookupOf('new')] }]);
      assert.deepEqual(await store.entities.byLookup('person', lookupOf('new')), [idOf('p1')]);
      assert.deepEqual(await store.entities.byLookup('person', lookupOf('Kim')), []);
      assert.deepEqual(await entityOf(store, 'p1'), before);
    });

    it('tells what has changed since an earlier look, and who is no longer referred to', async () => {
      const store = getStore();
      await takeIn(store, 'run-1', [partOf('p1', { guardian: idOf('g1') }), partOf('p2')]);
      const { until } = await store.entities.changes(0);
      assert.deepEqual((await store.entities.changes(until)).changed, []);
      await takeIn(store, 'run-2', [partOf('p2')]);
      assert.deepEqual((await store.entities.changes(until)).changed, [], 'the same is no change');
      await takeIn(store, 'run-3', [partOf('p1', { guardian: idOf('g2') })]);
      const { changed } = await store.entities.changes(until);
      const person = (name: string, what: string) => ({ kind: 'person', id: idOf(name), what });
      const byId = (list: readonly { id: string }[] | null) =>
        [...(list ?? [])].sort((a, b) => (a.id < b.id ? -1 : 1));
      const expected = [person('p1', 'content'), person('g1', 'referrers')];
      assert.deepEqual(byId(changed), byId(expected));
      assert.deepEqual(await store.entities.references({ kind: 'person', id: idOf('p1') }), [
        { kind: 'person', id: idOf('g2') },
      ]);
    });

    it('finds who is protected without a look at everybody', async () => {
      const store = getStore();
      const parts = [partOf('p1'), partOf('p2', { givenName: 'Kim', protected: 'yes' })];
      await takeIn(store, 'run-1', parts);
      const ids = async () =>
        (await store.entities.shielded('person')).map(({ entity }) => entity.id);
      assert.deepEqual(await ids(), [idOf('p2')]);
      await takeIn(store, 'run-2', [partOf('p2')]);
      assert.deepEqual(await ids(), []);
    });

    it('rewrites entities as a migration does, and leaves their parts', async () => {
      const store = getStore();
      await takeIn(store, 'run-1', [partOf('p1')]);
      const entity = { id: idOf('p1'), givenName: 'Migrated' };
      await store.entities.rewrite([{ kind: 'person', entity, hash: 'new', isShielded: false }]);
      assert.deepEqual(await store.entities.get('person', [entity.id]), [{ entity, hash: 'new' }]);
      assert.equal((await store.entities.parts({ kind: 'person', id: entity.id })).length, 1);
    });
  });
}
