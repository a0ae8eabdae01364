import assert from 'node:assert/strict';
import { ROUTES } from '../../dashboard/routes.ts';
import { type Hosted, withTakenNames } from './hosted.ts';
import { somebody, type Visitor } from './visitor.ts';

const HOSTILE = [
  ...['', '0', '-1', '99999999999999999999', 'null', '[]', '["User"]', '{"a":1}', '%00', '\u0000'],
  ...['__proto__', 'constructor', '../../etc/passwd', "' OR 1=1 --", 'å'.repeat(5000), '\ud800'],
  ...[
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    '//evil.example',
    '\r\nX-A: b',
  ],
];

const NAMES = [
  ...['target', 'type', 'state', 'code', 'kind', 'after', 'done', 'until', 'id', 'do', 'reason'],
  ...['sure', 'unit', 'digest', 'word', 'flow', 'object', 'field', 'person', 'language', 'back'],
  ...['name', 'password', 'file', 'right', 'action', 'before', 'noted', 'text', 'upload'],
  ...['since', 'owner', 'note', 'from', 'to', 'by', 'consequence', 'at', 'value:userName'],
];

describe('what nobody should send', () => {
  let town: Hosted;
  let visitor: Visitor;

  before(async () => {
    town = await withTakenNames(6, 3);
    visitor = await somebody(town.hub, town.dashboard.url, 'kim');
  });
  after(() => town.close());

  async function check(answer: Response, told: string) {
    assert.ok(answer.status < 500, `${told}: ${answer.status}`);
    const to = answer.headers.get('location') ?? '/';
    assert.ok(to.startsWith('/') && !to.startsWith('//'), `${told}: ${to}`);
    assert.equal(answer.headers.get('x-a'), null);
    const text = await answer.text();
    assert.doesNotMatch(text, /<script>alert|<img src=x/, told);
    assert.doesNotMatch(text, /node_modules|\.ts:\d+:\d+|SQLITE/, told);
  }

  for (const route of ROUTES.filter(({ path }) => path !== '/live' && path !== '/sign-out')) {
    it(`breaks nothing at ${route.method} ${route.path}, and gets nothing back`, async function () {
      this.timeout(60_000);
      for (const word of HOSTILE) {
        const part = encodeURIComponent(word.toWellFormed());
        const path = route.path.replace(/:\w+/, part === '' ? 'x' : part);
        const told = `${route.method} ${path.slice(0, 80)}`;
        if (route.method === 'get') {
          const query = NAMES.map((name) => `${name}=${part.slice(0, 200)}`).join('&');
          await check(await visitor.ask(`${path.slice(0, 3000)}?${query}`), told);
        } else {
          const fields = NAMES.map((name) => [name, word.slice(0, 2000)] as const);
          await check(await visitor.send(path.slice(0, 3000), [...fields, ...fields]), told);
        }
      }
    });
  }

  it('is refused where it is too much, or cannot be read', async () => {
    const big = await visitor.post('/person', [['word', 'x'.repeat(200_000)]]);
    assert.equal(big.status, 413);
    assert.equal((await visitor.ask('/person/%E0%A4%A')).status, 400);
    const changed = await town.hub.control.failures({ code: 'KEY_TAKEN', limit: 10 });
    assert.equal(changed.length, 3, 'nothing was changed by any of it');
  });
});
