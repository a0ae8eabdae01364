import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlantedFault } from '../../scripts/generate/fault.ts';
import { World } from '../e2e/world.ts';
import { type Hosted, hosted } from './hosted.ts';
import { rowsOf, somebody, type Visitor } from './visitor.ts';

/** Words of English sentences that no Swedish one has. */
const ENGLISH =
  /\b(?:the|this|that|with|has|have|must|which|what|not|was|were|is|are|of|to|and)\b.{0,40}/i;
/** On a telephone on its way to school. */
const MOST_BYTES = 150_000;
/** What is no page: files, and the audit trail as one. */
const OTHERWISE = /^\/(?:assets|audit\/export|metrics)/;

const MARKED = /<span lang="en">.*?<\/span>/gs;

/** What is read on a page, without what is quoted as it is. */
function wordsOf(page: string): string {
  const [, main = ''] = /<main[^>]*>(.*)<\/main>/s.exec(page) ?? [];
  const own = main.replaceAll(/<(code|textarea|title|style)\b.*?<\/\1>/gs, '');
  return own.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
}

/** What the tables lack whose codes may be something else, as it stands in the record. */
const UNQUOTED: Readonly<Record<string, string>> = {
  personStatus: 'Moved',
  'phoneNumbers.type': 'Fax',
  'skolnav.governedBy': 'Foundation',
  dutyRole: 'Trollkarl',
  type: 'Annat',
};

/** Code, place and field of a fault, as its page has them. */
function said({ code, file, line, field }: PlantedFault): string {
  return `${code}, ${file}:${line} ${field}`.trim();
}

/** Pages of one shape say the same of other things. */
function shapeOf(path: string): string {
  const [at = '', query = ''] = path.split('?');
  const names = [...new URLSearchParams(query)].map(([name, value]) => {
    return name === 'by' ? `${name}=${value}` : name;
  });
  return `${at.replace(/^(\/[a-z]+\/)[^/]+/, '$1')} ${names.join()}`;
}

