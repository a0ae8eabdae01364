import assert from 'node:assert/strict';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import type { Right } from '../../core/control/control-bus.ts';
import { CANARIES, canaryTown, OPEN_PUPIL } from '../e2e/canary-town.ts';
import { World } from '../e2e/world.ts';
import { type Hosted, hosted } from './hosted.ts';
import { rowsOf, somebody, type Visitor } from './visitor.ts';

const NUMBER_OF = {
  protected: '20130412TF80',
  /** Of whom nothing could be taken in, but the word of protection. */
  broken: '20130412TF83',
  open: '20130412TF85',
} as const;

describe('a person', () => {
  let town: Hosted;

  before(async () => {
    const world = await World.open();
    await publish(join(world.folder, 'data', 'register'), canaryTown('ber-20260901', 1));
    await world.sync();
    town = await hosted(world);
  });
  after(() => town.close());

  const as = (name: string, rights: readonly Right[]) =>
    somebody(town.hub, town.dashboard.url, name, rights);
  const search = async (visitor: Visitor, word: string) => {
    const answer = await visitor.send('/person', [
      ['word', word],
      ['reason', 'asked by the school'],
    ]);
    const to = answer.headers.get('location');
    return { status: answer.status, to, text: await answer.text() };
  };

  it('is found by number, account or name, and the first line is the answer', async () => {
    const visitor = await as('kim', ['list', 'contents']);
    const words = [NUMBER_OF.open, `${OPEN_PUPIL}@skola.example`];
    for (const word of [...words, `${OPEN_PUPIL}given ${OPEN_PUPIL}family`]) {
      const { to } = await search(visitor, word);
      assert.match(to ?? '', /^\/person\/[0-9a-f-]{36}$/, word);
      const page = await visitor.read(to ?? '');
      assert.match(page, /identity:scim: is to be there \(is there\).*User: delivered/s);
      assert.ok(page.indexOf('(is there)') < page.indexOf('What the sources say'));
      assert.match(
        page,
        new RegExp(`<p class="what">${OPEN_PUPIL}given ${OPEN_PUPIL}family, born`),
      );
    }
  });

  it('who is not found can be looked for again without writing everything once more', async () => {
    const visitor = await as('kim', ['list', 'contents']);
    const { status, text } = await search(visitor, 'Nobody Known');
    assert.equal(status, 404);
    assert.match(
      text,
      /name="word" value="Nobody Known".*name="reason" value="asked by the school"/s,
    );
  });

  it('is delivered again at a word with its reason, by who may act alone', async () => {
    const visitor = await as('kim', ['list', 'contents', 'act']);
    const { to } = await search(visitor, NUMBER_OF.open);
    const page = await visitor.read(to ?? '');
    const quoted = /action="\/person\/[^"]+\/resend".*?name="object"><option value="([^"]+)"/s;
    const object = (quoted.exec(page)?.[1] ?? '').replaceAll('&quot;', '"');
    const flow = /\/resend".*?name="flow" value="([^"]+)"/s.exec(page)?.[1] ?? '';
    const form = [
      ['flow', flow],
      ['object', object],
    ] as const;
    const send = async (fields: readonly (readonly [string, string])[]) => {
      const answer = await visitor.send(`${to}/resend`, fields);
      return visitor.read(answer.headers.get('location') ?? '/nowhere');
    };
    assert.match(await send(form), /Give a reason/);
    assert.match(await send([...form, ['reason', 'lost there']]), /sent again with the next run/);
    const [entry] = await town.hub.control.auditTrail(1, { action: 'resend' });
    assert.deepEqual([entry?.who, entry?.reason], ['kim', 'lost there']);
    const others = [
      ['flow', flow],
      ['object', '["User","another"]'],
      ['reason', 'x'],
    ] as const;
    assert.match(await send(others), /no such page/);
    const reader = await as('reader', ['list', 'contents']);
    assert.match(await reader.read(to ?? ''), /aria-disabled="true"[^>]*>Send an object again/);
  });

  it('is looked up only to be noted: who, why and how many, never the word', async () => {
    const visitor = await as('kim', ['list', 'contents']);
    await search(visitor, NUMBER_OF.open);
    const [entry] = await town.hub.control.auditTrail(1, { action: 'find person' });
    assert.deepEqual([entry?.who, entry?.reason], ['kim', 'asked by the school']);
    assert.ok(!JSON.stringify(entry).includes(NUMBER_OF.open));
  });

  it('who is protected answers like nobody, but to who has the right', async () => {
    const visitor = await as('kim', ['list', 'contents', 'act']);
    const bare = (text: string) => text.replaceAll(/value="[^"]*"/g, '');
    const none = await search(visitor, '20130412TF99');
    const keeper = await as('robin', ['list', 'contents', 'protected']);
    const nobody = await visitor.read('/person/00000000-0000-4000-8000-000000000000');
    const own = (text: string) => bare(text).replaceAll(/[0-9a-f-]{36}/g, '');
    for (const number of [NUMBER_OF.protected, NUMBER_OF.broken]) {
      const found = await search(visitor, number);
      assert.deepEqual([found.status, bare(found.text)], [none.status, bare(none.text)], number);
      const { to } = await search(keeper, number);
      const page = await keeper.read(to ?? '');
      assert.match(page, /Protected person/);
      for (const word of CANARIES) assert.ok(!page.includes(word));
      assert.equal(own(await visitor.read(to ?? '')), own(nobody));
    }
  });

  it('is shown as of an earlier day with its groups, whose pages name their members', async () => {
    const visitor = await as('kim', ['list', 'contents']);
    const { to } = await search(visitor, NUMBER_OF.open);
    assert.match(await visitor.read(to ?? ''), /<form method="get" action="\/person\/[^"]+\/day"/);
    const day = new Date(town.world.now).toISOString().slice(0, 10);
    const page = await visitor.read(`${to}/day?day=${day}`);
    assert.match(page, /Runs and failures are kept from/);
    assert.match(rowsOf(page), /User .*✓ was there as now, confirmed/);
    const [, group = ''] = /href="(\/group\/[^"]+)"/.exec(page) ?? [];
    const members = await visitor.read(group);
    assert.match(rowsOf(members), new RegExp(`${OPEN_PUPIL}given`));
    for (const word of CANARIES) assert.ok(!members.includes(word), word);
    const before = await visitor.read(`${to}/day?day=1999-01-01`);
    assert.match(before, /before all that is kept/);
    assert.equal((await visitor.ask(`${to}/day?day=2026-02-30`)).status, 422);
    const hidden = (
      await search(await as('robin', ['list', 'contents', 'protected']), NUMBER_OF.protected)
    ).to;
    assert.equal((await visitor.ask(`${hidden}/day?day=${day}`)).status, 404);
  });

  it('has values that can be explained, back to rule, file and line', async () => {
    const visitor = await as('kim', ['list', 'contents']);
    const { to } = await search(visitor, NUMBER_OF.open);
    const page = await visitor.read(to ?? '');
    const option = /<option value="([^"]*User[^"]*)"/.exec(page)?.[1]?.replaceAll('&quot;', '"');
    const answer = await visitor.send('/explain', [
      ['flow', 'identity'],
      ['object', option ?? ''],
      ['field', 'name.givenName'],
    ]);
    const text = await answer.text();
    assert.match(text, /mappings\/scim\/\S+\.yaml:\d+/);
    assert.match(text, /register \S+:\d+/);
  });

  it('stands in no address, title or log', async () => {
    const visitor = await as('kim', ['list', 'contents']);
    const { to } = await search(visitor, `${OPEN_PUPIL}given ${OPEN_PUPIL}family`);
    assert.ok(!(to ?? '').includes(OPEN_PUPIL));
    const title = /<title>(.*?)<\/title>/.exec(await visitor.read(to ?? ''))?.[1] ?? '';
    assert.equal(title, 'Person - Skolnav');
  });
});
