import assert from 'node:assert/strict';
import { releaseProtections } from '../../core/intake/release-protections.ts';
import { IntakeTown } from './intake-town.ts';

const REGISTER = `to: person.v1
entity: { identity: id, of: register }
fields:
  civicNo.value: { take: number }
  eduPersonPrincipalNames: { take: account, split: " ", missing: omit }
  givenName: { take: name, missing: park }
  familyName: { const: Ek }
  securityMarking: { take: mark, default: Ingen }`;
const MARK = 'Sekretessmarkering';

describe('a word of protection of a number or an account', () => {
  let town: IntakeTown;
  const kim = { id: 'p1', name: 'Kim', number: '201304122399' };
  const other = { ...kim, id: 'x7' };

  beforeEach(async () => {
    town = await IntakeTown.open();
    town.map('register', 'person', REGISTER);
    town.map('aside', 'person', REGISTER.replace('of: register', 'of: aside'));
  });
  afterEach(() => town.close());

  const marked = async () => (await town.persons()).filter((one) => town.isProtected(one)).length;
  const holds = () => town.store.runs.holds({ state: 'open' });

  it('holds for whoever has it by another id, before and after it was said', async () => {
    await town.take('aside', 'full', 'person', [other]);
    await town.take('register', 'full', 'person', [{ ...kim, mark: MARK }]);
    assert.deepEqual([await marked(), await holds()], [2, []]);
    await town.take('register', 'full', 'person', [
      { ...kim, mark: MARK },
      { ...kim, id: 'p2' },
    ]);
    await town.take('aside', 'full', 'person', [other]);
    assert.deepEqual([await marked(), await holds()], [3, []], 'nobody is asked while it is said');
  });

  it('holds where its person is gone and comes by a new id, until a person releases both', async () => {
    await town.take('register', 'delta', 'person', [{ ...kim, mark: MARK }]);
    await town.take('register', 'delta', 'person', [{ gone: { id: 'p1' } }]);
    await town.take('register', 'delta', 'person', [{ ...kim, id: 'p2' }]);
    assert.equal(await marked(), 1);
    const [hold, ...more] = await holds();
    assert.deepEqual([hold?.reasons[0]?.code, more], ['PROTECTION_RELEASE', []]);
    await town.approve();
    await releaseProtections(town.context());
    assert.equal(await marked(), 0);
    await town.take('register', 'delta', 'person', [{ ...kim, id: 'p2', name: 'Robin' }]);
    assert.deepEqual([await marked(), await holds()], [0, []], 'it does not come back by itself');
  });

  it('holds for whoever has the account by another id, however it is written', async () => {
    const account = 'Kim@skola.example';
    const own = { ...kim, account: 'kim@skola.example', mark: MARK };
    await town.take('aside', 'full', 'person', [{ id: 'x7', name: 'Kim', account }]);
    await town.take('register', 'delta', 'person', [own]);
    assert.deepEqual([await marked(), await holds()], [2, []]);
    await town.take('register', 'delta', 'person', [{ gone: { id: 'p1' } }]);
    await town.take('aside', 'full', 'person', [{ id: 'x8', name: 'Kim', account }]);
    assert.equal(await marked(), 2, 'by what is kept of who is gone');
  });

  it('is that of nobody where many have it', async () => {
    const many = Array.from({ length: 6 }, (_, at) => ({ ...kim, id: `q${at}` }));
    await town.take('register', 'delta', 'person', [...many, { ...kim, mark: MARK }]);
    assert.equal(await marked(), 1);
  });

  /** How often all that persons are found by is gone through from now on. */
  function countSearches(): () => number {
    const { entities } = town.store;
    const search = entities.byLookups.bind(entities);
    let searches = 0;
    entities.byLookups = (...about) => {
      searches += 1;
      return search(...about);
    };
    return () => searches;
  }

  it('is searched for where somebody changes who has it, and not with every change', async () => {
    const bo = { id: 'p3', name: 'Bo', number: '201304132380' };
    await town.take('register', 'full', 'person', [{ ...kim, mark: MARK }, bo]);
    const searches = countSearches();
    await town.take('register', 'delta', 'person', [{ ...bo, name: 'Robin' }]);
    assert.deepEqual([searches(), await marked()], [0, 1]);
    await town.take('register', 'delta', 'person', [{ ...kim, id: 'p4' }]);
    assert.deepEqual([searches(), await marked()], [1, 2]);
  });

  it('is searched for once, however many are protected, with a whole set', async () => {
    const persons = Array.from({ length: 30 }, (_, at) => {
      return { id: `p${at}`, name: 'Bo', number: `2013041${10000 + at}`, mark: MARK };
    });
    const searches = countSearches();
    const last = { id: 'x1', name: 'Bo', number: persons[29]?.number ?? '' };
    await town.take('aside', 'full', 'person', [last]);
    const before = searches();
    await town.take('register', 'full', 'person', persons);
    assert.deepEqual([searches() - before, await marked()], [1, 31]);
  });
});
