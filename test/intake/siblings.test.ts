import assert from 'node:assert/strict';
import { IntakeTown } from './intake-town.ts';

/** A row of a guardian: the guardian, and what it adds to the child. */
const GUARDIAN = `to: person.v1
entity: { identity: number }
fields: { givenName: { take: name }, familyName: { const: Ek } }
`;
const OF_CHILD = `to: person.v1
entity: { identity: id }
supplement: true
part: { take: number }
fields:
  responsibles:
    list: [ { item: { person: { identity: number }, relationType: { const: Vårdnadshavare } } } ]
`;
const CHILD = `to: person.v1
entity: { identity: id }
fields: { givenName: { take: name }, familyName: { const: Ek } }
`;
const MARKED = `to: person.v1
entity: { identity: id }
fields: { sex: { take: kind, missing: omit } }
`;

/** Several mappings that make one kind of entity of one stream. */
describe('two mappings of one stream and kind', () => {
  let town: IntakeTown;

  beforeEach(async () => {
    town = await IntakeTown.open();
  });
  afterEach(() => town.close());

  const names = async () => (await town.persons()).map(({ givenName }) => givenName).sort();

  for (const [how, order] of [
    ['first', [GUARDIAN, OF_CHILD]],
    ['last', [OF_CHILD, GUARDIAN]],
  ] as const) {
    it(`make the guardian and add to the child, whose file comes ${how}`, async () => {
      town.map('register', 'barn', CHILD);
      for (const text of order) town.map('register', 'vard', text);
      await town.take('register', 'full', 'barn', [{ id: 'c', name: 'Kim' }]);
      await town.take('register', 'full', 'vard', [
        { id: 'c', name: 'Eva', number: 'g1' },
        { id: 'c', name: 'Per', number: 'g2' },
        { id: 'nobody', name: 'Ulf', number: 'g3' },
      ]);
      assert.deepEqual(await names(), ['Eva', 'Kim', 'Per', 'Ulf'].sort());
      const child = (await town.persons()).find(({ givenName }) => givenName === 'Kim');
      const responsibles = child?.['responsibles'];
      assert.equal(Array.isArray(responsibles) ? responsibles.length : 0, 2);
      await town.take('register', 'delta', 'vard', [
        { gone: { id: 'c', name: 'Eva', number: 'g1' } },
      ]);
      assert.deepEqual(await names(), ['Kim', 'Per', 'Ulf'].sort());
    });
  }

  it('say each their own of one entity', async () => {
    town.map('register', 'barn', CHILD);
    town.map('register', 'barn', MARKED);
    await town.take('register', 'full', 'barn', [{ id: 'c', name: 'Kim', kind: 'Kvinna' }]);
    const [kim] = await town.persons();
    assert.deepEqual([kim?.['givenName'], kim?.['sex']], ['Kim', 'Kvinna']);
  });
});
