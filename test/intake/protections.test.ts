import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RefusedFailure, TransientFailure } from '../../core/failure/failure.ts';
import { releaseProtections } from '../../core/intake/release-protections.ts';
import { IntakeTown, type Told } from './intake-town.ts';

const FIELDS = `fields:
  givenName: { take: name, missing: park }
  familyName: { const: Ek }
  securityMarking: { take: mark, default: Ingen }`;
const REGISTER = `to: person.v1
entity: { identity: id, of: register }
${FIELDS}`;
const WORD = `to: person.v1
entity: { identity: id, of: register }
supplement: true
fields: { securityMarking: { take: mark } }`;
const MARK = 'Sekretessmarkering';

const IDS = ['p1', 'p2', 'p3'];
const row = fc.record({
  id: fc.constantFrom(...IDS),
  mark: fc.constantFrom('Ingen', 'Ingen', MARK),
  /** Nothing, a name that parks the record, a deletion. */
  way: fc.constantFrom('good', 'good', 'bad', 'gone'),
});
const night = fc.record({
  module: fc.constantFrom('aside', 'register', 'zone'),
  mode: fc.constantFrom('full', 'delta'),
  rows: fc.array(row, { maxLength: 5 }),
});

function toldOf({ id, mark, way }: { id: string; mark: string; way: string }): Told {
  if (way === 'gone') return { gone: { id, mark } };
  return way === 'bad' ? { id, mark } : { id, mark, name: 'Kim' };
}

