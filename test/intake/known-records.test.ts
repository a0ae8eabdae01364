import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DIGEST_BYTES, PRINT_BYTES } from '../../core/intake/known/record-print.ts';
import { lastOrder } from '../../core/intake/stream/delivery-order.ts';
import { all } from '../contract/store-fixtures.ts';
import { CLASS, IntakeTown, type Told } from './intake-town.ts';

const PERSON = `to: person.v1
entity: { identity: id, of: register, duplicates: duplicates }
fields:
  givenName: { take: name, empty: park }
  familyName: { const: Ek }
  securityMarking: { take: mark, default: Ingen }`;
/** A second mapping of the same rows: what a row adds to another person. */
const OF_CHILD = `to: person.v1
entity: { identity: person, of: register }
supplement: true
when: "kind == 'guardian'"
part: { take: id }
fields:
  responsibles:
    list: [ { item: { person: { identity: id, of: register }, relationType: { const: Vårdnadshavare } } } ]`;
const PROTECTED = 'Sekretessmarkering';

const IDS = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6'];

const pupil = fc.record(
  {
    id: fc.constantFrom(...IDS),
    name: fc.constantFrom('Kim', 'Kim', 'Kim', 'Bo', 'Bo', 'Bo ', 'Bo ', '=1', ''),
    mark: fc.constantFrom('Ingen', 'Ingen', 'Ingen', PROTECTED),
    kind: fc.constantFrom('', 'guardian'),
    person: fc.constantFrom('p1', 'p2'),
    duplicates: fc.oneof(
      { weight: 12, arbitrary: fc.constant<string[]>([]) },
      { weight: 1, arbitrary: fc.constant<string[]>(['p3']) },
    ),
  },
  { requiredKeys: ['id', 'name', 'mark', 'kind', 'person'] },
);
/** One night: what its file holds, and what else is otherwise. */
interface Night {
  readonly mode: 'full' | 'delta';
  readonly rows: readonly Told[];
  readonly kept: number;
  readonly batchSize: number;
  readonly isMapped: boolean;
  readonly isApproved: boolean;
}

const row: fc.Arbitrary<Told> = fc.oneof(
  { weight: 24, arbitrary: pupil },
  { weight: 1, arbitrary: pupil.map((gone): Told => ({ gone })) },
  { weight: 1, arbitrary: pupil.map((spoilt): Told => ({ spoilt })) },
);
const file: fc.Arbitrary<Night> = fc.record({
  mode: fc.constantFrom('full', 'full', 'full', 'delta'),
  rows: fc.array(row, { maxLength: 4 }),
  /** Where rows of the file before go on standing: so many of them, behind those of their own. */
  kept: fc.constantFrom(0, 9, 9, 9),
  batchSize: fc.constantFrom(1, 3, 10_000),
  isMapped: fc.constantFrom(false, false, false, false, false, true),
  isApproved: fc.boolean(),
});

const KIM = { id: 'p1', name: 'Kim', mark: 'Ingen', kind: '', person: 'p2' };
const BO = { id: 'p2', name: 'Bo', mark: 'Ingen', kind: '', person: 'p1' };
const USUAL = {
  ...{ kept: 0, batchSize: 3, isMapped: false, isApproved: false },
  mode: 'full' as const,
};
/** Of a record that is known an id is that of one which could not be taken in. */
const BAD_BEFORE: Night[] = [
  { ...USUAL, rows: [KIM, BO] },
  { ...USUAL, rows: [{ ...KIM, name: '' }, BO] },
];
const SAME: Night[] = [
  { ...USUAL, rows: [KIM, BO] },
  { ...USUAL, rows: [KIM, { ...BO, name: 'Bo ' }] },
];
/** A record that is known speaks of somebody whom another one has deleted. */
const GONE_BEFORE: Night[] = [
  { ...USUAL, rows: [KIM, { ...BO, kind: 'guardian' }] },
  { ...USUAL, rows: [{ gone: KIM }, { ...BO, kind: 'guardian' }] },
];

/** All that an intake leaves behind. */
async function stateOf(town: IntakeTown) {
  const { store } = town;
  const parts = (await all(store.intake.all())).map((one) => one.parts);
  const messages = (await all(store.messages.scan({}))).map(({ key, problem }) => [key, problem]);
  const holds = (await store.runs.holds({})).map(({ subject, state }) => [subject, state]);
  const atOnce: boolean[] = [];
  for (const name of IDS) {
    const person = { kind: 'person', id: town.identity.ownIdOf('register', 'person', name) };
    atOnce.push(await store.entities.isMarkedAtOnce(person));
  }
  return {
    ...{ atOnce, parts, persons: await town.persons(), messages, holds: holds.sort() },
    order: await lastOrder(store, 'register', 'person'),
    protections: await store.protections.all(),
    missed: await store.intake.leavers('register'),
    quarantine: await all(store.quarantine.scan('register')),
  };
}

