import assert from 'node:assert/strict';
import {
  type Answer,
  AnsweringService,
  failureOf,
  say,
} from '../../../test/contract/answering-service.ts';
import { HeldFailure } from '../../failure/failure.ts';
import type { Paging } from './json-pages.ts';
import type { JsonService } from './json-service.ts';

describe('the answers of a JSON service', () => {
  let server: AnsweringService;

  beforeEach(() => {
    server = new AnsweringService(5000);
  });
  afterEach(() => server.stop());

  const serve = (answer: Answer) => server.serve(answer);

  it('takes no success for one that refuses inside, or that is of a part only', async () => {
    for (const [status, body, code] of [
      [200, { error: { code: 'x', message: 'no such class' } }, 'TARGET_REFUSED'],
      [201, { success: false }, 'TARGET_REFUSED'],
      [200, { status: 503, title: 'Busy' }, 'TARGET_BUSY'],
      [207, { id: 1 }, 'TARGET_ANSWER_UNREADABLE'],
    ] as const) {
      const { failure: refusal, id } = await (await serve(say(status, body))).put('/x/1', {});
      assert.deepEqual([refusal?.code, id], [code, null]);
      await server.stop();
    }
    const held = { error: { status: 401, message: 'who are you?' } };
    assert.ok(
      (await failureOf((await serve(say(200, held))).put('/x/1', {}))) instanceof HeldFailure,
    );
  });

  it('reads over a byte order mark, and what is no UTF-8 as its headers say', async () => {
    const raw =
      (bytes: string | Uint8Array, type: string): Answer =>
      (_request, response) =>
        response.setHeader('content-type', type).end(bytes);
    for (const [bytes, type] of [
      ['\ufeff[{"name":"Åsa"}]', 'application/json'],
      [Buffer.from('[{"name":"Åsa"}]', 'latin1'), 'application/json; charset=ISO-8859-1'],
      ['[{"name":"Åsa"}]', 'application/json; charset=ISO-8859-1'],
    ] as const) {
      const service = await serve(raw(bytes, type));
      const pages = () => all(service, '/x', { style: 'link' });
      for (const one of await Promise.all([service.get('/x'), pages()]))
        assert.deepEqual(one, [{ name: 'Åsa' }]);
      await server.stop();
    }
  });

  it('believes no total that is of a page: what stands behind the last one is asked for', async () => {
    const people = Array.from({ length: 7 }, (_, at) => ({ id: `p${at}` }));
    const paging = { style: 'index', items: 'items', total: 'total' } as const;
    /** Pages of three; `behind`: what stands behind the last of so many. */
    const paged =
      (count: number, totalOf: (shown: number) => number, behind: Answer | null = null): Answer =>
      (request, response, body) => {
        const at = Number(new URL(request.url ?? '', 'http://service').searchParams.get('offset'));
        const items = people.slice(at, Math.min(count, at + 3));
        if (at >= count && behind !== null) return behind(request, response, body);
        return say(200, { items, total: totalOf(items.length) })(request, response, body);
      };
    const ofPage = await serve(paged(7, (shown) => shown));
    assert.equal((await failureOf(all(ofPage, '/x', paging))).code, 'TARGET_ANSWER_UNREADABLE');
    await server.stop();
    // Nothing, a refusal, or a page that came before.
    for (const behind of [
      null,
      say(400, { message: 'no such offset' }),
      say(404, null),
      say(200, { items: people.slice(3, 6), total: 6 }),
    ]) {
      const service = await serve(paged(6, () => 6, behind));
      assert.deepEqual(await all(service, '/x', paging), people.slice(0, 6));
      await server.stop();
    }
    const short = await serve(paged(7, () => 7));
    const before = server.requests.length;
    assert.deepEqual(await all(short, '/x', paging), people);
    assert.equal(server.requests.length - before, 3, 'a short page is the last');
  });

  it('tells one thing that is not ours to change as a value: it may be one alone', async () => {
    const service = await serve(say(403, { message: 'an administrator' }));
    const { failure: refusal, detail } = await service.put('/x/1', {});
    assert.deepEqual([refusal?.recovery, detail], ['hold', 'an administrator']);
    assert.ok((await failureOf(service.get('/x/1'))) instanceof HeldFailure);
  });
});

async function all(service: JsonService, path: string, paging: Paging = { style: 'page' }) {
  return (await Array.fromAsync(service.pages(path, paging))).flat();
}
