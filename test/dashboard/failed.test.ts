import assert from 'node:assert/strict';
import { keepRetry } from '../../core/control/failed/kept-retry.ts';
import {
  takenGroupFields as fields,
  freeNames,
  TAKEN_GROUP as GROUP,
  type Hosted,
  takenGroupAt as path,
  withTakenNames,
} from './hosted.ts';
import { rowsOf, somebody, type Visitor } from './visitor.ts';

describe('failed messages', () => {
  let town: Hosted;
  let visitor: Visitor;

  beforeEach(async () => {
    town = await withTakenNames(70, 60);
    visitor = await somebody(town.hub, town.dashboard.url, 'kim');
  });
  afterEach(() => town.close());

  const idsOn = (page: string) =>
    [...page.matchAll(/name="id" value="([^"]+)"/g)].map(([, id]) => id);
  const settled = async () => {
    for (let look = 0; look < 100; look++) {
      const page = await visitor.read(path());
      if (!page.includes('A retry is under way')) return page;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return '';
  };
  const open = () => town.hub.control.failures({ code: 'KEY_TAKEN', limit: 100 });

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
    const group = await swedish(path());
    const title = /<h1>[^<]* i identity:scim: Två gör anspråk på samma nyckel i målet\.<\/h1>/;
    assert.match(group, title);
    assert.match(group, /<p class="note">KEY_TAKEN<\/p>/);
    const [id] = idsOn(group);
    const back = /Alla med samma orsak: <a href="\/failed\/group[^"]*">Två gör anspråk/;
    assert.match(await swedish(`/message/${id}`), back);
    const text = /Gör så här:<\/strong> Den som var först behåller den\. <code>skolnav trace/;
    assert.match(await swedish(path()), text);
    const message = await swedish(`/message/${id}`);
    assert.match(message, /User x\d+ i tjänsten har samma userName som [\w-]+, och ett externalId/);
    assert.match(message, /Ett namn säger inte vems det är\./);
    assert.match(await swedish('/'), /6[01] personer saknas i identity/);
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
    // A process that was killed has left no word: only the lease says that it is gone.
    const kept = await town.hub.control.retryOf(name);
    assert.ok(kept !== null);
    await keepRetry(town.hub.engine, { ...kept, state: 'running', owner: '@gone/1/x' });
    await town.reopen();
    visitor = await somebody(town.hub, town.dashboard.url, 'kim');
    assert.match(await visitor.read(path()), /paused\..*Stage 1 of 3.*0 of 60/s);
    const form = [...Object.entries(GROUP), ['do', 'resume']] as [string, string][];
    await visitor.send('/failed/group/retry/ask', form);
    assert.match(await settled(), /60 of 60 were tried, 60 mended/);
  });

  it('are retried and discarded by two persons at once, and nobody is made twice', async () => {
    const robin = await somebody(town.hub, town.dashboard.url, 'robin');
    freeNames(town, 60);
    const form = fields(town.world.now) as readonly (readonly [string, string])[];
    const discard = [...form, ['reason', 'two at once'], ['sure', 'yes']] as const;
    const answers = await Promise.all([
      visitor.send('/failed/group/retry', form),
      robin.send('/failed/group/retry', form),
      robin.send('/failed/group/discard', discard),
      visitor.send('/failed/group/discard', discard),
    ]);
    for (const { status } of answers) assert.ok(status === 303 || status === 404, `${status}`);
    await settled();
    assert.deepEqual(await open(), []);
    const entries = await town.hub.control.auditTrail(1000);
    const did = new Set(entries.map(({ who, action }) => `${who} ${action}`));
    assert.ok(did.has('kim failed retry') || did.has('robin failed retry'));
    const users = town.world.identity.directory.of('Users');
    const ours = [...users.values()].map(({ externalId }) => externalId);
    assert.equal(new Set(ours).size, ours.length, 'nobody is made twice');
  });

  it('that a run has mended while a page was open are gone for its buttons, which say so', async () => {
    const [one] = await open();
    freeNames(town, 60);
    await town.world.sync('identity');
    for (const [address, form] of [
      [`/message/${one?.id}/retry`, []],
      [`/message/${one?.id}/discard`, [['reason', 'x']]],
      ['/failed/group/retry', fields(town.world.now)],
      ['/failed/group/discard', [...fields(town.world.now), ['reason', 'x'], ['sure', 'yes']]],
      ['/failed/selected', [...fields(0), ['id', one?.id ?? ''], ['do', 'retry']]],
    ] as [string, [string, string][]][]) {
      const answer = await visitor.send(address, form);
      assert.equal(answer.status, 404, address);
      assert.match(await answer.text(), /It may have been mended or decided/, address);
    }
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
    assert.match(
      page,
      /Delivered 1 Sept.*aria-disabled="true"\saria-describedby="over">Retry with the next run/s,
    );
    assert.match(page, /id="over">[^<]*cannot be tried again/);
    assert.doesNotMatch(page, /action="\/message/);
  });

  it('show no key, no way to the person, and no button, to who may only see the list', async () => {
    const guest = await somebody(town.hub, town.dashboard.url, 'robin', ['list']);
    const [one] = await open();
    const page = await guest.read(`/message/${one?.id}`);
    assert.doesNotMatch(page, /\/person\/|\.xml:/);
    assert.match(page, /shown to those who may see personal data/);
    assert.match(page, /takes the right to act/);
    assert.match(page, /aria-disabled="true"[^>]*>Edit the fields</);
    assert.doesNotMatch(
      page + (await guest.read(path())),
      /method="post" action="\/(message|failed)/,
    );
  });
});
