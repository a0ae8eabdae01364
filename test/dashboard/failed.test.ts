import assert from 'node:assert/strict';
import { freeNames, type Hosted, withTakenNames } from './hosted.ts';
import { rowsOf, somebody, type Visitor } from './visitor.ts';

const GROUP = {
  target: 'identity:scim',
  type: 'deliver',
  state: 'failed',
  code: 'KEY_TAKEN',
  kind: 'User',
} as const;

describe('failed messages', () => {
  let town: Hosted;
  let visitor: Visitor;

  beforeEach(async () => {
    town = await withTakenNames(70, 60);
    visitor = await somebody(town.hub, town.dashboard.url, 'kim');
  });
  afterEach(() => town.close());

  const path = (more: Record<string, string> = {}) =>
    `/failed/group?${new URLSearchParams({ ...GROUP, ...more })}`;
  const idsOn = (page: string) =>
    [...page.matchAll(/name="id" value="([^"]+)"/g)].map(([, id]) => id);
  const fields = (until: number) => [...Object.entries(GROUP), ['until', String(until)]] as const;
  const settled = async () => {
    for (let look = 0; look < 100; look++) {
      const page = await visitor.read(path());
      if (!page.includes('A retry is under way')) return page;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return '';
  };
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

  it('stand in groups by code, target and kind, with how many', async () => {
    const page = await visitor.read('/failed');
    assert.match(page, /61 messages wait/);
    assert.match(
      page,
      /Two entities claim the same key in this target\.<\/a>[^<]*<[^>]*>KEY_TAKEN/,
    );
    assert.match(page, /<span class="count">60<\/span>/);
  });

  it('are spoken of in the language of the reader: in the list, and in the group with the remedy', async () => {
    const swedish = async (address: string) => {
      const answer = await visitor.ask(address, { headers: { 'accept-language': 'sv' } });
      return answer.text();
    };
    for (const address of ['/', '/failed', path()]) {
      const page = await swedish(address);
      assert.match(page, /Två gör anspråk på samma nyckel i målet\./, address);
      assert.doesNotMatch(page, /Two entities claim|\(skolnav failed\)/, address);
    }
    const text = /Gör så här:<\/strong> Den som var först behåller den\. <code>skolnav trace/;
    assert.match(await swedish(path()), text);
    assert.match(
      await swedish('/'),
      /61 meddelanden har misslyckats\.|60 meddelanden har misslyckats\./,
    );
  });

  it('say since when, how many there were each day, and who sees to it', async () => {
    const remark = [...Object.entries(GROUP), ['owner', 'Alex'], ['note', 'the portal is asked']];
    const form = remark.map(([name = '', value = '']) => [name, value] as const);
    await visitor.send('/failed/group/remark', form);
    await town.hub.control.sync({
      ...{ flow: 'identity', deliver: true, onProgress: () => undefined, patienceMs: 0 },
      signal: new AbortController().signal,
    });
    const page = await visitor.read(path());
    assert.match(page, /First seen.*1 Sept 2026.*0, 0, 60"/s);
    assert.match(page, /Alex.*the portal is asked.*kim/s);
    assert.match(rowsOf(await visitor.read('/failed')), /\| Alex$/m);
    const guest = await somebody(town.hub, town.dashboard.url, 'robin', ['list']);
    assert.doesNotMatch(await guest.read(path()), /remark/);
  });

  it('come page by page, each once', async () => {
    const first = await visitor.read(path());
    const next = /href="([^"]+)" rel="next"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const second = await visitor.read(next);
    assert.equal(new Set([...idsOn(first), ...idsOn(second)]).size, 60);
    assert.deepEqual([idsOn(first).length, idsOn(second).length], [50, 10]);
    assert.doesNotMatch(second, /rel="next"/);
  });

  it('are tried again as a group: one first, and no other while it fails as before', async () => {
    await visitor.send('/failed/group/retry', fields(town.world.now));
    assert.match(await settled(), /1 of 60 were tried, 0 mended.*stage 1 of 3/s);
    freeNames(town, 60);
    await visitor.send('/failed/group/retry', fields(town.world.now));
    assert.match(await settled(), /60 of 60 were tried, 60 mended/);
    assert.deepEqual(await open(), []);
  });

  it('show a retry that was cut off as paused, on a dashboard that was started anew', async () => {
    const stop = new AbortController();
    const name = { target: GROUP.target, code: GROUP.code, objectKind: GROUP.kind };
    const onProgress = () => stop.abort(new Error('gone'));
    const request = { ...name, until: town.world.now, who: 'kim', onProgress };
    freeNames(town, 60);
    await assert.rejects(town.hub.control.retryGroup({ ...request, signal: stop.signal }));
    assert.match(await visitor.read(path()), /paused\..*Stage 1 of 3.*0 of 60/s);
    const form = [...Object.entries(GROUP), ['do', 'resume']] as [string, string][];
    await visitor.send('/failed/group/retry/ask', form);
    assert.match(await settled(), /60 of 60 were tried, 60 mended/);
  });

  it('are left alone by an action on a page that was shown before they failed', async () => {
    const [one] = await open();
    await visitor.send('/failed/group/retry', fields((one?.updatedAt ?? 0) - 60_000));
    assert.match(await settled(), /0 of 0 were tried/);
    const until = [...fields((one?.updatedAt ?? 0) - 60_000), ['reason', 'x'], ['sure', 'yes']];
    await visitor.send(
      '/failed/group/discard',
      until.map(([name = '', value = '']) => [name, value]),
    );
    assert.equal((await open()).length, 60);
  });

  it('are discarded with a reason that is kept, those selected or all', async () => {
    const chosen = idsOn(await visitor.read(path())).slice(0, 2);
    const selected = chosen.map((id) => ['id', id ?? ''] as const);
    const form = [...fields(0), ...selected, ['do', 'discard']] as [string, string][];
    await visitor.send('/failed/selected', form);
    assert.equal((await open()).length, 60, 'without a reason nothing happens');
    const sent = await visitor.send('/failed/selected', [...form, ['reason', 'left the town']]);
    assert.match(
      await visitor.read(sent.headers.get('location') ?? ''),
      /2 messages were discarded/,
    );
    const all = [...fields(town.world.now), ['reason', 'left the town']] as [string, string][];
    await visitor.send('/failed/group/discard', all);
    assert.equal((await open()).length, 58, 'without a yes nothing happens');
    await visitor.send('/failed/group/discard', [...all, ['sure', 'yes']]);
    assert.deepEqual(await open(), []);
    const [entry] = await town.hub.control.auditTrail(1);
    assert.deepEqual([entry?.who, entry?.reason], ['kim', 'left the town']);
  });

  it('say each why, what to do, where it comes from, and the technical last', async () => {
    const [id] = idsOn(await visitor.read(path()));
    const page = await visitor.read(`/message/${id}`);
    const places = ['What to do', 'KEY_TAKEN', 'Where it comes from', '.xml:', 'Technical details'];
    const found = places.map((word) => page.indexOf(word));
    assert.ok(!found.includes(-1), found.join());
    assert.deepEqual(
      found,
      [...found].sort((a, b) => a - b),
    );
    const retried = await visitor.send(`/message/${id}/retry`, []);
    assert.match(await visitor.read(retried.headers.get('location') ?? ''), /waits for its turn/);
    await visitor.send(`/message/${id}/discard`, [['reason', 'a test']]);
    assert.match(await visitor.read(`/message/${id}`), /Discarded 1 Sept/);
    await visitor.send(`/message/${id}/restore`, []);
    assert.match(await visitor.read(`/message/${id}`), /What to do/);
  });

  it('show the way from the record to what was answered, with the values for who may see them', async () => {
    const [one] = await open();
    const page = await visitor.read(`/message/${one?.id}`);
    const steps = ['Records of the sources', 'About', 'Object of the target', 'What was sent'];
    const found = steps.map((step) => page.indexOf(`<h3>${step}`));
    assert.ok(!found.includes(-1), found.join());
    assert.match(rowsOf(page), /^userName \| {2}\| p\d+@skola\.example \| .*differs/m);
    assert.match(page, /The target holds nothing of it yet.*2 attempts, the last 1 Sept/s);
    const guest = await somebody(town.hub, town.dashboard.url, 'robin', ['list']);
    assert.doesNotMatch(await guest.read(`/message/${one?.id}`), /userName<|@skola/);
    const [entry] = await town.hub.control.auditTrail(1, { action: 'show object' });
    assert.deepEqual([entry?.who, entry?.subject.startsWith(`${one?.id} person`)], ['kim', true]);
  });

  it('that were discarded come back at a word, until the next run has been', async () => {
    const all = [...fields(town.world.now), ['reason', 'too soon'], ['sure', 'yes']];
    const form = all.map(([name = '', value = '']) => [name, value] as const);
    const sent = await visitor.send('/failed/group/discard', form);
    const page = await visitor.read(sent.headers.get('location') ?? '');
    assert.match(page, /60 messages were discarded.*Undo the discard/s);
    const since = /name="since" value="(\d+)"/.exec(page)?.[1] ?? '';
    const undo = [...Object.entries(GROUP), ['since', since]] as [string, string][];
    await visitor.send('/failed/group/restore', undo);
    assert.equal((await open()).length, 60);
    await visitor.send('/failed/group/discard', form);
    freeNames(town, 60);
    await town.world.sync('identity');
    assert.equal((await visitor.send('/failed/group/restore', undo)).status, 404);
  });

  it('that a later run has mended say so, when, and that they cannot be tried again', async () => {
    const [one] = await open();
    freeNames(town, 60);
    await town.world.sync('identity');
    const page = await visitor.read(`/message/${one?.id}`);
    assert.match(page, /Delivered 1 Sept.*cannot be tried again/s);
    assert.doesNotMatch(page, /action="\/message/);
  });

  it('show no key, no way to the person, and no button, to who may only see the list', async () => {
    const guest = await somebody(town.hub, town.dashboard.url, 'robin', ['list']);
    const [one] = await open();
    const page = await guest.read(`/message/${one?.id}`);
    assert.doesNotMatch(page, /\/person\/|\.xml:/);
    assert.match(page, /shown to those who may see personal data/);
    assert.match(page, /takes the right to act/);
    assert.doesNotMatch(page + (await guest.read(path())), /action="\/(message|failed)/);
  });
});
