import assert from 'node:assert/strict';
import type { FailurePage, FailureWish } from '../../core/control/control-bus.ts';
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
    const first = { by: 'number', after: null, limit: 100 } as const;
    const [one, two] = (await messages.page(group, { ...first, limit: 2 })).messages;
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
    const ids = async (wish: FailureWish, of: { unit?: string } = {}) =>
      (await control.failurePage({ ...group, ...of }, wish)).failures.map(
        (each) => each.message.id,
      );
    const there = await ids(first, { unit: one.unit ?? '' });
    assert.ok(!there.includes(two.id), 'nobody learns where they are');
    const byUnit = await ids({ ...first, by: 'unit' });
    assert.deepEqual([byUnit.length, byUnit.at(-1)], [62, two.id], 'nor by the order of schools');
    const small: string[] = [];
    let after: FailureWish['after'] = null;
    do {
      const page: FailurePage = await control.failurePage(group, { by: 'unit', after, limit: 7 });
      small.push(...page.failures.map(({ message }) => message.id));
      after = page.next;
    } while (after !== null);
    assert.deepEqual(small, byUnit, 'page by page, each once');
    const exact: FailureWish = { by: 'unit', after: null, limit: byUnit.length };
    assert.equal((await control.failurePage(group, exact)).next, null, 'and none after the last');
  });

  it('are sorted and filtered, and what is done is done to the part that is shown', async () => {
    const idsOn = (page: string) =>
      [...page.matchAll(/name="id" value="([^"]+)"/g)].map(([, id]) => id);
    const [one, two] = await open();
    assert.ok(one?.problem != null && two?.problem != null);
    const at = { file: 'mappings/scim/user.yaml', line: null, field: 'userName' };
    const placed = { ...one.problem, place: at };
    await town.hub.engine.store.messages.put([
      { ...one, problem: placed, updatedAt: one.updatedAt + 60_000 },
      { ...two, problem: placed, state: 'retrying', notBefore: Number.MAX_SAFE_INTEGER },
    ]);
    const whole = await visitor.read(path());
    assert.match(whole, /State<\/span>.*failed \(59\).*is tried again[^<]* \(1\)/s);
    const value = /<option value="([^"]+)">mappings\/scim\/user.yaml userName \(1\)/.exec(
      whole,
    )?.[1];
    const place = value?.replaceAll('&quot;', '"') ?? '';
    for (const sort of ['place', 'latest', 'unit', 'newest', 'longest']) {
      const found = idsOn(await visitor.read(path({ sort })));
      assert.equal(new Set(found).size, 50, sort);
      if (sort === 'latest') assert.equal(found[0], one.id, 'the last tried first');
      if (sort === 'place') assert.ok(!found.includes(one.id), 'those without a place first');
    }
    const part = await visitor.read(path({ place, run: one.run, sort: 'latest' }));
    assert.match(part, /Only those of run .*Only those at mappings\/scim\/user.yaml userName/s);
    assert.deepEqual(idsOn(part), [one.id]);
    assert.match(part, /Discard all 1/);
    assert.equal((await visitor.ask(path({ run: 'another' }))).status, 404);
    const more = [
      ['place', place],
      ['sure', 'yes'],
      ['reason', 'a test'],
    ] as [string, string][];
    const form = [...fields(one.updatedAt + 60_000), ...more] as [string, string][];
    const sent = await visitor.send('/failed/group/discard', form);
    assert.match(sent.headers.get('location') ?? '', /done=discarded-1/);
    assert.deepEqual([(await open()).length, await town.hub.control.failure(one.id)], [59, null]);
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
    assert.match(causes, /Only: school .*Show all/s);
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
