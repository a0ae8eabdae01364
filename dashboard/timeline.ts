import { type Html, html } from './html.ts';

/** One thing that ran, from an instant to another; epoch milliseconds. */
export interface Bar {
  readonly from: number;
  readonly until: number;
  readonly kind: 'good' | 'wait' | 'bad';
  /** What it was and how it went: a browser shows it where one points. */
  readonly title: string;
}

export interface Row {
  readonly label: string;
  readonly bars: readonly Bar[];
}

const LABELS = 150;
const WIDTH = 560;
const ROW = 26;
const BAR = 12;
const LEAST_BAR = 3;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** More lines than that are not told apart. */
const MOST_TICKS = 8;
/** How far apart lines may be where a night is short. */
const SHORT_STEPS = [1, 5, 10, 30].map((minutes) => minutes * MINUTE_MS);

/** Rows of bars along the hours, or the minutes of a short night; `clock` writes them as the city does. */
export function timeline(
  rows: readonly Row[],
  label: string,
  clock: (epochMs: number) => string,
): Html {
  const bars = rows.flatMap((row) => row.bars);
  const [first, last] = [
    Math.min(...bars.map(({ from }) => from)),
    Math.max(...bars.map(({ until }) => until)) + 1,
  ];
  const step = stepFor(first, last);
  const begin = Math.floor(first / step) * step;
  const end = Math.ceil(last / step) * step;
  const placeOf = (at: number) => LABELS + ((at - begin) / (end - begin)) * WIDTH;
  const height = rows.length * ROW + ROW;
  const ticks = ticksOf(begin, end, step).map((at) => {
    const x = placeOf(at).toFixed(1);
    return html`<line x1="${x}" x2="${x}" y1="0" y2="${height - ROW}"/>
<text x="${x}" y="${height - 8}">${clock(at)}</text>`;
  });
  const lines = rows.map((row, at) => rowOf(row, at * ROW, placeOf));
  const width = LABELS + WIDTH + 60;
  return html`<svg class="night" role="img" aria-label="${label}" width="${width}" height="${height}"
viewBox="0 0 ${width} ${height}">${ticks}${lines}</svg>`;
}

function rowOf({ label, bars }: Row, top: number, placeOf: (at: number) => number): Html {
  const drawn = bars.map(({ from, until, kind, title }) => {
    const x = placeOf(from);
    const width = Math.max(LEAST_BAR, placeOf(until) - x);
    return html`<rect class="${kind}" x="${x.toFixed(1)}" y="${top + (ROW - BAR) / 2}"
width="${width.toFixed(1)}" height="${BAR}"><title>${title}</title></rect>`;
  });
  return html`<text x="0" y="${top + ROW - 9}">${label}</text>${drawn}`;
}

/** Minutes where that is legible, else whole hours, as many apart as leaves them so. */
function stepFor(first: number, last: number): number {
  const short = SHORT_STEPS.find((step) => last - first <= (MOST_TICKS - 1) * step);
  return short ?? Math.ceil((last - first) / HOUR_MS / (MOST_TICKS - 1)) * HOUR_MS;
}

function ticksOf(begin: number, end: number, step: number): readonly number[] {
  return Array.from({ length: (end - begin) / step + 1 }, (_, at) => begin + at * step);
}
