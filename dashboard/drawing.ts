import { type Html, html } from './html.ts';
import { SIGNS, type Sign } from './signs.ts';

/** A box of a drawing: a name, a note below it, how it goes, and the page that it leads to. */
export interface Box {
  readonly title: string;
  readonly note: string;
  readonly path: string;
  /** Its sign, and the word for it; null where nothing is to be said. */
  readonly state: readonly [sign: Sign, word: string] | null;
  /** The page is about it. */
  readonly isHere: boolean;
}

/** A target, and the flows that lead to it. */
export interface Way {
  readonly flows: readonly Box[];
  readonly target: Box;
}

/**
 * What is read goes into the hub, and from there to the targets. Which flow takes what from which
 * source is said by the pages of each: drawn as a whole, each would lead to each.
 */
export interface Drawing {
  readonly label: string;
  /** What one would see, in a sentence. */
  readonly description: string;
  readonly hub: string;
  readonly heads: readonly [sources: string, flows: string, targets: string];
  readonly sources: readonly Box[];
  readonly ways: readonly Way[];
}

/** Draws it twice, without style: from left to right, and for a telephone from above to below. */
export function draw(drawing: Drawing): Html {
  return html`<div class="scroll drawing" role="region" aria-label="${drawing.label}" tabindex="0">
${across(drawing)}${down(drawing)}</div>`;
}

const HEIGHT = 48;
const GAP = 10;
const HEAD = 30;
const LOW = 32;
/** Of the wide drawing: where each column begins, and how wide it is. */
const SOURCES = { x: 4, width: 232 };
const HUB = { x: 292, width: 44 };
const FLOWS = { x: 392, width: 280 };
const TARGETS = { x: 724, width: 280 };
/** Of the narrow one: the line at the left along which all goes. */
const RAIL = 10;
const NARROW = { x: 28, width: 308 };
const INSET = 28;

interface Column {
  readonly x: number;
  readonly width: number;
}

function across(drawing: Drawing): Html {
  const { hub, heads, sources, ways } = drawing;
  const flows = ways.flatMap((way) => way.flows).length;
  const rows = Math.max(sources.length, flows, 1);
  const yOf = (row: number) => HEAD + row * (HEIGHT + GAP);
  const middle = (row: number) => yOf(row) + HEIGHT / 2;
  const lines: Html[] = [];
  const boxes: Html[] = [SOURCES, FLOWS, TARGETS].map(({ x }, at) => headAt(x, heads[at] ?? ''));
  // The shorter column stands in the middle of the longer.
  let row = (rows - sources.length) / 2;
  for (const box of sources) {
    boxes.push(shapeOf(box, SOURCES, yOf(row)));
    lines.push(arrow(`M${SOURCES.x + SOURCES.width} ${middle(row)}H${HUB.x}`));
    row += 1;
  }
  row = (rows - flows) / 2;
  for (const { flows: own, target } of ways) {
    const to = row + (own.length - 1) / 2;
    for (const box of own) {
      boxes.push(shapeOf(box, FLOWS, yOf(row)));
      lines.push(arrow(`M${HUB.x + HUB.width} ${middle(row)}H${FLOWS.x}`));
      lines.push(arrow(elbow(middle(row), middle(to))));
      row += 1;
    }
    boxes.push(shapeOf(target, TARGETS, yOf(to)));
  }
  const height = yOf(rows) - GAP - HEAD;
  const bar = { ...HUB, y: HEAD, height };
  const [x, y] = [HUB.x + HUB.width / 2 + 5, HEAD + height / 2];
  const turned = html` transform="rotate(-90 ${x} ${y})"`;
  const shape = html`${barOf(bar)}<text class="hub" x="${x}" y="${y}"${turned}>${hub}</text>`;
  const size = { width: TARGETS.x + TARGETS.width + 4, height: HEAD + height + 4 };
  return svg('wide', drawing, size, html`${lines}${shape}`, boxes);
}

/** From a flow to its target; several bend towards one. */
function elbow(from: number, to: number): string {
  const begin = FLOWS.x + FLOWS.width;
  const middle = (begin + TARGETS.x) / 2;
  const bend = from === to ? '' : `H${middle}V${to}`;
  return `M${begin} ${from}${bend}H${TARGETS.x}`;
}

/** A line with a tip at its end, to the right. */
function arrow(way: string): Html {
  return html`<path d="${way}m-7 -5l7 5l-7 5"/>`;
}

