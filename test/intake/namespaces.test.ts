import assert from 'node:assert/strict';
import { digestOf } from '../../core/message/digest.ts';
import { IntakeTown } from './intake-town.ts';

const PERSON = `to: person.v1
entity: { identity: id }
fields: { givenName: { take: name }, familyName: { const: Ek } }`;
const ACCOUNT = `to: person.v1
entity: { identity: id, of: register }
supplement: true
fields: { eduPersonPrincipalNames: { take: account, split: "," } }`;

describe('whose numbering an id belongs to', () => {
  let town: IntakeTown;

  beforeEach(async () => {
    town = await IntakeTown.open();
  });
  afterEach(() => town.close());

  const names = async () => (await town.persons()).map((one) => String(one['givenName'])).sort();
  const one = (name: string) => [{ id: '1', name }];

  it('is that of the source, so that two that count from one have each their own', async () => {
    for (const module of ['register', 'vux']) town.map(module, 'person', PERSON);
    await town.take('register', 'full', 'person', one('Kim'));
    await town.take('vux', 'full', 'person', one('Robin'));
    assert.deepEqual(await names(), ['Kim', 'Robin']);
  });

  it('is the named one, so that who says `of` meets whom that source made', async () => {
    town.map('register', 'person', PERSON);
    town.map('portal', 'account', ACCOUNT);
    await town.take('portal', 'full', 'account', [{ id: '1', account: 'kim@x.se' }]);
    await town.take('register', 'full', 'person', one('Kim'));
    const [kim, ...others] = await town.persons();
    assert.deepEqual([kim?.['eduPersonPrincipalNames'], others], [['kim@x.se'], []]);
  });

  describe('of a database from before', () => {
    /** Persons as the rule of then made them: in one numbering that has no name. */
    async function leave(modules: readonly string[]): Promise<void> {
      for (const module of modules) {
        town.map(module, 'person', PERSON);
        const content = { givenName: 'Kim', familyName: 'Ek' };
        const entity = { kind: 'person', id: town.identity.ownIdOf('', 'person', '1') };
        const about = { source: module, stream: 'person', part: '', externalId: '1' };
        const part = { entity, ...about, file: 'f', line: 2, hash: digestOf(content), content };
        await town.store.intake.open('before', module);
        await town.store.intake.stage('before', [part]);
        await town.store.intake.commit('before', module, {});
      }
      // What is committed is applied.
      await town.take('nobody', 'delta', 'person', []);
      await town.store.putValue('namespaces', null);
      await town.reopen();
    }

    it('stays what it was: nobody is made anew, also by who names the source', async () => {
      await leave(['register']);
      const [before] = await town.persons();
      assert.equal(before?.['givenName'], 'Kim');
      town.map('portal', 'account', ACCOUNT);
      const run = await town.take('register', 'full', 'person', one('Kim'));
      assert.equal(run.counts['changed'], 0);
      await town.take('portal', 'full', 'account', [{ id: '1', account: 'kim@x.se' }]);
      const [after, ...others] = await town.persons();
      const accounts = after?.['eduPersonPrincipalNames'];
      assert.deepEqual([after?.id, accounts, others], [before?.id, ['kim@x.se'], []]);
    });

    it('is not that of a source that comes after it', async () => {
      await leave(['register']);
      town.map('vux', 'person', PERSON);
      await town.take('vux', 'full', 'person', one('Robin'));
      assert.deepEqual(await names(), ['Kim', 'Robin']);
    });
  });
});
