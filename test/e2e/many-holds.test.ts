import assert from 'node:assert/strict';
import { SituationTown } from '../situations/situation-town.ts';
import { classOf } from '../situations/town.ts';
import { skolnavIn } from './skolnav.ts';

const WORD = ['--reason', 'the register has been numbered anew'];

describe('many ids that come with other persons', () => {
  let town: SituationTown;

  beforeEach(async () => {
    town = await SituationTown.open();
    const ids = ['a', 'b', 'c', 'd'];
    const persons = (given: string, family: string, born: string) => {
      const number = (at: number) => `${born.replaceAll('-', '')}TF8${at}`;
      const all = ids.map((id, at) => [id, { given, family, born, number: number(at) }]);
      return classOf(Object.fromEntries(all));
    };
    await town.send('2026-09-01', persons('Ann', 'Ek', '2013-01-02'));
    await town.world.sync();
    await town.send('2026-09-02', persons('Zoran', 'Holm', '2009-11-30'));
    await town.world.sync();
  });
  afterEach(() => town.close());

  const open = () => town.world.withHub(({ control }) => control.holds('open'));
  const audited = () =>
    town.world.withHub(({ control }) => control.auditTrail(100, { action: 'hold rejected' }));

  it('are decided by several ids, or all of a source, and each is audited', async () => {
    const [one, two, ...others] = await open();
    assert.equal(others.length, 2);
    const some = await skolnavIn(
      town.world,
      'hold',
      'reject',
      one?.id ?? '',
      two?.id ?? '',
      ...WORD,
    );
    assert.deepEqual([some.code, (await open()).length], [0, 2], some.out);
    const nobody = await skolnavIn(town.world, 'hold', 'reject', '--all', 'elsewhere', ...WORD);
    assert.deepEqual([nobody.code, (await open()).length], [2, 2], nobody.out);
    const rest = await skolnavIn(town.world, 'hold', 'reject', '--all', 'register', ...WORD);
    assert.deepEqual([rest.code, await open()], [0, []], rest.out);
    assert.equal(new Set((await audited()).map(({ subject }) => subject)).size, 4);
    await town.world.sync();
    assert.deepEqual(await open(), []);
  });

  it('are not decided where an id is unknown, or it is not said which are meant', async () => {
    const [one] = await open();
    const { id = '' } = one ?? {};
    const unknown = await skolnavIn(town.world, 'hold', 'approve', id, 'none', ...WORD);
    assert.deepEqual([unknown.code, (await open()).length], [2, 3]);
    assert.match(unknown.out, /no hold "none"/);
    for (const wrong of [[], [id, '--all', 'register'], [id, 'b', '--unit', 'school']]) {
      const { code, out } = await skolnavIn(town.world, 'hold', 'reject', ...wrong, ...WORD);
      assert.deepEqual([code, (await open()).length], [2, 3], out);
    }
  });
});
