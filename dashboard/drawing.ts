import { type Html, html } from './html.ts';

/** A box of a drawing: a word, a note below it, and the page that it leads to. */
export interface Box {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly path: string;
}

/** Boxes in columns, from left to right, and the lines between them by the boxes' ids. */
export interface Drawing {
  readonly label: string;
  readonly columns: readonly (readonly Box[])[];
  readonly lines: readonly (readonly [from: string, to: string])[];
}

const WIDTH = 240;
const HEIGHT = 52;
const GAP = 14;
const AISLE = 110;
/** Signs that fit into a box. */
const MOST_SIGNS = 26;

interface Place {
  readonly box: Box;
  readonly x: number;
  readonly y: number;
}

/** Draws columns of boxes, each column in the middle of the height, as SVG without any style. */
export function draw({ label, columns, lines }: Drawing): Html {
  const rows = Math.max(1, ...columns.map(({ length }) => length));
  const height = rows * (HEIGHT + GAP) - GAP + 8;
  const width = columns.length * (WIDTH + AISLE) - AISLE + 8;
  const places = new Map(columns.flatMap((boxes, at) => placesOf(boxes, at, height)));
  const strokes = lines.map(([from, to]) => lineBetween(places.get(from), places.get(to)));
  const shapes = [...places.values()].map(shapeOf);
  return html`<div class="scroll drawing" role="region" aria-label="${label}" tabindex="0">
<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="group" aria-label="${label}">
<g aria-hidden="true">${strokes}</g>${shapes}</svg></div>`;
}

function placesOf(
  boxes: readonly Box[],
  column: number,
  height: number,
): readonly (readonly [string, Place])[] {
  const own = boxes.length * (HEIGHT + GAP) - GAP;
  const top = Math.round((height - own) / 2);
  const x = column * (WIDTH + AISLE) + 4;
  return boxes.map((box, row) => [box.id, { box, x, y: top + row * (HEIGHT + GAP) }]);
}

function lineBetween(from: Place | undefined, to: Place | undefined): Html | null {
  if (from === undefined || to === undefined) return null;
  const [x1, y1] = [from.x + WIDTH, from.y + HEIGHT / 2];
  const [x2, y2] = [to.x, to.y + HEIGHT / 2];
  const bend = (x2 - x1) / 2;
  return html`<path d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}"/>`;
}

function shapeOf({ box, x, y }: Place): Html {
  return html`<a href="${box.path}"><title>${box.title}, ${box.note}</title>
<rect x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="8"/>
<text x="${x + 12}" y="${y + 22}" class="name">${fitted(box.title)}</text>
<text x="${x + 12}" y="${y + 41}" class="note">${fitted(box.note)}</text></a>`;
}

function fitted(text: string): string {
  return text.length > MOST_SIGNS ? `${text.slice(0, MOST_SIGNS - 1)}…` : text;
}
