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

/** Ids of those that can be found by this. */
async function foundBy(store: Store, kind: string, text: string): Promise<readonly string[]> {
  const found = await all(store.entities.byLookups(kind, new Set([lookupOf(text)])));
  return found.map(({ id }) => id);
}

/** What the store promises of entities. */
export function describeEntities(getStore: () => Store): void {
  describe('entities', () => {
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

    it('tells who of a kind refers to whom of it, where that may go round in a circle', async () => {
      const store = getStore();
      const [a, b, c] = [idOf('a'), idOf('b'), idOf('c')];
      const to = (guardian: string) => ({ guardian });
      await takeIn(store, 'run-1', [
        ...[partOf('a', to(b)), partOf('b', to(a)), partOf('c', to(c))],
        ...[partOf('d', to(a)), partOf('e', to(idOf('f'))), partOf('f')],
      ]);
      const found = await store.entities.selfReferences('person');
      assert.deepEqual(
        new Set(found.map(({ from, to: named }) => `${from} ${named}`)),
        new Set([`${a} ${b}`, `${b} ${a}`, `${c} ${c}`]),
      );
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
      assert.deepEqual(await store.intake.countParts(SOURCE), { person: 2500 });
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
      const found = (text: string) => foundBy(store, 'person', text);
      assert.deepEqual(await found('Kim'), [idOf('p1'), idOf('p2')].sort());
      assert.deepEqual(await found(idOf('p3')), [idOf('p3')]);
      assert.deepEqual(await found('Nobody'), []);
      assert.deepEqual(await foundBy(store, 'group', 'Kim'), []);
      await takeIn(store, 'run-2', [partOf('p1', { givenName: 'Mo' })]);
      assert.deepEqual(
        await found('Kim'),
        [idOf('p2')],
        'what it was found by before is forgotten',
      );
      assert.deepEqual(await found('Mo'), [idOf('p1'), idOf('p3')].sort());
    });

    it('finds who can be found by any of many, each once, with those by which it is', async () => {
      const store = getStore();
      const many = Array.from({ length: 40 }, (_, at) => partOf(`q${at}`));
      await takeIn(store, 'run-1', [...many, partOf('p1', { givenName: 'Mo' }), partOf('p2')]);
      const asked = new Set(['Mo', idOf('p1'), idOf('p2'), 'Nobody'].map(lookupOf));
      const others = Array.from({ length: 20 }, (_, at) => lookupOf(`nobody ${at}`));
      const found = async (more: readonly string[]) => {
        const pages = store.entities.byLookups('person', new Set([...asked, ...more]));
        return (await all(pages)).map(({ id, by }) => [id, [...by].sort()]);
      };
      const right = [
        [idOf('p1'), [lookupOf(idOf('p1')), lookupOf('Mo')].sort()],
        [idOf('p2'), [lookupOf(idOf('p2'))]],
      ];
      assert.deepEqual(await found([]), right.sort());
      assert.deepEqual(await found(others), right.sort(), 'however many are asked about');
      const none = [
        store.entities.byLookups('group', asked),
        store.entities.byLookups('person', new Set()),
      ];
      for (const one of none) assert.deepEqual(await all(one), []);
    });

    it('forgets what an entity was found by in the step in which the entity goes', async () => {
      const store = getStore();
      await takeIn(store, 'run-1', [partOf('p1')]);
      await store.intake.open('run-2', SOURCE);
      const { entity, source, stream, part } = partOf('p1');
      await store.intake.stageRemovals('run-2', [{ entity, source, stream, part }]);
      await store.intake.commit('run-2', SOURCE, {});
      await applyAll(store, 'run-2');
      assert.deepEqual(await foundBy(store, 'person', 'Kim'), []);
    });

    it('indexes entities anew, and leaves them as they are', async () => {
      const store = getStore();
      await takeIn(store, 'run-1', [partOf('p1')]);
      const before = await entityOf(store, 'p1');
      await store.entities.index('person', [{ id: idOf('p1'), lookups: [lookupOf('new')] }]);
      assert.deepEqual(await foundBy(store, 'person', 'new'), [idOf('p1')]);
      assert.deepEqual(await foundBy(store, 'person', 'Kim'), []);
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
      const content = { ...person('p1', 'content'), fields: ['guardian'] };
      assert.deepEqual(byId(changed), byId([content, person('g1', 'referrers')]));
      assert.deepEqual(await store.entities.references({ kind: 'person', id: idOf('p1') }), [
        { kind: 'person', id: idOf('g2') },
      ]);
    });

    it('tells which fields of an entity have changed, of several changes all', async () => {
      const store = getStore();
      await takeIn(store, 'run-1', [partOf('p1', { givenName: 'Kim', familyName: 'Ek' })]);
      const { until } = await store.entities.changes(0);
      const told = async () => (await store.entities.changes(until)).changed?.[0]?.fields;
      await takeIn(store, 'run-2', [partOf('p1', { givenName: 'Kim', familyName: 'Al' })]);
      assert.deepEqual(await told(), ['familyName']);
      await takeIn(store, 'run-3', [partOf('p1', { familyName: 'Al', photo: 'none' })]);
      assert.deepEqual([...((await told()) ?? [])].sort(), ['familyName', 'givenName', 'photo']);
      await store.entities.putDoubles('person', [{ as: 'name', ids: [idOf('p0'), idOf('p1')] }]);
      assert.equal(await told(), undefined, 'any may be otherwise');
    });

    it('finds who is protected without a look at everybody', async () => {
      const store = getStore();
      const parts = [partOf('p1'), partOf('p2', { givenName: 'Kim', protected: 'yes' })];
      await takeIn(store, 'run-1', parts);
      const ids = async () =>
        (await store.entities.protected('person')).map(({ entity }) => entity.id);
      assert.deepEqual(await ids(), [idOf('p2')]);
      await takeIn(store, 'run-2', [partOf('p2')]);
      assert.deepEqual(await ids(), []);
    });

    it('remembers who was removed as what goes at once, until they are there again', async () => {
      const store = getStore();
      await takeIn(store, 'run-1', [partOf('p1'), partOf('p2')]);
      const gone = async () => [
        ...(await store.entities.goneAtOnce('person', [idOf('p1'), idOf('p2')])),
      ];
      const remove = async (run: string, goesAtOnce: boolean) => {
        await store.intake.open(run, 'register');
        await store.intake.stageRemovals(run, [partOf('p1'), partOf('p2')]);
        await store.intake.commit(run, 'register', {});
        for await (const touched of store.intake.touched(run)) {
          const merged = touched.map(({ entity }) => ({
            ...mergedOf(entity, []),
            goesAtOnce: goesAtOnce && entity.id === idOf('p1'),
          }));
          await store.intake.apply(run, merged);
        }
        await store.intake.finish(run);
      };
      await remove('run-2', true);
      assert.deepEqual(await gone(), [idOf('p1')]);
      await takeIn(store, 'run-3', [partOf('p1')]);
      assert.deepEqual(await gone(), []);
      await remove('run-4', false);
      assert.deepEqual(await gone(), []);
      await store.entities.markAtOnce([{ kind: 'person', id: idOf('p1') }]);
      assert.deepEqual(await gone(), [idOf('p1')]);
      await takeIn(store, 'run-5', [partOf('p1')]);
      const isMarked = await store.entities.isMarkedAtOnce({ kind: 'person', id: idOf('p1') });
      assert.equal(isMarked, false, 'who is there again is not');
    });

    it('rewrites entities as a migration does, and leaves their parts', async () => {
      const store = getStore();
      await takeIn(store, 'run-1', [partOf('p1')]);
      const entity = { id: idOf('p1'), givenName: 'Migrated' };
      await store.entities.rewrite([{ kind: 'person', entity, hash: 'new', isProtected: false }]);
      assert.deepEqual(await store.entities.get('person', [entity.id]), [{ entity, hash: 'new' }]);
      assert.equal((await store.entities.parts({ kind: 'person', id: entity.id })).length, 1);
    });

    it('finds who has the same text at a path, however it is written, and keeps who was first', async () => {
      const store = getStore();
      const named = (name: string, givenName: string) => partOf(name, { givenName });
      await takeIn(store, 'run-1', [named('a', 'K-im'), named('b', 'kim'), named('c', 'Robin')]);
      const [found, ...others] = await store.entities.searchDoubles('person', ['givenName']);
      const ids = [idOf('a'), idOf('b')];
      assert.deepEqual([[...(found ?? [])].sort(), others], [[...ids].sort(), []]);
      assert.deepEqual(await store.entities.searchDoubles('person', ['familyName']), []);
      const { until } = await store.entities.changes(0);
      await store.entities.putDoubles('person', [{ as: 'name', ids }]);
      assert.deepEqual(await store.entities.doubles('person'), [{ as: 'name', ids }]);
      const { changed } = await store.entities.changes(until);
      const note = { kind: 'person', id: idOf('b'), what: 'content' };
      assert.deepEqual(changed, [note], 'the first is as before');
      await store.entities.putDoubles('person', []);
      assert.deepEqual(await store.entities.doubles('person'), []);
    });
  });
}
