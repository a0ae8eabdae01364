import assert from 'node:assert/strict';
import { sharedValues } from '../../core/control/findings/entity-findings.ts';
import type { Entity } from '../../core/message/message.ts';
import { uniqueRules } from '../../core/schema/annotation/unique.ts';
import { keptByOthers } from '../../core/view/doubled.ts';
import { liveViews } from '../../core/view/live.ts';
import { preloadedViews } from '../contract/preloaded-views.ts';
import { IntakeTown, type Row } from './intake-town.ts';

const PERSON = `to: person.v1
entity: { identity: id, of: register }
fields:
  givenName: { take: name }
  familyName: { const: Ek }
  civicNo.value: { take: number }
  eduPersonPrincipalNames: { take: account, split: "," }`;

const DAY = '2026-09-01';

describe('what only one person can have', () => {
  let town: IntakeTown;

  beforeEach(async () => {
    town = await IntakeTown.open();
    town.map('register', 'person', PERSON);
  });
  afterEach(() => town.close());

  const night = (...rows: readonly Row[]) => town.take('register', 'delta', 'person', rows);
  const doubles = async () => {
    const names = new Map((await town.persons()).map((one) => [one.id, one['givenName']]));
    const found = await town.store.entities.doubles('person');
    return found.map(({ as, ids }) => [as, ...ids.map((id) => names.get(id))]);
  };
  /** Who is shown with their account in a target, by plans of all and of single entities. */
  async function accounts(isIn = (_name: string) => true): Promise<readonly string[]> {
    const { store, canonical } = town.context();
    const needs = { protectedPersons: 'exclude', schools: 'all', inverses: new Map() } as const;
    const persons = await town.persons();
    const ids = new Set(persons.map(({ id }) => id));
    const whole = await preloadedViews(store.entities, canonical, needs, DAY);
    const point = liveViews(store.entities, canonical, needs, () => DAY);
    const isSelected = ({ givenName }: Entity) => isIn(String(givenName));
    const [one, other] = await Promise.all(
      [whole, point].map(async (views) => {
        const kept = await keptByOthers('person', ids, views, isSelected);
        const own = persons.filter(({ id }) => !kept.has(id));
        return own.map(({ givenName }) => String(givenName)).sort();
      }),
    );
    assert.deepEqual(one, other);
    return one ?? [];
  }

  it('stays with the one who stands first in the file, however it is written', async () => {
    await night(
      { id: 'p9', name: 'Anna', account: 'anna@x.se', number: '201401011234' },
      { id: 'p1', name: 'Bo', account: 'Anna@x.se', number: '201401011234' },
      { id: 'p2', name: 'Cem', account: 'cem@x.se', number: '201401011234' },
    );
    const found = [
      ['account', 'Anna', 'Bo'],
      ['number', 'Anna', 'Bo', 'Cem'],
    ];
    assert.deepEqual(await doubles(), found);
    assert.deepEqual(await accounts(), ['Anna', 'Cem']);
  });

  it('stays with the one who had it before, also if another comes to have it too', async () => {
    await night({ id: 'p9', name: 'Robin', account: 'x@x.se' }, { id: 'p1', name: 'Bo' });
    await night({ id: 'p1', name: 'Bo', account: 'x@x.se' });
    await night({ id: 'p0', name: 'Al', account: 'x@x.se' });
    assert.deepEqual(await doubles(), [['account', 'Robin', 'Bo', 'Al']]);
    assert.deepEqual(await accounts(), ['Robin']);
    const isThere = (name: string) => name !== 'Robin';
    assert.deepEqual(
      await accounts(isThere),
      ['Bo', 'Robin'],
      'who is not in the target keeps none',
    );
  });

  it('passes to the next once the first has it no more, and that one is planned anew', async () => {
    const robin = { id: 'p9', name: 'Robin', account: 'x@x.se' };
    await night(robin);
    await night({ id: 'p1', name: 'Bo', account: 'x@x.se' });
    const [bo] = (await town.persons()).filter((one) => one['givenName'] === 'Bo');
    const { until } = await town.store.entities.changes(0);
    await night({ ...robin, account: 'r@x.se' });
    assert.deepEqual([await doubles(), await accounts()], [[], ['Bo', 'Robin']]);
    const { changed } = await town.store.entities.changes(until);
    assert.ok(changed?.some(({ id }) => id === bo?.id));
  });

  it('is told by a few places where all have it: it stands for a value that nobody knows', async () => {
    const all = Array.from({ length: 40 }, (_, at) => {
      return { id: `p${at}`, name: 'Kim', number: '201301010000' };
    });
    await night(...all);
    const unique = uniqueRules(town.context().canonical.get('person')?.schema ?? {});
    const kinds = [{ kind: 'person', unique, selfReferences: [] }];
    const [told, ...more] = await sharedValues({ store: town.store, outline: { kinds } });
    assert.equal(more.length, 0);
    assert.match(told?.text ?? '', /register\.csv:\d+ and 35 more/);
    assert.equal(told?.text.match(/csv:/g)?.length, 5);
  });
});
