import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { type Hosted, withTakenNames } from './hosted.ts';
import { rowsOf, somebody, type Visitor } from './visitor.ts';

const FILE = 'mappings/scim/user.yaml';
const EDIT = '/mapping/edit';

describe('another text of a mapping', () => {
  let town: Hosted;
  let kim: Visitor;
  let text: string;

  before(async () => {
    town = await withTakenNames(6, 0);
    kim = await somebody(town.hub, town.dashboard.url, 'kim');
    text = (await town.hub.control.mappingText(FILE)) ?? '';
  });
  after(() => town.close());

  const send = (changed: string, what = 'try', upload = '') =>
    kim.sendForm(EDIT, { file: FILE, text: changed, do: what, upload });
  const reversed = () =>
    text.replace("givenName + ' ' + familyName", "familyName + ' ' + givenName");

  /** What a trial has come to, once it has ended. */
  async function outcome(where: string): Promise<string> {
    for (let look = 0; look < 200; look++) {
      const page = await kim.read(where);
      if (!page.includes('The plans are being made')) return page;
      await new Promise((done) => setTimeout(done, 20));
    }
    return assert.fail('the trial does not end');
  }

  it('shows what it would change on the real data, field by field, and writes nothing', async () => {
    assert.match(await kim.read(`/mapping?file=${FILE}`), /href="\/mapping\/edit\?file=/);
    const page = await kim.read(`${EDIT}?file=${FILE}`);
    assert.match(page, /<textarea[^>]*># yaml-language-server.*from: person\.v1/s);
    const before = await readdir(town.world.folder, { recursive: true });
    // As a browser sends the lines of a text.
    const sent = await send(reversed().replaceAll('\n', '\r\n'));
    assert.equal(sent.status, 303);
    const told = await outcome(sent.headers.get('location') ?? '');
    assert.match(told, /0 new, 6 changed, 0 removed/);
    assert.match(rowsOf(told), /displayName: &quot;Kim Ek&quot; → &quot;Ek Kim&quot;/);
    assert.match(told, /The tests inside the mapping do not pass.*a pupil/s);
    assert.match(told, /Nothing is written/);
    assert.deepEqual(await readdir(town.world.folder, { recursive: true }), before);
    assert.equal(await town.hub.control.mappingText(FILE), text);
    const names = town.world.accounts().map(({ displayName }) => displayName);
    assert.deepEqual([...new Set(names)], ['Kim Ek']);
  });

  it('may be a file that is chosen, and is downloaded as it was written', async () => {
    const sent = await send('nothing', 'try', reversed());
    assert.match(await outcome(sent.headers.get('location') ?? ''), /6 changed/);
    const file = await send(reversed(), 'download');
    assert.match(file.headers.get('content-disposition') ?? '', /filename=user\.yaml/);
    assert.equal(await file.text(), reversed());
  });

  it('is refused with line and column where it has faults, as check says them', async () => {
    const wrong = text.replace('take: familyName', 'take: familyNam');
    const answer = await send(wrong);
    assert.equal(answer.status, 422);
    const page = await answer.text();
    assert.match(
      page,
      /user\.yaml:\d+:\d+<.*MAPPING_PATH_UNKNOWN<.*Did you mean &quot;familyName&quot;/s,
    );
    assert.match(page, /take: familyNam /, 'what was written is there still');
  });

  it('is refused in Swedish to who reads Swedish, whatever of its words is wrong', async () => {
    const wrongs: readonly (readonly [from: string, to: string, told: RegExp])[] = [
      ['take: familyName', 'take: familyNam', /det finns inget fält .*Menade du .familyName./],
      ['familyName: {', 'familyNam: {', /målet har inget fält/],
      ['givenName + ', 'givenNam + ', /Menade du .givenName./],
      ["'Skola elev')", "'Skola elv')", /koden .Skola elv. finns inte där/],
      ['from: person.v1', 'from: person.v9', /person har nu version/],
      ['to: scim/User', 'to: scim/Usr', /det finns inget objektslag/],
      ['externalId: { take: id }', 'externalId: { take: id, const: x }', /här finns take, const/],
      ['  displayName:', '  displayNames:', /Mappa det, eller skriv/],
      ['empty: omit', 'empty: omit, kind: {', /kan inte läsas som YAML|inte stängd/],
      ['tests:', 'test:', /okänd nyckel .*Menade du .tests./],
      ['key: {', 'each: duties\nkey: {', /<code>each<\/code> behöver <code>as<\/code>/],
      ['take: givenName }', 'take: givenName, table: own.csv }', /own.csv finns inte bredvid/],
      ['take: givenName }', 'take: "a[" }', /är ingen sökväg/],
    ];
    const headers = { 'accept-language': 'sv' };
    for (const [from, to, told] of wrongs) {
      assert.ok(text.includes(from), from);
      const fields = { file: FILE, text: text.replace(from, to), do: 'try', upload: '' };
      const answer = await kim.sendForm(EDIT, fields, headers);
      const page = (await answer.text()).replace(/<textarea.*<\/textarea>/s, '');
      const plain = page.replaceAll(/&quot;/g, '"');
      assert.equal(answer.status, 422, to);
      assert.match(plain, told, to);
      const [faults = ''] = /<div class="fault".*?<\/div>/s.exec(plain) ?? [];
      assert.doesNotMatch(faults, /lang="en"/, to);
    }
  });

  it('is no bomb: aliases, what is far too long, and what is no form at all are refused', async () => {
    const lols = ['a: &a [x, x]', ...['b', 'c', 'd'].map((name) => `${name}: &${name} [*a, *a]`)];
    const bomb = await send(lols.join('\n'));
    assert.equal(bomb.status, 422);
    assert.match(await bomb.text(), /YAML_UNSAFE/);
    const long = await send(`${text}#${'x'.repeat(120_000)}`);
    assert.match(await long.text(), /at most 100000 are read/);
    assert.equal((await send('x'.repeat(300_000))).status, 413);
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const broken = await kim.ask(EDIT, { method: 'POST', headers, body: 'no form' });
    assert.equal(broken.status, 400);
    const other = await kim.sendForm(EDIT, { file: '../../etc/passwd', text, do: 'try' });
    assert.equal(other.status, 404);
  });

  it('is shown to who has tried it alone', async () => {
    const sent = await send(reversed());
    const where = sent.headers.get('location') ?? '';
    await outcome(where);
    const robin = await somebody(town.hub, town.dashboard.url, 'robin');
    assert.equal((await robin.ask(where)).status, 404);
  });

  it('of a source tells how many records that are set aside could be read with it', async () => {
    const file = 'mappings/barn-och-elevregister/person.yaml';
    const own = (await town.hub.control.mappingText(file)) ?? '';
    const sent = await kim.sendForm(EDIT, { file, text: own, do: 'try' });
    const told = await outcome(sent.headers.get('location') ?? '');
    assert.match(told, /0 records that are set aside could be read/);
  });
});