describe('a word of protection', () => {
  let town: IntakeTown;

  beforeEach(async () => {
    town = await IntakeTown.open();
    town.map('register', 'person', REGISTER);
    town.map('aside', 'person', REGISTER);
    town.map('zone', 'person', WORD);
  });
  afterEach(() => town.close());

  const marked = async () => (await town.persons()).filter((one) => town.isProtected(one)).length;
  const idOf = (name: string) => town.identity.idOf('register', 'person', name);
  const holds = () => town.store.runs.holds({ state: 'open' });

  it('counts from any source, in any record and order, whoever owns the field', async () => {
    const owner = fc.constantFrom(null, 'aside', 'register', 'zone');
    await fc.assert(
      fc.asyncProperty(
        fc.array(night, { minLength: 1, maxLength: 6 }),
        owner,
        async (nights, who) => {
          await town.close();
          town = await IntakeTown.open();
          town.map('register', 'person', REGISTER);
          town.map('aside', 'person', REGISTER);
          town.map('zone', 'person', WORD);
          if (who !== null) town.owners = new Map([['person', new Map([['*', [who]]])]]);
          const called = new Set<string>();
          for (const { module, mode, rows } of nights) {
            await town.take(module, mode === 'full' ? 'full' : 'delta', 'person', rows.map(toldOf));
            for (const { id, mark } of rows) if (mark === MARK) called.add(idOf(id));
            for (const person of await town.persons()) {
              assert.equal(town.isProtected(person), called.has(person.id));
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('that stands before another in one file holds, and a person is asked', async () => {
    const rows = [MARK, 'Ingen'].map((mark) => ({ id: 'p1', name: 'Kim', mark }));
    await town.take('register', 'full', 'person', rows);
    assert.equal(await marked(), 1);
    const [hold] = await holds();
    assert.equal(hold?.reasons[0]?.code, 'PROTECTION_RELEASE');
  });

  it('of a record that cannot be taken in holds, and asks nobody while it waits', async () => {
    await town.take('register', 'full', 'person', [{ id: 'p1', name: 'Kim' }]);
    await town.take('register', 'full', 'person', [{ id: 'p1', mark: MARK }]);
    assert.equal(await marked(), 1);
    assert.deepEqual(await holds(), []);
    await town.take('register', 'full', 'person', [{ id: 'p1', name: 'Kim' }]);
    assert.deepEqual([await marked(), (await holds()).length], [1, 1]);
  });

  it('of a record that could be read in part only holds', async () => {
    await town.take('register', 'delta', 'person', [{ id: 'p1', name: 'Kim' }]);
    await town.take('register', 'delta', 'person', [{ spoilt: { id: 'p1', mark: MARK } }]);
    assert.deepEqual([await marked(), await holds()], [1, []]);
  });

  it('in a code without a row, or a word that no schema knows, holds until it is understood', async () => {
    const table = `table: { 0: Ingen, 1: ${MARK} }`;
    town.remap('register', 'person', REGISTER.replace('take: mark', `take: mark, ${table}`));
    const tell = (module: string, id: string, mark: string) =>
      town.take(module, 'delta', 'person', [{ id, name: 'Kim', mark }]);
    for (const id of IDS) await tell('register', id, '0');
    await tell('register', 'p1', '');
    assert.equal(await marked(), 0);
    await tell('register', 'p1', 'F');
    assert.deepEqual([await marked(), await holds()], [1, []], 'a code without a row');
    await tell('aside', 'p2', 'hemlig');
    assert.deepEqual([await marked(), await holds()], [2, []], 'a word of no schema');
    for (const module of ['register', 'aside']) await tell(module, 'p2', 'Ingen');
    const run = await tell('aside', 'p2', 'Ingen');
    assert.deepEqual([run.counts['invalid'] ?? 0, (await holds()).length], [0, 1]);
  });

  it('in a column that its layout refuses holds, and is no id', async () => {
    await town.take('register', 'delta', 'person', [{ id: 'p1', name: 'Kim' }]);
    const failure = new RefusedFailure('RECORD_INVALID', 'register.csv, line 2: mark');
    const fault = { failure, value: { id: 'p1\u200b' }, unread: { mark: 'F' } };
    await town.take('register', 'delta', 'person', [], [fault]);
    assert.deepEqual([await marked(), await holds()], [1, []]);
  });

  it('counts where the cells of a row have shifted, if the row makes sense of somebody', async () => {
    await town.take('register', 'delta', 'person', [
      { id: 'p1', name: 'Kim' },
      { id: 'p2', name: 'Bo' },
    ]);
    const place = { file: 'register.csv', line: 7, field: null };
    const faulty = (more: object) => {
      const failure = new RefusedFailure('RECORD_INVALID', 'register.csv, line 7', { place });
      return [{ failure, ...more }];
    };
    const told = async (more: object) => {
      const run = await town.take('register', 'delta', 'person', [], faulty(more));
      return [await marked(), run.remarks?.map(({ code, place }) => [code, place?.line])];
    };
    const unheard = [['PROTECTION_UNHEARD', 7]];
    assert.deepEqual(await told({ readings: [{ id: 'p1', name: 'Ek', mark: 'x' }] }), [
      0,
      undefined,
    ]);
    assert.deepEqual(await told({ readings: [{ id: 'Ek', name: 'Kim', mark: MARK }] }), [
      0,
      unheard,
    ]);
    assert.deepEqual(await told({ value: { name: 'Kim', mark: MARK } }), [0, unheard]);
    const noId = { value: { name: 'Kim', mark: MARK }, unread: { id: '[1]' } };
    assert.deepEqual(await told(noId), [0, unheard]);
    const shifted = [
      { id: 'p1', name: 'Ek', mark: 'x' },
      { id: 'p1', name: 'Ek', mark: MARK },
    ];
    assert.deepEqual(await told({ readings: shifted }), [1, undefined]);
  });

  it('of a run that is held holds all the same', async () => {
    const many = Array.from({ length: 40 }, (_, at) => ({ id: `q${at}`, name: 'Kim' }));
    await town.take('register', 'full', 'person', many);
    const run = await town.take('register', 'full', 'person', [
      { id: 'q1', name: 'Kim', mark: MARK },
    ]);
    assert.deepEqual([run.outcome, (await town.persons()).length], ['held', 40]);
    assert.equal(await marked(), 1);
  });

  it('of what waits behind a held run holds, of a damaged file for who is known, and is said', async () => {
    const many = Array.from({ length: 40 }, (_, at) => ({ id: `q${at}`, name: 'Kim' }));
    await town.take('register', 'full', 'person', many);
    const [good, bad] = [
      { id: 'q1', name: 'Kim', mark: MARK },
      { id: 'q2', mark: MARK },
    ];
    const [stream, damaged] = ['person', { id: 'q3', name: 'Kim', mark: MARK }];
    const spoilt = { ...damaged, id: 'q?3' };
    town.waiting = [{ stream, told: [good, bad] }];
    await town.take('register', 'full', 'person', many);
    assert.equal(await marked(), 0, 'what is to be read next is read');
    town.waiting = [{ stream, told: [damaged, spoilt], isDamaged: true }, ...town.waiting];
    const run = await town.take('register', 'full', 'person', [{ id: 'q0', name: 'Kim' }]);
    assert.deepEqual([run.outcome, await marked()], ['held', 3]);
    const [said] = run.unread ?? [];
    assert.equal(said?.code, 'PROTECTION_HEARD');
    assert.match(said?.text ?? '', /^register: what waits there calls 3 protected/);
  });

  it('of what was read before a source failed holds, of who is known, and nothing else of it', async () => {
    await town.take('register', 'full', 'person', [{ id: 'p1', name: 'Kim' }]);
    const rows = [
      { id: 'p1', name: 'Bo', mark: MARK },
      { id: 'p?1', name: 'Kim', mark: MARK },
    ];
    const failure = new TransientFailure('TARGET_ANSWER_UNREADABLE', 'the page ends in rubbish');
    const pages = [{ stream: 'person', mode: 'full', rows }] as const;
    const run = await town.takeAll('register', pages, failure);
    assert.deepEqual([run.outcome, await marked()], ['failed', 1]);
    assert.equal(run.unread?.[0]?.code, 'PROTECTION_HEARD');
    assert.equal((await town.persons())[0]?.['givenName'], 'Kim');
    assert.deepEqual(await town.store.protections.all().then((all) => all.length), 1);
  });

  it('outlives the person: who comes back is protected', async () => {
    await town.take('register', 'delta', 'person', [{ id: 'p1', name: 'Kim', mark: MARK }]);
    await town.take('register', 'delta', 'person', [{ gone: { id: 'p1' } }]);
    assert.deepEqual(await town.persons(), []);
    await town.take('register', 'delta', 'person', [{ id: 'p1', name: 'Kim' }]);
    assert.equal(await marked(), 1);
  });

  it('of a duplicate holds for who they are together, and for both when they are two again', async () => {
    const survivor = `${REGISTER.replace('register }', 'register, duplicates: duplicates }')}`;
    town.map('city', 'person', survivor);
    const [duplicate, kim] = [
      { id: 'p1', name: 'Kim' },
      { id: 'p2', name: 'Kim' },
    ];
    await town.take('city', 'delta', 'person', [duplicate, kim]);
    await town.take('city', 'delta', 'person', [{ ...kim, duplicates: ['p1'] }]);
    await town.take('city', 'delta', 'person', [{ ...duplicate, mark: MARK }]);
    assert.deepEqual([await marked(), (await town.persons()).length], [1, 1]);
    await town.take('city', 'delta', 'person', [kim, duplicate]);
    assert.deepEqual([await marked(), (await town.persons()).length], [2, 2]);
  });

  it('of far more than is plausible is believed, and one hold releases them all', async () => {
    const people = (count: number, mark = 'Ingen') =>
      Array.from({ length: 300 }, (_, at) => {
        return { id: `p${at}`, name: 'Kim', mark: at < count ? mark : 'Ingen' };
      });
    await town.take('register', 'full', 'person', people(0));
    await town.take('register', 'full', 'person', people(50, MARK));
    assert.deepEqual([await marked(), await holds()], [50, []]);
    await town.take('register', 'full', 'person', people(110, MARK));
    const [hold] = await holds();
    assert.equal(hold?.reasons[0]?.code, 'PROTECTION_MANY');
    const text =
      'register, register.csv: 60 of 300 persons are called protected for the first time';
    assert.equal(hold.reasons[0].text, text);
    assert.equal(await marked(), 110, 'protection waits for nobody');
    await town.approve();
    await releaseProtections(town.context());
    assert.equal(await marked(), 110, 'the file has not been mended');
    await town.take('register', 'full', 'person', people(50, MARK));
    assert.deepEqual([await marked(), (await holds()).length], [110, 1], 'nobody is asked of each');
    await town.take('zone', 'delta', 'person', [{ id: 'p60', mark: MARK }]);
    await town.approve();
    await releaseProtections(town.context());
    assert.equal(await marked(), 51, 'whom another source calls so stays protected');
    await releaseProtections(town.context());
    assert.deepEqual(await holds(), []);
  });

  it('is released by a person, and not where a source says it again before', async () => {
    const approve = async () => {
      for (const hold of await holds())
        await town.store.runs.putHold({ ...hold, state: 'approved' });
    };
    const [without, context] = [
      { id: 'p1', name: 'Kim' },
      { id: 'p1', name: 'Kim', mark: MARK },
    ];
    await town.take('register', 'delta', 'person', [context]);
    await town.take('register', 'delta', 'person', [without]);
    await approve();
    await town.take('register', 'delta', 'person', [context]);
    await releaseProtections(town.context());
    assert.equal(await marked(), 1);
    await town.take('register', 'delta', 'person', [without]);
    await approve();
    await releaseProtections(town.context());
    assert.equal(await marked(), 0);
    await town.take('register', 'delta', 'person', [{ ...without, name: 'Robin' }]);
    assert.equal(await marked(), 0, 'it does not come back by itself');
  });

  it('of a record that is deleted by its own id alone stays; a row of a list is said to have no name', async () => {
    const on = (to: string, fields: string) => `to: ${to}.v1
entity: { identity: person, of: register }
supplement: true
part: { take: id }
fields: ${fields}`;
    town.map('register', 'duty', on('person', '{ securityMarking: { take: mark } }'));
    const members = 'list: [{ item: { person: { identity: kind, of: register } } }]';
    town.map('register', 'member', on('group', `{ groupMemberships: { ${members} } }`));
    await town.take('register', 'delta', 'person', [{ id: 'p1', name: 'Kim' }]);
    await town.take('register', 'delta', 'duty', [{ id: 'd1', person: 'p1', mark: MARK }]);
    const gone = await town.take('register', 'delta', 'duty', [{ gone: { id: 'd1' } }]);
    assert.deepEqual([gone.counts['quarantined'], await marked()], [0, 1]);
    await town.take('register', 'delta', 'member', [{ id: 'm1', person: 'c1', kind: 'p1' }]);
    const unsaid = await town.take('register', 'delta', 'member', [{ gone: { id: 'm1' } }]);
    assert.equal(unsaid.counts['quarantined'], 1);
  });
});