describe('records that are known', () => {
  const opened: IntakeTown[] = [];
  afterEach(async () => {
    for (const town of opened.splice(0)) await town.close();
  });

  async function open(forgets: boolean): Promise<IntakeTown> {
    const town = await IntakeTown.open({ key: 'known', forgets });
    opened.push(town);
    town.map('register', 'person', PERSON);
    town.map('register', 'person', OF_CHILD);
    return town;
  }

  /** Counts the records that runs of a town pass over. */
  function counting(town: IntakeTown): () => number {
    let passed = 0;
    const { intake } = town.store;
    const { passOver } = intake;
    intake.passOver = async (...about) => {
      const isPassed = await passOver.apply(intake, about);
      if (isPassed) passed += 1;
      return isPassed;
    };
    return () => passed;
  }

  it('are passed over, and each night ends as if all of them had been read', async () => {
    let passed = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 2, maxLength: 6 }), async (files) => {
        const [knowing, forgetting] = [await open(false), await open(true)];
        const count = counting(knowing);
        let before: readonly Told[] = [];
        for (const { mode, rows, kept, batchSize, isMapped, isApproved } of files) {
          const told = [...rows, ...before].slice(0, rows.length + kept);
          before = told;
          const runs = [];
          for (const town of [knowing, forgetting]) {
            if (isApproved) await town.approve();
            town.batchSize = batchSize;
            if (isMapped) town.remap('register', 'person', PERSON.replace('Ek', 'Berg'));
            runs.push(await town.take('register', mode, 'person', told));
          }
          assert.deepEqual(runs[0], runs[1]);
          assert.deepEqual(await stateOf(knowing), await stateOf(forgetting));
        }
        passed += count();
        for (const town of opened.splice(0)) await town.close();
      }),
      { numRuns: 20, examples: [[BAD_BEFORE], [GONE_BEFORE], [SAME]], endOnFailure: true },
    );
    assert.ok(passed > 0, 'some are passed over');
  });

  it('are read all the same where they are of somebody who is protected', async () => {
    const town = await open(false);
    const count = counting(town);
    const rows = [
      { id: 'p1', name: 'Kim', mark: PROTECTED },
      { id: 'p2', name: 'Bo', mark: 'Ingen' },
    ];
    await town.take('register', 'full', 'person', rows);
    const [said] = await town.store.protections.all();
    assert.ok(said !== undefined);
    // A person releases, and the source goes on to say it.
    await town.store.protections.remove(said.entity);
    await town.take('register', 'full', 'person', rows);
    const sources = (await town.store.protections.all()).map(({ source }) => source);
    assert.ok(sources.includes('register'));
    assert.equal(count(), 1);
  });

  it('have prints that nobody can make without the key of the workspace', async () => {
    const prints: string[] = [];
    for (const key of ['one', 'other']) {
      const town = await IntakeTown.open({ key });
      opened.push(town);
      town.map('register', 'person', PERSON);
      await town.take('register', 'full', 'person', [KIM]);
      const { intake } = town.store;
      for await (const page of intake.prints('register', 'person', PRINT_BYTES)) {
        prints.push(Buffer.from(page.prints.subarray(0, DIGEST_BYTES)).toString('hex'));
      }
    }
    assert.equal(prints.length, 2);
    assert.notEqual(prints[0], prints[1]);
  });

  it('are mapped anew where another mapping reads them, once', async () => {
    const town = await open(false);
    const count = counting(town);
    const rows = [{ id: 'p1', name: 'Kim', mark: 'Ingen' }];
    await town.take('register', 'full', 'person', rows);
    town.remap('register', 'person', PERSON.replace('Ek', 'Berg'));
    const { counts } = await town.take('register', 'full', 'person', rows);
    assert.deepEqual([counts['changed'], count()], [1, 0]);
    assert.equal((await town.persons())[0]?.['familyName'], 'Berg');
    await town.take('register', 'full', 'person', rows);
    assert.equal(count(), 1);
  });

  it('are read where the ids in them lead elsewhere by now', async () => {
    const town = await open(false);
    town.map('register', 'class', CLASS);
    const kim = { id: 'p1', name: 'Kim', mark: 'Ingen', duplicates: [] };
    const bo = { id: 'p2', name: 'Kim', mark: 'Ingen', duplicates: ['p1'] };
    const member = { id: 'c1', person: 'p1', kind: 'u1' };
    const idOf = (name: string) => town.identity.ownIdOf('register', 'person', name);
    const referrers = async (name: string) => {
      const found = await town.store.entities.referrers([{ kind: 'person', id: idOf(name) }]);
      return found.flat().length;
    };
    await town.take('register', 'full', 'person', [kim, bo]);
    await town.take('register', 'full', 'class', [member]);
    assert.deepEqual([await referrers('p1'), await referrers('p2')], [0, 1]);
    await town.take('register', 'full', 'person', [kim, { ...bo, duplicates: [] }]);
    await town.take('register', 'full', 'class', [member]);
    assert.deepEqual([await referrers('p1'), await referrers('p2')], [1, 0]);
  });

  it('are read where a person is to hear of something in them', async () => {
    const town = await open(false);
    const rows = [{ id: 'p1', name: '=1', mark: 'Ingen' }];
    for (let night = 0; night < 2; night++) {
      const { remarks = [] } = await town.take('register', 'full', 'person', rows);
      assert.deepEqual(
        remarks.map(({ code }) => code),
        ['VALUE_FORMULA'],
      );
    }
  });

  it('are read where their part is another by now, or was missing', async () => {
    const town = await open(false);
    town.map('register', 'class', CLASS);
    const count = counting(town);
    const [kim, bo] = [
      { id: 'p1', name: 'Kim', mark: 'Ingen' },
      { id: 'p2', name: 'Bo', mark: 'Ingen' },
    ];
    town.rules = { ...town.rules, missing: new Map([['person', { kind: 'after', runs: 3 }]]) };
    await town.take('register', 'full', 'person', [kim, bo]);
    await town.take('register', 'delta', 'person', [{ ...bo, name: 'Ali' }]);
    await town.take('register', 'full', 'person', [bo]);
    assert.equal(count(), 0);
    assert.deepEqual((await town.persons()).map(({ givenName }) => givenName).sort(), [
      'Bo',
      'Kim',
    ]);
    assert.deepEqual(await town.store.intake.leavers('register'), { person: 1 });
    await town.take('register', 'full', 'person', [kim, bo]);
    assert.equal(count(), 1, 'who was missing is read');
    assert.deepEqual(await town.store.intake.leavers('register'), {});
  });
});
