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
const HOUR_MS = 3_600_000;
/** More lines than that are not told apart. */
const MOST_TICKS = 8;

/** Rows of bars along the hours; `clock` writes an hour as the city does. */
export function timeline(
  rows: readonly Row[],
  label: string,
  clock: (epochMs: number) => string,
): Html {
  const bars = rows.flatMap((row) => row.bars);
  const begin = Math.floor(Math.min(...bars.map(({ from }) => from)) / HOUR_MS) * HOUR_MS;
  const end = Math.ceil((Math.max(...bars.map(({ until }) => until)) + 1) / HOUR_MS) * HOUR_MS;
  const placeOf = (at: number) => LABELS + ((at - begin) / (end - begin)) * WIDTH;
  const height = rows.length * ROW + ROW;
  const ticks = hoursOf(begin, end).map((at) => {
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

/** Whole hours from the first to the last, as many apart as leaves them legible. */
function hoursOf(begin: number, end: number): readonly number[] {
  const step = Math.ceil((end - begin) / HOUR_MS / MOST_TICKS) * HOUR_MS;
  const count = Math.floor((end - begin) / step) + 1;
  return Array.from({ length: count }, (_, at) => begin + at * step);
}
