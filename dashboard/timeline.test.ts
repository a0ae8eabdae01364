import assert from 'node:assert/strict';
import { timeline } from './timeline.ts';

const HOUR = 3_600_000;
const clock = (at: number) => `${at / HOUR}:00`;
const numbersOf = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, value]) => Number(value));

describe('a timeline', () => {
  it('draws each bar as long as it took, in the place of its hour', () => {
    const bar = (from: number, until: number) =>
      ({ from, until, kind: 'good', title: 'x' }) as const;
    const rows = [{ label: 'register', bars: [bar(2 * HOUR, 3 * HOUR), bar(4 * HOUR, 4 * HOUR)] }];
    const svg = timeline(rows, 'the night', clock).toString();
    const [first = 0, second = 0] = numbersOf(svg, /<rect class="good" x="([\d.]+)"/g);
    const [long = 0, short = 0] = numbersOf(svg, /\nwidth="([\d.]+)" height="12"/g);
    assert.ok(Math.abs(second - first - 2 * long) < 0.2, 'an hour is as wide everywhere');
    assert.equal(short, 3, 'what took no time is seen all the same');
    assert.match(svg, />2:00<.*>2.5:00<.*>3:00<.*>4:00</s);
  });

  it('shows the minutes of a night that takes no longer', () => {
    const bar = {
      from: 2 * HOUR + 20_000,
      until: 2 * HOUR + 80_000,
      kind: 'good',
      title: 'x',
    } as const;
    const svg = timeline([{ label: 'register', bars: [bar] }], 'x', clock).toString();
    assert.deepEqual(
      numbersOf(svg, />([\d.]+):00</g).map((at) => Math.round((at - 2) * 60)),
      [0, 1, 2],
    );
    assert.ok((numbersOf(svg, /\nwidth="([\d.]+)" height="12"/g)[0] ?? 0) > 200);
  });

  it('writes no more hours than can be read, and no text of others as it is', () => {
    const bar = { from: 0, until: 24 * HOUR, kind: 'bad', title: '<b>' } as const;
    const svg = timeline([{ label: '<i>', bars: [bar] }], 'x', clock).toString();
    assert.ok(numbersOf(svg, />(\d+):00</g).length <= 9);
    assert.doesNotMatch(svg, /<[bi]>/);
  });
});
