import { Failure } from '../failure/failure.ts';
import type { Selection } from '../flow/compiled.ts';
import type { OutboundMapping } from '../mapping/compiled.ts';
import type { Entity } from '../message/message.ts';
import { daysAfter } from '../schedule/calendar.ts';
import type { TraceSurroundings } from './trace-object.ts';

/** So far ahead is looked for the day on which something begins. */
const DAYS_AHEAD = 366;

/** Which rule leaves an entity out of a flow, and which mappings give nothing for it. */
export function whyNot(
  kind: string,
  view: Entity | null,
  { target, today }: TraceSurroundings,
): {
  readonly reason: string | null;
  readonly silent: readonly { readonly file: string; readonly text: string }[];
} {
  const { flow } = target;
  const selection = flow.selects.get(kind);
  if (selection === undefined) return { reason: `${flow.file} does not name ${kind}`, silent: [] };
  if (view === null) {
    const reason = `${flow.file} selects ${kind}, but no source speaks of this one any more`;
    return { reason, silent: [] };
  }
  const { written } = selection;
  if (!selects(selection, view, today)) {
    return { reason: `${flow.file}:${written?.line} where: ${written?.text}`, silent: [] };
  }
  const silent = mappingsOf(kind, target).map((mapping) => {
    const because = mapping.silence(view);
    const place =
      because === null ? mapping.file : `${mapping.file}:${because.line} ${because.text}`;
    return { file: mapping.file, text: `${place} gives nothing for this ${kind}` };
  });
  return { reason: null, silent };
}

/** The first day after today on which the flow selects it and a mapping gives something. */
export async function firstDayOf(
  kind: string,
  view: Entity,
  { target, today, views }: TraceSurroundings,
): Promise<string | null> {
  const selection = target.flow.selects.get(kind);
  if (selection === undefined) return null;
  const mappings = mappingsOf(kind, target);
  const lookup = await views.lookup(mappings.flatMap((mapping) => mapping.needs(view)));
  for (let ahead = 1; ahead <= DAYS_AHEAD; ahead++) {
    const day = daysAfter(today, ahead);
    const context = { today: day, lookup };
    if (!selects(selection, view, day)) continue;
    if (mappings.some((mapping) => mapping.project(view, context).length > 0)) return day;
  }
  return null;
}

/** What the flow cannot judge is not left out by it: it is parked. */
function selects({ where }: Selection, view: Entity, day: string): boolean {
  try {
    return where(view, day);
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    return true;
  }
}

function mappingsOf(
  kind: string,
  { kinds }: TraceSurroundings['target'],
): readonly OutboundMapping[] {
  const all = kinds.flatMap(({ mappings }) => mappings);
  return all.filter(({ from }) => from.kind === kind);
}
