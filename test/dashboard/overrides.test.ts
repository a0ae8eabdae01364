import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Message } from '../../core/control/control-bus.ts';
import { type Hosted, withTakenNames } from './hosted.ts';
import { rowsOf, somebody, type Visitor } from './visitor.ts';

const NAME = 'p1-own@skola.example';

describe('a value that a person sets in the place of a mapping’s', () => {
  let town: Hosted;
  let kim: Visitor;
  let failed: Message;
  let path: string;

  beforeEach(async () => {
    town = await withTakenNames(5, 1);
    const { hub, dashboard } = town;
    const [first] = await hub.control.failures({ limit: 1 });
    assert.ok(first !== undefined);
    failed = first;
    path = `/message/${failed.id}/edit`;
    kim = await somebody(hub, dashboard.url, 'kim');
  });
  afterEach(() => town.close());

  /** The flow with more lines; who may set what is the flow's to say. */
  async function flow(more: string): Promise<void> {
    const file = join(town.world.folder, 'flows', 'identity.yaml');
    await town.world.write('flows/identity.yaml', `${await readFile(file, 'utf8')}${more}\n`);
    await town.reopen();
    kim = await somebody(town.hub, town.dashboard.url, 'kim');
  }
  const until = () => new Date(town.world.now + 7 * 86_400_000).toISOString().slice(0, 10);
  const form = (field: string, value: string, what: string, was = ''): [string, string][] => [
    ['field', field],
    [`value:${field}`, value],
    [`was:${field}`, was],
    ['until', until()],
    ['reason', 'a test'],
    ['do', what],
  ];
  const nameThere = () => {
    const all = [...town.world.identity.directory.of('Users').values()];
    return all.find(({ externalId }) => externalId === failed.key)?.['userName'];
  };

  it('is offered where a message is, shown as a difference, set, and the object delivered at once', async () => {
    await flow('adopt: { User: [externalId] }');
    assert.match(await kim.read(`/message/${failed.id}`), new RegExp(`href="${path}"`));
    const edit = await kim.read(path);
    assert.match(edit, /name="value:userName" value="p1@skola.example"/);
    assert.match(rowsOf(edit), /^externalId \| locked: the key of the object$/m);
    const trial = await kim.send(path, form('userName', NAME, 'try', 'p1@skola.example'));
    const shown = await trial.text();
    assert.match(rowsOf(shown), /^userName \| p1@skola.example \| p1-own@skola.example/m);
    assert.deepEqual(await town.hub.control.overrides(), [], 'a trial keeps nothing');
    const set = await kim.send(path, form('userName', NAME, 'set'));
    const where = set.headers.get('location') ?? '';
    assert.match(where, /^\/overrides\/[-\w]+\?done=delivered$/);
    assert.doesNotMatch(where, /skola/);
    assert.equal(nameThere(), NAME);
    assert.match(await kim.read(where), /The value is set, and the object is delivered/);
    const list = await kim.read('/overrides');
    assert.match(list, /User userName.*counts/s);
    assert.doesNotMatch(list, new RegExp(NAME), 'values stand on the page of each object');
    const ended = await kim.send(where.replace(/\?.*/, '/end'), [['reason', 'mended']]);
    assert.match(await kim.read(ended.headers.get('location') ?? ''), /The override has ended/);
    assert.match(await kim.read('/overrides'), /Nothing is set.*Ended.*userName/s);
  });

  it('is told what the target would not take, while it is written and when it is sent', async () => {
    const check = await kim.send(path, form('emails', '[{}]', 'check'));
    const faults: unknown = await check.json();
    assert.equal(check.status, 200);
    assert.match(JSON.stringify(faults), /^\[\{"field":"emails","text":"[^"]+"\}/);
    const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec(await kim.read('/nowhere')) ?? [];
    const fields = [['csrf', csrf] as const, ...form('emails', '[{}]', 'check')];
    const body = new URLSearchParams(fields.map(([name, value]) => [name, value]));
    const headers = { 'accept-language': 'sv' };
    const swedish = await kim.ask(path, { method: 'POST', body, headers });
    assert.match(await swedish.text(), /"text":"nummer 1, value saknas\."/);
    const sent = await kim.send(path, form('emails', 'no list', 'try'));
    assert.equal(sent.status, 422);
    const page = await sent.text();
    assert.match(page, /It cannot be set so.*must be a list/s);
    assert.match(page, />no list<\/textarea>/, 'what was written is there still');
    for (const [field, why] of [
      ['externalId', /is locked \(key\)/],
      ['userName', /is locked \(match\)/],
      ['nobody', /is not filled/],
    ] as const) {
      const answer = await kim.send(path, form(field, 'x', 'set'));
      assert.equal(answer.status, 422);
      assert.match(await answer.text(), why);
    }
    assert.deepEqual(await town.hub.control.overrides(), []);
  });

  it('is an item of a list, in rows of what the items say', async () => {
    const cell = (at: number, name: string) => `item:emails:${at}:${name}`;
    assert.match(await kim.read(path), new RegExp(`<select name="${cell(0, 'primary')}">`));
    const rows: readonly Record<string, unknown>[] = [
      { value: 'kim@one.example', type: 'home', primary: false },
      { value: 'kim@two.example', type: 'work', primary: true },
    ];
    const cells = rows.flatMap((row, at) =>
      Object.entries(row).map(([name, value]) => [cell(at, name), String(value)] as const),
    );
    const written = (was: string, ...more: (readonly [string, string])[]) =>
      [...form('emails', '', 'try', was), ['list', 'emails'], ...more] as const;
    const trial = await kim.send(path, written('', ...cells));
    const asked = /name="value:emails" value="([^"]*)"/.exec(await trial.text())?.[1] ?? '';
    const value = asked.replaceAll('&quot;', '"');
    assert.deepEqual(JSON.parse(value), rows, 'what is no text is none');
    await kim.send(path, form('emails', value, 'set'));
    const page = await kim.read(path);
    assert.match(page, new RegExp(`name="${cell(1, 'value')}" value="kim@two.example"`));
    assert.match(page, /<option value="true" selected>/);
    const same = await kim.send(path, written(value, ...cells));
    assert.match(await same.text(), /nothing would be changed/);
    const less = await kim.send(path, written(value, ...cells.slice(3)));
    assert.match(rowsOf(await less.text()), /^emails \|.*\| \[[^[]*two[^[]*\]$/m);
    const faulty = await kim.send(path, written(value, ...cells, [cell(2, 'type'), 'work']));
    assert.equal(faulty.status, 422);
    assert.match(
      await faulty.text(),
      /emails: .*item 3, value is missing.*kim@two\.example.*value="work"/s,
    );
  });

  it('shows no value to who may not see personal contents, and keeps sensitive fields from them', async () => {
    await flow('overrides: { sensitive: { User: [displayName] } }');
    const alex = await somebody(town.hub, town.dashboard.url, 'alex', ['list', 'act']);
    const page = await alex.read(path);
    assert.doesNotMatch(page, /p1@skola|Kim/);
    assert.match(rowsOf(page), /^displayName \| sensitive: needs the right/m);
    const refused = await alex.send(path, form('displayName', 'Kim Alm', 'set'));
    assert.match(await refused.text(), /may see personal contents/);
    const trial = await alex.send(path, form('name.familyName', 'Alm', 'try'));
    const shown = await trial.text();
    assert.match(rowsOf(shown), /^name\.familyName \| … \| Alm/m);
  });

  it('counts once another person has approved it, who has seen it', async () => {
    await flow('adopt: { User: [externalId] }\noverrides: { approvals: 2 }');
    const set = await kim.send(path, form('userName', NAME, 'set'));
    const where = set.headers.get('location') ?? '';
    assert.match(where, /done=waits$/);
    assert.match(await kim.read('/'), /1 in identity:scim.*href="\/overrides"/s);
    assert.equal(nameThere(), undefined);
    const own = await kim.send(where.replace(/\?.*/, '/approve'), []);
    assert.equal(own.status, 422);
    assert.match(await kim.read(where), /aria-disabled.*>Approve<.*Another person must too/s);
    const { hub, dashboard } = town;
    const blind = await somebody(hub, dashboard.url, 'blind', ['list', 'act']);
    assert.equal((await blind.send(where.replace(/\?.*/, '/approve'), [])).status, 403);
    assert.match(await blind.read(where), /aria-disabled.*>Approve<.*see personal/s);
    const robin = await somebody(hub, dashboard.url, 'robin');
    assert.match(await robin.read(where), new RegExp(`${NAME}.*Approve`, 's'));
    const approved = await robin.send(where.replace(/\?.*/, '/approve'), []);
    assert.match(approved.headers.get('location') ?? '', /done=delivered$/);
    assert.equal(nameThere(), NAME);
  });
});
