import assert from 'node:assert/strict';
import { World } from '../e2e/world.ts';
import { type Hosted, hosted } from './hosted.ts';
import { rowsOf, somebody, type Visitor } from './visitor.ts';

/** Where the boxes of the wide drawing lead to. */
function linksDrawnIn(page: string): readonly string[] {
  const svg = /<svg class="wide".*?<\/svg>/s.exec(page)?.[0] ?? '';
  return [...svg.matchAll(/<a href="([^"]+)"/g)].map(([, path = '']) => path);
}

describe('the pages of flows and mappings', () => {
  let house: Hosted;
  let visitor: Visitor;

  before(async () => {
    house = await hosted(await World.open());
    visitor = await somebody(house.hub, house.dashboard.url, 'robin');
  });
  after(() => house.close());

  it('draw each module and flow once as a link that leads somewhere', async () => {
    const page = await visitor.read('/flows');
    const links = linksDrawnIn(page);
    const flows = ['collaboration', 'identity', 'lms'];
    const modules = ['register', ...flows].map((name) => `/modules/${name}`);
    assert.deepEqual(
      [...links].sort(),
      [...flows.map((name) => `/flows/${name}`), ...modules].sort(),
    );
    for (const path of links.filter((one) => one.startsWith('/flows/'))) {
      assert.equal((await visitor.ask(path)).status, 200, path);
    }
    assert.match(page, /No file has a fault/);
  });

  it('draw of one module only its own ways, and which box it is', async () => {
    const page = await visitor.read('/modules/lms');
    assert.deepEqual(linksDrawnIn(page), ['/modules/register', '/flows/lms', '/modules/lms']);
    assert.match(page, /<a href="\/modules\/lms" aria-current="true">/);
    assert.match(await visitor.read('/flows/lms'), /<a href="\/flows\/lms" aria-current="true">/);
  });

  it('show of a flow why and under which condition persons go, and where that stands', async () => {
    const page = await visitor.read('/flows/lms');
    assert.match(page, /Pupils, their guardians and teachers/);
    assert.match(page, /personStatus != &#39;Avliden&#39;/);
    assert.match(page, /flows\/lms\.yaml:\d+/);
    assert.match(page, /href="\/mapping\?file=[^"]+itslearning[^"]+"/);
  });

  it('show of a mapping each field, what it is made from and how its tests went', async () => {
    const { mappings } = house.hub.control.wiring();
    const one = mappings.find(({ file }) => file.endsWith('scim/user.yaml'));
    const page = await visitor.read(`/mapping?file=${encodeURIComponent(one?.file ?? '')}`);
    assert.match(rowsOf(page), /^userName \| eduPersonPrincipalNames \|/m);
    assert.match(page, /Passed/);
    assert.doesNotMatch(page, /Differs/);
  });

  it('know no flow and no mapping but those of the workspace', async () => {
    assert.equal((await visitor.ask('/flows/unheard')).status, 404);
    assert.equal((await visitor.ask('/mapping?file=../../etc/passwd')).status, 404);
  });
});
