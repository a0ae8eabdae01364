import { type Html, html } from './html.ts';

const WIDTH = 84;
const HEIGHT = 20;

/** Counts of days as a small line, from nothing at its foot to the most at its top. */
export function sparkline(counts: readonly number[], label: string): Html {
  const most = Math.max(1, ...counts);
  const step = WIDTH / Math.max(1, counts.length - 1);
  const points = counts
    .map((count, at) => `${round(at * step + 1)},${round(HEIGHT + 1 - (count / most) * HEIGHT)}`)
    .join(' ');
  return html`<svg class="spark" role="img" aria-label="${label}" width="${WIDTH + 2}"
height="${HEIGHT + 2}" viewBox="0 0 ${WIDTH + 2} ${HEIGHT + 2}"><polyline points="${points}"/></svg>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