describe('a record of each kind of fault, with the pages alone', function () {
  this.timeout(120_000);
  let town: Hosted;
  let visitor: Visitor;
  let planted: readonly PlantedFault[];
  /** The files as the sender has them: what was read is put away. */
  const sent = new Map<string, string>();
  /** Each message's address and page, as one is led to them from the overview. */
  let pages: ReadonlyMap<string, string>;

  before(async () => {
    const world = await World.open();
    planted = (await world.night(1, 120, true)).faults;
    const folder = join(world.folder, 'data', 'register');
    for (const { file } of planted) sent.set(file, await readFile(join(folder, file), 'latin1'));
    town = await hosted(world);
    visitor = await somebody(town.hub, town.dashboard.url, 'kim');
    await run();
    pages = await found();
  });
  after(() => town.close());

  /** Lets a flow run from the schedule, and waits for its end there. */
  async function run(): Promise<void> {
    await visitor.send('/schedule/run', [['flow', 'identity']]);
    for (let look = 0; look < 600; look++) {
      if (!(await visitor.read('/schedule')).includes('runs now')) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.fail('it did not end');
  }

  /** What came into being by a row is in no file any more: a guard asks, and somebody says yes. */
  async function approve(why: string): Promise<void> {
    for (const path of linksOn(await visitor.read('/holds'), '/holds/')) {
      const page = await visitor.read(path);
      if (!page.includes(why)) continue;
      const [, digest = ''] = /name="digest" value="([^"]+)"/.exec(page) ?? [];
      const fields = { digest, reason: 'the sender says so', do: 'approve' };
      await visitor.send(`${path}/decide`, Object.entries(fields));
      return;
    }
    assert.fail(`nothing is held: ${why}`);
  }

  function linksOn(page: string, start: string): readonly string[] {
    const links = [...page.matchAll(/href="([^"]+)"/g)].map(([, link = '']) => link);
    const own = links.map((link) => link.replaceAll('&amp;', '&'));
    return [...new Set(own.filter((link) => link.startsWith(start)))];
  }

  async function found(): Promise<ReadonlyMap<string, string>> {
    const messages = new Map<string, string>();
    const overview = await visitor.read('/');
    const groups = new Set(linksOn(overview, '/failed/group'));
    for (const list of linksOn(overview, '/failed?')) {
      for (const group of linksOn(await visitor.read(list), '/failed/group')) groups.add(group);
    }
    for (const group of groups) {
      for (const path of linksOn(await visitor.read(group), '/message/')) {
        messages.set(path, await visitor.read(path));
      }
    }
    return messages;
  }

  it('is found from the overview, and told with its place, what is the matter and what to do', () => {
    for (const fault of planted) {
      const told = [...pages.values()].filter((page) => page.includes(`${said(fault)}</p>`));
      assert.ok(told.length > 0, said(fault));
      for (const page of told) assert.match(page, /class="what">[^<]{10,}.*What to do:/s);
    }
    assert.ok(planted.length >= 40);
  });

  it('is told on a Swedish page without a sentence in English, and so is everything else', async () => {
    const swedish = async (path: string) => {
      const answer = await visitor.ask(path, { headers: { 'accept-language': 'sv' } });
      return answer.text();
    };
    const { flows } = town.hub.control.wiring();
    const purposes = flows.map(({ purpose }) => purpose ?? '');
    const looked = new Map<string, string>();
    const english: string[] = [];
    const next = ['/', '/digest', '/shortcuts', '/modules/identity/drift', ...pages.keys()];
    for (let path = next.pop(); path !== undefined; path = next.pop()) {
      const shape = pages.has(path) ? path : shapeOf(path);
      if (looked.has(shape)) continue;
      const page = await swedish(path);
      looked.set(shape, path);
      assert.ok(Buffer.byteLength(page) < MOST_BYTES, `${path} weighs too much`);
      // The names of a mapping's tests are their writer's.
      const own = path.startsWith('/mapping') ? page.replaceAll(MARKED, '') : page;
      const text = purposes.reduce((all, one) => all.replaceAll(one, ''), wordsOf(own));
      const [found] = ENGLISH.exec(text) ?? [];
      if (found !== undefined) english.push(`${path}: ${found}`);
      next.push(...linksOn(page, '/').filter((link) => !OTHERWISE.test(link)));
    }
    assert.deepEqual(english, []);
    assert.ok(looked.size > pages.size + 25, [...looked.values()].join(' '));
    assert.match(await swedish('/failed'), />gruppmedlemskap</);
    const groups = linksOn(await visitor.read('/failed'), '/failed/group');
    const codes = groups.find((path) => path.includes('CODE_UNMAPPED')) ?? '';
    assert.match(await swedish(codes), /koden.* har ingen rad i tables\//);
  });

  /** A code that may be something else is not quoted: whoever mends it looks into the file. */
  function inFile(page: string): string | undefined {
    const fault = planted.find((one) => page.includes(`${said(one)}</p>`));
    const code = UNQUOTED[fault?.field ?? ''];
    if (fault === undefined || code === undefined) return undefined;
    assert.doesNotMatch(page, new RegExp(`\\b${code}\\b`), 'what may be a name is not told');
    const lines = sent.get(fault.file)?.split('\n') ?? [];
    assert.match(lines[fault.line - 1] ?? '', new RegExp(`\\b${code}\\b`), 'where the page says');
    return code;
  }

  it('says on its page who can mend it where the page cannot', () => {
    const others = [...pages.values()].filter((page) => !page.includes('would mend'));
    assert.ok(others.length >= 25, `${others.length}`);
    for (const page of others) {
      const [, remedy = ''] = /What to do:<\/strong>(.*?)<\/p>/s.exec(page) ?? [];
      assert.match(remedy, /sender|source|register/i, wordsOf(page));
    }
  });

  it('is mended on its page where a row of a table would do it, and gone after the next run', async () => {
    const mended = new Map<string, string>();
    for (const [path, page] of pages) {
      const table = /A row in (\S+) would mend/.exec(page)?.[1];
      const quoted = /name="from"[^>]* value="([^"]+)"/.exec(page)?.[1];
      const from = quoted ?? inFile(page);
      const to = /<option value="([^"]+)">/.exec(page)?.[1];
      const isOther = ![...mended.values()].includes(`${table} ${from}`);
      if (table === undefined || from === undefined || to === undefined || !isOther) continue;
      const send = (what: string) =>
        visitor.send(`${path}/row`, [
          ['from', from],
          ['to', to],
          ['do', what],
        ]);
      const trial = await send('try');
      assert.match(
        await trial.text(),
        /[1-9] records? that (is|are) set aside could be read/,
        table,
      );
      await send('write');
      assert.match(await visitor.read(`${path}?done=row`), /The row is written/);
      mended.set(path, `${table} ${from}`);
    }
    assert.equal(mended.size, 3 + Object.keys(UNQUOTED).length, [...mended.values()].join());
    await run();
    for (const [path, what] of mended) {
      assert.match(await visitor.read(path), /Superseded .* nothing was wrong any more/, what);
    }
  });

  it('is gone when its sender has mended it: its page says so, and the overview that all is well', async () => {
    await town.world.night(2, 120);
    await visitor.signIn('kim');
    await run();
    await approve('register delivered too little: organisation: 20');
    await run();
    for (const path of pages.keys()) assert.doesNotMatch(await visitor.read(path), /What to do:/);
    assert.match(await visitor.read('/failed'), /Nothing has failed/);
    assert.doesNotMatch(await visitor.read('/'), /See what failed/);
    const runs = await visitor.read('/runs?of=register&type=intake');
    assert.match(rowsOf(runs), /set aside −\d/, 'each run against the one before');
    assert.doesNotMatch(rowsOf(runs), /flow/);
  });
});
