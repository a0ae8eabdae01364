import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Answer,
  AnsweringService,
  failureOf,
  say,
} from '../../../test/contract/answering-service.ts';
import { HeldFailure, TransientFailure } from '../../failure/failure.ts';
import type { JsonObject } from '../../message/message.ts';
import type { Paging } from './json-pages.ts';
import type { JsonService } from './json-service.ts';

describe('a JSON service', () => {
  let server: AnsweringService;

  beforeEach(() => {
    server = new AnsweringService(300);
  });
  afterEach(() => server.stop());

  const serve = (answer: Answer) => server.serve(answer);

  it('sends and reads JSON, and tells the id from the body', async () => {
    const service = await serve(say(201, { id: 7, name: 'x' }));
    const made = await service.post('/persons', { name: 'x' });
    assert.deepEqual([made.status, made.id, made.failure], [201, '7', null]);
    await service.put('/persons/7', { name: 'y' });
    await service.patch('/persons/7', { name: 'z' });
    await service.delete('/persons/7');
    assert.deepEqual(await service.get('/persons/7'), { id: 7, name: 'x' });
    const json = 'application/json';
    assert.deepEqual(server.requests, [
      { line: 'POST /api/persons', text: '{"name":"x"}', type: json },
      { line: 'PUT /api/persons/7', text: '{"name":"y"}', type: json },
      { line: 'PATCH /api/persons/7', text: '{"name":"z"}', type: json },
      { line: 'DELETE /api/persons/7', text: '', type: '' },
      { line: 'GET /api/persons/7', text: '', type: '' },
    ]);
  });

  it('tells the id from the Location, one step below what was asked for', async () => {
    for (const [location, id] of [
      ['/api/persons/a%2Fb', 'a/b'],
      ['http://elsewhere.example/api/persons/9', '9'],
      ['/api/groups/9', null],
      ['/api/persons/..', null],
    ] as const) {
      const service = await serve(say(201, null, { location }));
      assert.equal((await service.post('/persons', {})).id, id, location);
      await server.stop();
    }
  });

  describe('that leads elsewhere', () => {
    const moved = (status: number, from: string, to: string) =>
      serve((request, response, text) => {
        const isThere = request.url !== from;
        say(isThere ? 201 : status, isThere ? { id: 7 } : null, isThere ? {} : { location: to })(
          request,
          response,
          text,
        );
      });

    it('on its own site is followed, of what is written where it says that it is to be told there', async () => {
      for (const status of [307, 308]) {
        const service = await moved(status, '/api/persons', '/api/persons/');
        assert.equal((await service.post('/persons', { name: 'x' })).id, '7');
        const { line, text } = server.requests.at(-1) ?? {};
        assert.deepEqual([line, text], ['POST /api/persons/', '{"name":"x"}']);
        await server.stop();
      }
      for (const status of [301, 302, 307, 308]) {
        const service = await moved(status, '/api/persons', '/api/persons/');
        assert.deepEqual(await service.get('/persons'), { id: 7 }, String(status));
        await server.stop();
      }
    });

    it('otherwise is a fault of its address, which a person mends; of one object it is a refusal', async () => {
      for (const [status, recovery, method, to] of [
        [301, 'hold', 'POST', '/api/persons/'],
        [302, 'hold', 'POST', '/api/persons/'],
        [301, 'dead-letter', 'PUT', '/api/persons/'],
        [301, 'hold', 'PUT', 'https://elsewhere.example/api/persons'],
        [308, 'hold', 'GET', 'https://elsewhere.example/api/persons'],
        // A page to sign in may stand before everything for an hour.
        [302, 'retry', 'GET', 'https://login.example/'],
        [307, 'retry', 'POST', 'https://login.example/'],
        [301, 'retry', 'POST', ''],
      ] as const) {
        const service = await moved(status, '/api/persons', to);
        const told = {
          GET: () => service.get('/persons'),
          POST: () => service.post('/persons', {}),
          PUT: () => service.put('/persons', {}),
        }[method]();
        const failure = await failureOf(
          told.then((answer) => {
            if (Object(answer).failure != null) throw Object(answer).failure;
          }),
        );
        const code = recovery === 'retry' ? 'TARGET_ANSWER_UNREADABLE' : 'CONFIG_INVALID';
        assert.deepEqual([failure.recovery, failure.code], [recovery, code], `${method} ${status}`);
        if (to.startsWith('https://else')) assert.match(failure.message, /elsewhere\.example/);
        await server.stop();
      }
    });
  });

  it('has null for nothing: 404 to a read, 204 to a write', async () => {
    assert.equal(await (await serve(say(404, {}))).get('/persons/1'), null);
    await server.stop();
    const { body, failure: none } = await (await serve(say(204, null))).delete('/persons/1');
    assert.deepEqual([body, none], [null, null]);
  });

  for (const [what, answer] of [
    ['a web page', (_, response) => response.setHeader('content-type', 'text/html').end('<html>')],
    ['a web page that calls itself JSON', (_, response) => response.end('<!doctype html><html>')],
    ['half of the JSON', (_, response) => response.end('{"id":')],
    ['another type', (_, response) => response.setHeader('content-type', 'text/csv').end('1')],
  ] as readonly (readonly [string, Answer])[]) {
    it(`takes no success for one that is ${what}`, async () => {
      const service = await serve(answer);
      const asked = [
        () => service.get('/x'),
        () => service.post('/x', {}),
        () => all(service, '/x'),
      ];
      for (const ask of asked) {
        const { code, recovery } = await failureOf(ask());
        assert.deepEqual([code, recovery], ['TARGET_ANSWER_UNREADABLE', 'retry']);
      }
    });
  }

  it('tells a refusal as a value, its path without what may be a number, the words apart', async () => {
    const service = await serve(say(422, { title: 'Invalid', detail: 'Kim Ek, 070-123 45 67' }));
    const { status, failure: refusal, detail } = await service.put('/persons/20130412', {});
    assert.equal(status, 422);
    assert.equal(refusal?.message, 'PUT /persons: the target answers 422.');
    assert.equal(detail, 'Invalid: Kim Ek, 070-123 45 67');
    assert.equal(
      (await failureOf(service.get('/persons/20130412'))).message.includes('Kim'),
      false,
    );
  });

  it('throws a refused login, and waits as long as it is asked to', async () => {
    const service = await serve(say(401, {}));
    assert.ok((await failureOf(service.post('/x', {}))) instanceof HeldFailure);
    await server.stop();
    for (const [seconds, ms] of [
      ['7', 7000],
      ['2.128', 2128],
    ] as const) {
      const busy = await serve(say(429, {}, { 'retry-after': seconds }));
      const answer = await busy.post('/x', {});
      assert.ok(answer.failure instanceof TransientFailure);
      assert.equal(answer.failure.retryAfterMs, ms);
      await server.stop();
    }
  });

  describe('whose lists come in pages', () => {
    const PEOPLE = Array.from({ length: 7 }, (_, at): JsonObject => ({ id: `p${at}` }));
    const from = (request: IncomingMessage, name: string) => {
      const query = new URL(request.url ?? '', 'http://service').searchParams;
      return Number(query.get(name) ?? 0);
    };

    it('by index, to the total or to an empty page', async () => {
      const lists: Answer = (request, response) => {
        const at = from(request, 'offset');
        say(200, { items: PEOPLE.slice(at, at + 3), total: 7 })(request, response, '');
      };
      const service = await serve(lists);
      const paging = { style: 'index', items: 'items' } as const;
      assert.deepEqual(await all(service, '/p', { ...paging, total: 'total' }), PEOPLE);
      assert.equal(server.requests.length, 3);
      assert.deepEqual(await all(service, '/p?x=1', paging), PEOPLE);
      assert.equal(server.requests.at(-1)?.line, 'GET /api/p?x=1&offset=7');
    });

    it('by the number of the page', async () => {
      const service = await serve((request, response) => {
        const at = (from(request, 'page') - 1) * 3;
        say(200, PEOPLE.slice(at, at + 3))(request, response, '');
      });
      assert.deepEqual(await all(service, '/p', { style: 'page' }), PEOPLE);
    });

    it('by names that hold dots themselves, as OData has them', async () => {
      const service = await serve((request, response) => {
        const at = from(request, 'at');
        const next = at + 3 < 7 ? { '@odata.nextLink': `${server.origin}/api/p?at=${at + 3}` } : {};
        const body = { '@odata.count': 7, value: PEOPLE.slice(at, at + 3), ...next };
        say(200, body)(request, response, '');
      });
      const names = { items: 'value', next: '@odata.nextLink', total: '@odata.count' };
      assert.deepEqual(await all(service, '/p', { style: 'link', ...names }), PEOPLE);
      assert.equal(server.requests.length, 3);
    });

    it('by a mark', async () => {
      const service = await serve((request, response) => {
        const at = from(request, 'cursor');
        const meta = { next: at + 3 < 7 ? at + 3 : null };
        say(200, { meta, data: PEOPLE.slice(at, at + 3) })(request, response, '');
      });
      const paging = { style: 'cursor', items: 'data', next: 'meta.next' } as const;
      assert.deepEqual(await all(service, '/p', paging), PEOPLE);
    });

    it('by a mark that may go with some of the first page alone', async () => {
      const service = await serve((request, response) => {
        const { searchParams } = new URL(request.url ?? '', 'http://service');
        const isMixed =
          searchParams.has('mark') && [...searchParams.keys()].join() !== 'limit,mark';
        const at = from(request, 'mark');
        const page = { data: PEOPLE.slice(at, at + 3), next: at + 3 < 7 ? at + 3 : null };
        say(isMixed ? 400 : 200, page)(request, response, '');
      });
      const paging = { style: 'cursor', items: 'data', next: 'next', parameter: 'mark' } as const;
      const path = '/p?limit=3&after=2026-09-01';
      assert.deepEqual(await all(service, path, { ...paging, keep: ['limit'] }), PEOPLE);
      await assert.rejects(all(service, path, paging));
    });

    it('by a link, in the header or in a field, and to no other origin', async () => {
      const linking = (origin: string) => (request: IncomingMessage, response: ServerResponse) => {
        const at = from(request, 'at');
        const next = `${origin}/api/p?at=${at + 3}`;
        const link = `<${origin}/api/p>; rel="first", <${next}>; rel="next"`;
        const headers = at + 3 < 7 ? { link, 'x-total-count': '7' } : { 'x-total-count': '7' };
        say(200, PEOPLE.slice(at, at + 3), headers)(request, response, '');
      };
      const service = await serve((request, response) => linking(server.origin)(request, response));
      assert.deepEqual(await all(service, '/p', { style: 'link' }), PEOPLE);
      await server.stop();
      const astray = await serve(linking('http://elsewhere.example'));
      const { code } = await failureOf(all(astray, '/p', { style: 'link' }));
      assert.equal(code, 'TARGET_ANSWER_UNREADABLE');
    });

    it('of several lists by name; nothing where there is no such path, and never a part of them', async () => {
      const first = { data: { p: ['p1'], g: [] }, next: 'b' };
      const pages = (answers: Readonly<Record<string, unknown>>) =>
        serve((request, response) => {
          const body = answers[request.url?.split('?')[1] ?? ''] ?? null;
          say(body === null ? 404 : 200, body)(request, response, '');
        });
      const read = async (answers: Readonly<Record<string, unknown>>) => {
        const service = await pages(answers);
        const paging = { style: 'cursor', items: 'data', next: 'next', keep: [] } as const;
        return Array.fromAsync(service.lists('/p?after=1', paging)).finally(() => server.stop());
      };
      const last = { data: { p: ['p2'] } };
      assert.deepEqual(await read({ 'after=1': first, 'cursor=b': last }), [first.data, last.data]);
      assert.deepEqual(await read({}), []);
      for (const second of [null, first, { next: '' }]) {
        const { code } = await failureOf(read({ 'after=1': first, 'cursor=b': second }));
        assert.equal(code, 'TARGET_ANSWER_UNREADABLE');
      }
    });

    it('never as a part of them: half a page, a page twice, a circle, no list', async () => {
      const half = (request: IncomingMessage, response: ServerResponse) => {
        const at = from(request, 'offset');
        const page = at === 3 ? PEOPLE.slice(3, 4) : PEOPLE.slice(at, at + 3);
        const isEnd = at >= 4;
        say(200, { items: isEnd ? [] : page, total: 7 })(request, response, '');
      };
      const paging = { style: 'index', items: 'items', total: 'total' } as const;
      const faults: readonly (readonly [Answer, Paging, RegExp])[] = [
        [half, paging, /it holds 4 of 7/],
        [say(200, { items: PEOPLE, total: 6 }), paging, /it holds 7 of 6/],
        [say(200, { items: PEOPLE, next: 'x' }), CIRCLE, /round in a circle/],
        [say(200, { entries: PEOPLE }), paging, /holds no list/],
        [say(200, ['p1']), { style: 'page' }, /holds no objects/],
        [say(500, {}), paging, /answers 500/],
      ];
      for (const [answer, way, text] of faults) {
        const service = await serve(answer);
        const { message, recovery } = await failureOf(all(service, '/p', way));
        assert.match(message, text);
        assert.equal(recovery, 'retry');
        await server.stop();
      }
    });
  });
});

const CIRCLE = { style: 'cursor', items: 'items', next: 'next' } as const;

async function all(service: JsonService, path: string, paging: Paging = { style: 'page' }) {
  return (await Array.fromAsync(service.pages(path, paging))).flat();
}
