import { saying } from '../../failure/saying.ts';
import type { OutboundMapping } from '../../mapping/compiled.ts';
import { judgedUntil } from '../../mapping/language/dates.ts';
import { daysAfter } from '../../message/dates.ts';
import type { Entity, Saying } from '../../message/message.ts';
import { isSelected } from '../../plan/project.ts';
import { restsOn } from '../../view/in-force.ts';
import type { Views } from '../../view/views.ts';
import type { TraceContext } from './trace-object.ts';

/** So far ahead is looked for the day on which something begins. */
const DAYS_AHEAD = 366;

/** Which rule leaves an entity out of a flow, and which mappings give nothing for it. */
export function whyNot(
  kind: string,
  view: Entity | null,
  { target, today }: TraceContext,
): {
  readonly reason: Saying | null;
  readonly silent: readonly { readonly file: string; readonly said: Saying }[];
} {
  const { file, selects: selections } = target.flow;
  const selection = selections.get(kind);
  if (selection === undefined) return { reason: saying('notNamed', { file, kind }), silent: [] };
  if (view === null) return { reason: saying('spokenOfNoMore', { file, kind }), silent: [] };
  const { written } = selection;
  if (!isSelected(selection.where, view, today)) {
    const values = { place: `${file}:${written?.line}`, condition: written?.text ?? '' };
    return { reason: saying('conditionNotMet', values), silent: [] };
  }
  const silent = mappingsOf(kind, target).map((mapping) => {
    const rule = mapping.silence(view);
    const place = rule === null ? mapping.file : `${mapping.file}:${rule.line} ${rule.text}`;
    return { file: mapping.file, said: saying('givesNothing', { place, kind }) };
  });
  return { reason: null, silent };
}

/**
 * The first day after today on which the flow selects it and a mapping gives something, going from
 * one day on which the calendar changes something to the next.
 */
export async function firstDayOf(
  kind: string,
  entity: Entity,
  { target, today }: TraceContext,
  viewsOn: (day: string) => Views,
): Promise<string | null> {
  const selection = target.flow.selects.get(kind);
  if (selection === undefined) return null;
  const mappings = mappingsOf(kind, target);
  const lastDay = daysAfter(today, DAYS_AHEAD);
  let day = today;
  while (day <= lastDay) {
    const views = viewsOn(day);
    const [view = null] = await views.of(kind, [entity]);
    if (view === null) return null;
    const lookup = await views.lookup(mappings.flatMap((mapping) => mapping.needs(view)));
    const context = { today: day, lookup };
    const { result: isWanted, until } = judgedUntil(() => {
      restsOn(view);
      if (!isSelected(selection.where, view, context.today)) return false;
      return mappings.some((mapping) => mapping.project(view, context).length > 0);
    });
    if (isWanted && day > today) return day;
    day = isWanted ? daysAfter(today, 1) : until;
  }
  return null;
}

function mappingsOf(kind: string, { kinds }: TraceContext['target']): readonly OutboundMapping[] {
  const all = kinds.flatMap(({ mappings }) => mappings);
  return all.filter(({ from }) => from.kind === kind);
}
