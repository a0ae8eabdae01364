import assert from 'node:assert/strict';
import { type Box, type Drawing, draw } from './drawing.ts';

/** A city of so many sources, and flows of which every third pair leads to one target. */
function city(sources: number, targets: number): Drawing {
  const box = (title: string): Box => ({
    ...{ title, note: 'at 02:15', path: `/flows/${title}`, isHere: false },
    state: ['good', 'Good'],
  });
  const flowsOf = (at: number) => (at % 3 === 0 ? [`flow-${at}a`, `flow-${at}b`] : [`flow-${at}`]);
  return {
    ...{ label: 'the ways', description: 'all', hub: 'Skolnav' },
    heads: ['Sources', 'Flows', 'Targets'],
    sources: Array.from({ length: sources }, (_, at) => box(`source-${at}`)),
    ways: Array.from({ length: targets }, (_, at) => ({
      flows: flowsOf(at).map(box),
      target: box(`target-${at}`),
    })),
  };
}

/** The two drawings: for a desk and for a telephone. */
function pictures(drawing: Drawing): readonly string[] {
  return String(draw(drawing)).match(/<svg.*?<\/svg>/gs) ?? [];
}

describe('the drawing of flows', () => {
  it('has a line for each source and two for each flow, however many read them all', () => {
    const [wide = '', narrow = ''] = pictures(city(12, 15));
    assert.equal(wide.match(/<path /g)?.length, 12 + 2 * 20);
    assert.ok(Number(narrow.match(/<path /g)?.length) <= 12 + 20 + 15 + 2);
  });

  it('lays no box over another or beyond its edge, with forty modules as with one', () => {
    for (const drawing of [city(1, 1), city(20, 1), city(12, 28)]) {
      for (const picture of pictures(drawing)) {
        const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(picture)?.map(Number) ?? [];
        const boxes = [
          ...picture.matchAll(
            /<rect( class="hub")? x="(.*?)" y="(.*?)" width="(.*?)" height="(.*?)"/g,
          ),
        ]
          .map(([, , ...numbers]) => numbers.map(Number))
          .map(([x = 0, y = 0, w = 0, h = 0]) => ({ x, y, right: x + w, bottom: y + h }));
        for (const [at, one] of boxes.entries()) {
          assert.ok(one.x >= 0 && one.y >= 0, 'begins inside');
          assert.ok(one.right <= (width ?? 0) && one.bottom <= (height ?? 0), 'ends inside');
          const over = boxes.slice(at + 1).filter((other) => {
            const isBeside = other.x >= one.right || other.right <= one.x;
            return !isBeside && other.y < one.bottom && other.bottom > one.y;
          });
          assert.deepEqual(over, []);
        }
      }
    }
  });

  it('says how each goes by a sign and a word, and shortens in a box what its title says whole', () => {
    const { ways, ...rest } = city(1, 1);
    const note = 'At 03:30, on day 15 of the month, and on Monday through Friday';
    const long: Box = { title: 'economy', note, path: '/', isHere: true, state: ['bad', 'Fault'] };
    const [wide = ''] = pictures({ ...rest, ways: ways.map((way) => ({ ...way, flows: [long] })) });
    const [, box = ''] = /<a href="\/" aria-current="true">(.*?)<\/a>/s.exec(wide) ?? [];
    assert.match(box, /<title>economy, Fault, At 03:30, on day 15 .* Friday<\/title>/);
    assert.match(box, /<tspan class="bad">✕<\/tspan> economy/);
    assert.match(box, /<tspan class="bad">Fault, <\/tspan>At 03:30, on day 15.*…/);
  });
});
