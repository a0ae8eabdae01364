import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Json } from '../message/message.ts';
import { readJsonList } from './json-list.ts';

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string, size = 3, name: string | null = 'list') {
  const items: Json[] = [];
  const reading = readJsonList(inPieces(text, size), name);
  for (;;) {
    const { done, value } = await reading.next();
    if (done === true) return { items, rest: value };
    // SAFETY: what is yielded before the end is a batch of items.
    items.push(...(value as readonly Json[]));
  }
}

describe('a JSON object with a list, read as it comes', () => {
  it('gives the items and what stands beside them, wherever the bytes are cut', async () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    const beside = fc.dictionary(fc.string(), json);
    await fc.assert(
      fc.asyncProperty(
        fc.array(json),
        beside,
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        async (list, rest, size, isPretty) => {
          const { list: _other, ...others } = Object.fromEntries(Object.entries(rest));
          const object = { ...others, list, after: 'å "list":[ }' };
          const text = JSON.stringify(object, null, isPretty ? 2 : 0);
          const found = await read(text, size);
          assert.deepEqual(found.items, JSON.parse(text).list);
          assert.deepEqual(found.rest, JSON.parse(JSON.stringify({ ...object, list: [] })));
        },
      ),
    );
  });

  it('gives the items of a text that is the list itself', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue({ maxDepth: 3 })), async (list) => {
        const text = JSON.stringify(list);
        assert.deepEqual(await read(text, 3, null), { items: JSON.parse(text), rest: [] });
      }),
    );
    assert.deepEqual(await read('{"list":[1]}', 3, null), { items: [], rest: { list: [1] } });
  });

  it('knows a list of that name deeper inside, or a text, as what it is', async () => {
    const text = '{"a":{"list":[1]},"b":"\\"list\\":[2]","c":["list",[3]],"list":null}';
    assert.deepEqual(await read(text), { items: [], rest: JSON.parse(text) });
  });

  for (const text of ['{"list":[1,]}', '{"list":[1 2]}', '{"list":[1', '{"list":[1]', '[1', '']) {
    it(`refuses ${JSON.stringify(text)}`, async () => {
      await assert.rejects(read(text), SyntaxError);
    });
  }
});