function down(drawing: Drawing): Html {
  const { hub, heads, sources, ways } = drawing;
  let y = 0;
  const place = (height: number) => {
    y += height + GAP;
    return y - height - GAP;
  };
  const lines: Html[] = [];
  const boxes: Html[] = [headAt(NARROW.x, heads[0], place(HEAD - GAP))];
  const first = y + HEIGHT / 2;
  for (const box of sources) {
    const at = place(HEIGHT);
    boxes.push(shapeOf(box, NARROW, at));
    lines.push(html`<path d="M${NARROW.x} ${at + HEIGHT / 2}H${RAIL}"/>`);
  }
  const bar = place(LOW);
  if (sources.length > 0) lines.push(html`<path d="M${RAIL} ${first}V${bar}m-5 -7l5 7l5 -7"/>`);
  boxes.push(headAt(NARROW.x, `${heads[1]} → ${heads[2]}`, place(HEAD - GAP)));
  let last = bar;
  for (const { flows, target } of ways) {
    for (const box of flows) {
      last = y + HEIGHT / 2;
      boxes.push(shapeOf(box, NARROW, place(HEIGHT)));
      lines.push(arrow(`M${RAIL} ${last}H${NARROW.x}`));
    }
    const from = y - GAP;
    const at = place(LOW);
    lines.push(arrow(`M${NARROW.x + 12} ${from}V${at + LOW / 2}H${NARROW.x + INSET}`));
    boxes.push(lowShapeOf(target, { x: NARROW.x + INSET, width: NARROW.width - INSET }, at));
  }
  if (ways.length > 0) lines.push(html`<path d="M${RAIL} ${bar + LOW}V${last}"/>`);
  const width = NARROW.x + NARROW.width + 4;
  const shape = html`${barOf({ x: 2, y: bar, width: width - 4, height: LOW })}
<text class="hub" x="${width / 2}" y="${bar + 21}">${hub}</text>`;
  return svg('narrow', drawing, { width, height: y }, html`${lines}${shape}`, boxes);
}

/** Lines and the hub say what the description says; the boxes are links. */
function svg(
  name: 'wide' | 'narrow',
  { label, description }: Drawing,
  { width, height }: { readonly width: number; readonly height: number },
  shapes: Html,
  boxes: readonly Html[],
): Html {
  return html`<svg class="${name}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="group"
aria-label="${label}"><desc>${description}</desc><g aria-hidden="true">${shapes}</g>${boxes}</svg>`;
}

function barOf({ x, y, width, height }: Column & { readonly y: number; readonly height: number }) {
  return html`<rect class="hub" x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>`;
}

function headAt(x: number, text: string, y = 0): Html {
  return html`<text class="head" x="${x}" y="${y + 16}" aria-hidden="true">${text}</text>`;
}

function shapeOf(box: Box, column: Column, y: number): Html {
  const { title, note, state } = box;
  const room = column.width - 24;
  const [sign, word] = state ?? [];
  const said = word === undefined ? '' : `${word}, `;
  const mark = sign === undefined ? null : html`<tspan class="${sign}">${SIGNS[sign]}</tspan> `;
  const name = fitted(title, room / NAME_SIGN - (sign === undefined ? 0 : 2));
  const below = fitted(note, room / NOTE_SIGN - said.length);
  const about = html`<tspan class="${sign ?? ''}">${said}</tspan>${below}`;
  return linkTo(
    box,
    `${title}, ${said}${note}`,
    html`${rectOf(column, y, HEIGHT)}
<text x="${column.x + 12}" y="${y + 20}" class="name">${mark}${name}</text>
<text x="${column.x + 12}" y="${y + 38}">${about}</text>`,
  );
}

/** A target below its flow: what it is called with its connector says it all. */
function lowShapeOf(box: Box, column: Column, y: number): Html {
  const text = fitted(box.note, (column.width - 24) / NOTE_SIGN);
  return linkTo(
    box,
    `${box.title}, ${box.note}`,
    html`${rectOf(column, y, LOW)}
<text x="${column.x + 12}" y="${y + 21}">${text}</text>`,
  );
}

function linkTo({ path, isHere }: Box, title: string, shape: Html): Html {
  const here = isHere ? html` aria-current="true"` : null;
  return html`<a href="${path}"${here}><title>${title}</title>${shape}</a>`;
}

function rectOf({ x, width }: Column, y: number, height: number): Html {
  return html`<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>`;
}

/** How wide a sign of a name and of a note usually is. */
const NAME_SIGN = 8.6;
const NOTE_SIGN = 6.8;

function fitted(text: string, room: number): string {
  const most = Math.max(1, Math.floor(room));
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
