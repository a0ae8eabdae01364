import assert from 'node:assert/strict';
import { decided } from '../../core/guard/holds.ts';
import { settleIdentities } from '../../core/intake/merge/settle-identities.ts';
import { CLASS, IntakeTown, type Row } from './intake-town.ts';

const PERSON = `to: person.v1
entity: { identity: id, of: register }
fields:
  givenName: { take: name, missing: park }
  familyName: { take: family, default: Ek }
  birthDate: { take: born, date: yyyy-MM-dd }
  civicNo.value: { take: number }
  eduPersonPrincipalNames: { take: account, split: "," }`;

const ANN = {
  ...{ id: 'p1', name: 'Ann', born: '2013-01-02', number: '20130102TF81', account: 'ann@x.se' },
};
const ZORAN = {
  ...{ id: 'p1', name: 'Zoran', family: 'Holm', born: '2009-11-30', number: '20091130TF82' },
  account: 'zoran@x.se',
};

describe('an id that is given to another person', () => {
  let town: IntakeTown;

  beforeEach(async () => {
    town = await IntakeTown.open();
    town.map('register', 'person', PERSON);
    town.map('register', 'class', CLASS);
  });
  afterEach(() => town.close());

  const night = (...rows: readonly Row[]) => town.take('register', 'delta', 'person', rows);
  const names = async () => (await town.persons()).map((one) => String(one['givenName'])).sort();
  const holds = () => town.store.runs.holds({ state: 'open' });
  const decide = async (approve: boolean) => {
    const decision = { approve, who: 'Kim', reason: 'the register says so', units: null };
    for (const hold of await holds()) await town.store.runs.putHold(decided(hold, decision, 2));
    await settleIdentities('decided', town.context());
  };

  it('is held: the one who was there stays as they were, and the rest goes on', async () => {
    await night(ANN);
    await night(ZORAN, { ...ANN, id: 'p2', name: 'Bea', number: '20130102TF83' });
    assert.deepEqual(await names(), ['Ann', 'Bea']);
    const [hold, ...others] = await holds();
    assert.deepEqual([hold?.reasons[0]?.code, others], ['IDENTITY_CHANGED', []]);
    assert.doesNotMatch(JSON.stringify(hold), /Zoran|2009|zoran/);
    await night({ ...ZORAN, account: 'zoran2@x.se' });
    assert.deepEqual([await names(), (await holds()).length], [['Ann', 'Bea'], 1]);
  });

  for (const [what, change] of [
    ['a temporary number that becomes a real one', { number: '20130103TF85', born: '2013-01-03' }],
    ['a name after a wedding', { family: 'Holm', account: 'ann.holm@x.se' }],
    [
      'another whole name, with the same number',
      { name: 'Alex', family: 'Holm', born: '2013-01-03' },
    ],
    ['another account', { account: 'a@x.se' }],
  ] as const) {
    it(`is not ${what}: that is normal life`, async () => {
      await night(ANN);
      await night({ ...ANN, ...change });
      assert.deepEqual(await holds(), []);
      const [person] = await town.persons();
      assert.equal(person?.['givenName'], 'name' in change ? change.name : 'Ann');
    });
  }

  for (const [what, hidden] of [
    ['birth dates', { born: '' }],
    ['numbers', { number: '' }],
    ['accounts', { account: '' }],
  ] as const) {
    it(`is seen without ${what} too`, async () => {
      await night({ ...ANN, ...hidden });
      await night({ ...ZORAN, ...hidden });
      assert.deepEqual(await names(), ['Ann']);
    });
  }

  it('is seen by name and account, if no word of the name is left, not by a name alone', async () => {
    const [ann, zoran] = [
      { id: 'p1', name: 'Ann' },
      { id: 'p1', name: 'Zoran', family: 'Holm' },
    ];
    await night({ ...ann, account: 'ann@x.se' }, { ...ann, id: 'p2', account: 'a2@x.se' });
    const married = { ...ann, id: 'p2', family: 'Holm', account: 'ann.holm@x.se' };
    await night({ ...zoran, account: 'zoran@x.se' }, married, { ...ann, id: 'p3' });
    await night({ ...zoran, id: 'p3' });
    assert.deepEqual([await names(), (await holds()).length], [['Ann', 'Ann', 'Zoran'], 1]);
  });

  it('is seen when the one who was there has been gone for a while', async () => {
    await night(ANN);
    await town.take('register', 'delta', 'person', [{ gone: { id: 'p1' } }]);
    await night(ZORAN);
    assert.deepEqual([await names(), (await holds()).length], [[], 1]);
    await night(ANN);
    assert.deepEqual([await names(), (await holds()).length], [['Ann'], 0]);
  });

  const BEA = {
    id: 'p2',
    name: 'Bea',
    born: '2012-05-06',
    number: '20120506TF84',
    account: 'bea@x.se',
  };
  const signs = ({ number, account }: typeof ANN) => ({ number, account });

  it('is held with the number and the account of another who is there: half of an exchange', async () => {
    const beforehand = JSON.stringify(await night(ANN, BEA).then(() => town.persons()));
    await night({ ...ANN, ...signs(BEA) }, { ...BEA, ...signs(ANN) });
    assert.equal(JSON.stringify(await town.persons()), beforehand);
    const [hold] = await holds();
    assert.match(hold?.reasons[0]?.text ?? '', /csv:\d: .* number and the account of another/);
    assert.deepEqual([(await holds()).length, /TF8|@/.test(JSON.stringify(hold))], [2, false]);
    await night({ ...BEA, id: 'p1' }, { ...ANN, id: 'p2' });
    assert.deepEqual(
      [JSON.stringify(await town.persons()), (await holds()).length],
      [beforehand, 2],
    );
    await night(ANN, BEA);
    assert.deepEqual(await holds(), []);
  });

  for (const [what, first, unknown] of [
    ['the number and the birth date', { number: ZORAN.number, born: ZORAN.born }, {}],
    ['the name', { name: ZORAN.name, family: ZORAN.family }, {}],
    ['the account', { account: ZORAN.account }, { born: '' }],
  ] as const) {
    it(`is held where ${what} came some nights before the rest`, async () => {
      await night({ ...ANN, family: 'Ek', ...unknown });
      await night({ ...ANN, family: 'Ek', ...first, ...unknown });
      assert.deepEqual(await holds(), []);
      const [half] = await town.persons();
      await night({ ...ZORAN, ...unknown });
      assert.deepEqual([await town.persons(), (await holds()).length], [[half], 1]);
      await decide(true);
      await night({ ...ZORAN, ...unknown, name: 'Zoran Emil' });
      assert.deepEqual([await names(), await holds()], [['Zoran Emil'], []]);
    });
  }

  it('is not what has changed in the course of months', async () => {
    await night(ANN);
    await night({ ...ANN, number: ZORAN.number, born: ZORAN.born });
    town.now += 40 * 86_400_000;
    await night(ZORAN);
    assert.deepEqual([await names(), await holds()], [['Zoran'], []]);
  });

  it('is the same person if a person says so', async () => {
    await night(ANN);
    const [ann] = await town.persons();
    await night(ZORAN);
    await decide(true);
    const [zoran] = await town.persons();
    assert.deepEqual([zoran?.['givenName'], zoran?.id, await holds()], ['Zoran', ann?.id, []]);
  });

  it('is another if a person says so: with an id of their own, also in what refers to them', async () => {
    await night(ANN);
    const [ann] = await town.persons();
    await town.take('register', 'delta', 'class', [{ id: 'c1', person: 'p1', kind: 'u1' }]);
    await night(ZORAN);
    await decide(false);
    const [zoran, ...others] = await town.persons();
    assert.deepEqual([zoran?.['givenName'], others], ['Zoran', []]);
    assert.notEqual(zoran?.id, ann?.id);
    const of = { kind: 'person', id: zoran?.id ?? '' };
    const [[group] = []] = await town.store.entities.referrers([of]);
    assert.equal(group?.kind, 'group');
    const run = await town.take('register', 'full', 'person', [ZORAN]);
    assert.deepEqual([run.counts['changed'], await names(), await holds()], [0, ['Zoran'], []]);
  });

  it('is held once more when it is given to a third', async () => {
    await night(ANN);
    await night(ZORAN);
    await decide(false);
    await night(ANN);
    assert.deepEqual([await names(), (await holds()).length], [['Zoran'], 1]);
  });
});
