import assert from 'node:assert/strict';
import {
  takenGroupFields as fields,
  freeNames,
  type Hosted,
  takenGroupAt as path,
  withTakenNames,
} from './hosted.ts';
import { rowsOf, somebody, type Visitor } from './visitor.ts';

describe('those whom failures concern', () => {
  let town: Hosted;
  let visitor: Visitor;

  beforeEach(async () => {
    town = await withTakenNames(70, 60);
    visitor = await somebody(town.hub, town.dashboard.url, 'kim');
  });
  afterEach(() => town.close());

  const open = () => town.hub.control.failures({ code: 'KEY_TAKEN', limit: 100 });

  it('are told of by school unit, class and consequence, all of them', async () => {
    const { control, engine } = town.hub;
    const group = (await control.failureGroups()).find(({ code }) => code === 'KEY_TAKEN');
    assert.ok(group !== undefined);
    const told = async () => {
      const own = (await control.impacts()).filter(({ code }) => code === 'KEY_TAKEN');
      return own.map(({ name, consequence, count }) => `${name} ${consequence} ${count}`).sort();
    };
    assert.deepEqual(await told(), ['school missing 60']);
    const { classes, looked } = await control.classesOf(group);
    const about = { unit: 'school', name: 'class', who: 'pupil', consequence: 'missing' };
    assert.deepEqual([classes, looked], [[{ ...about, count: 60 }], 60]);
    const { messages, entities } = engine.store;
    const [one, two] = (await messages.page(group, 0, 2)).messages;
    assert.ok(one !== undefined && two !== undefined);
    const { unit: _unit, ...unitless } = one;
    await messages.put([
      { ...one, id: 'changed', action: 'update' },
      { ...unitless, id: 'gone', action: 'delete', origin: { kind: 'person', id: 'nobody' } },
    ]);
    assert.deepEqual(await told(), [' remains 1', 'school missing 60', 'school outdated 1']);
    const [stored] = await entities.get('person', [two.origin.id]);
    assert.ok(stored !== undefined);
    const entity = { ...stored.entity, securityMarking: 'Sekretessmarkering' };
    await entities.rewrite([{ kind: 'person', entity, hash: 'h', isProtected: true }]);
    const now = await told();
    const hidden = ['school missing 59', ' missing 1'];
    assert.ok(
      hidden.every((line) => now.includes(line)),
      now.join(),
    );
    const page = await control.failurePage({ ...group, unit: one.unit ?? '' }, 0, 100);
    assert.ok(!page.messages.some(({ id }) => id === two.id), 'nobody learns where they are');
  });

  it('are listed by school unit, by consequence and by flow, each a way to fewer', async () => {
    const [one] = await open();
    assert.ok(one !== undefined);
    await town.hub.engine.store.messages.put([
      { ...one, id: 'left', unit: 'no-school', action: 'delete' },
    ]);
    const rows = async (query: string) => rowsOf(await visitor.read(`/failed?${query}`));
    assert.match(await rows('by=unit'), /^school \| 60 persons are missing in identity/m);
    const schools = await visitor.read('/failed?by=unit');
    const way = /href="([^"]+)">school</.exec(schools)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const causes = await visitor.read(way);
    assert.match(causes, /Only: school\..*Show all/s);
    const group = /href="(\/failed\/group[^"]+)"/.exec(causes)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const part = await visitor.read(group);
    assert.match(part, /Only what concerns school\..*Retry all 60/s);
    assert.match(part, /What the flow is for: .*60 pupils/s);
    assert.match(await visitor.read(path()), /Retry all 61/);
    const told = await rows('by=consequence');
    assert.match(told, /^60 persons are missing in identity \| 1 \|/m);
    assert.match(told, /^1 person is still in identity and should be gone \| 1 \|/m);
    assert.match(await rows('by=consequence&consequence=remains'), /^1 person is still.*$/m);
    assert.doesNotMatch(await rows('by=consequence&consequence=remains'), /missing/);
    assert.match(await rows('by=flow'), /^identity \(identity:scim\) \| 60 persons are missing/m);
    assert.match(await rows('by=cause&target=register'), /^$/);
  });

  it('of one school unit are tried again, discarded and brought back without the others', async () => {
    const [one] = await open();
    assert.ok(one !== undefined);
    const { messages } = town.hub.engine.store;
    await messages.put([{ ...one, id: 'other', unit: 'no-school' }]);
    const of = (unit: string, ...more: (readonly [string, string])[]) =>
      [...fields(town.world.now), ['unit', unit], ...more] as [string, string][];
    const isThere = async () => (await messages.get(['other'])).length === 1;
    const yes = of('no-school', ['reason', 'a test'], ['sure', 'yes']);
    const sent = await visitor.send('/failed/group/discard', yes);
    assert.equal((await open()).length, 60);
    assert.equal(await isThere(), false);
    const since = /since=(\d+)/.exec(sent.headers.get('location') ?? '')?.[1] ?? '';
    await visitor.send('/failed/group/restore', of('none', ['since', since]));
    assert.equal(await isThere(), false, 'it was of another school');
    await visitor.send('/failed/group/restore', of('no-school', ['since', since]));
    assert.equal(await isThere(), true);
    freeNames(town, 60);
    await visitor.send('/failed/group/retry', of(one.unit ?? ''));
    const address = path({ unit: one.unit ?? '' });
    for (let look = 0; look < 100; look++) {
      if (!(await visitor.read(address)).includes('A retry is under way')) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.match(await visitor.read(address), /60 of 60 were tried, 60 mended/);
    assert.equal(await isThere(), true);
  });
});
