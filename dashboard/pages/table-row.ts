import {
  aboutTarget,
  Failure,
  type Message,
  type PlanReport,
  RightMissing,
  type RowTrial,
  type TableGap,
} from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import { table, token } from '../layout.ts';
import { type Answer, type Ask, type House, MISSING, page, type Route, see } from '../route.ts';
import { textOf } from './problem.ts';

/** The row of a code table that would mend a message: tried first, then written. */
export const TABLE_ROW: readonly Route[] = [
  { method: 'post', path: '/message/:id/row', needs: 'act', answer: rowPage },
];

/** Where a row would mend the message, and this person may act: the way to it. */
export function rowCard(ask: Ask, message: Message, { control }: House): Html | null {
  const gap = control.tableGap(message);
  if (gap === null || !ask.may('act', aboutTarget(message.target))) return null;
  const { row: words } = ask.language.words;
  return html`<section class="card"><h2>${words.title}</h2>
<p>${words.lead(gap.file, gap.field)}</p>${rowForm(ask, message, gap, gap.code ?? '', '')}</section>`;
}

function rowForm(ask: Ask, { id }: Message, gap: TableGap, from: string, to: string): Html {
  const { row: words } = ask.language.words;
  const options = gap.values.map((value) => html`<option value="${value}"></option>`);
  return html`<form method="post" action="/message/${id}/row" class="stack">${token(ask)}
<label>${words.from}<input name="from" required maxlength="200" value="${from}"></label>
<label>${words.to}<input name="to" required maxlength="200" value="${to}" list="values"></label>
<datalist id="values">${options}</datalist>
<p class="note">${words.known(gap.values.slice(0, 12).join(', '))}</p>
<button name="do" value="try">${words.try}</button></form>`;
}

async function rowPage(ask: Ask, { control }: House): Promise<Answer> {
  const id = ask.param('id');
  const message = await control.failure(id);
  const gap = message === null ? null : control.tableGap(message);
  if (message === null || gap === null) return MISSING;
  const [from, to] = [ask.field('from'), ask.field('to')];
  const { signal } = new AbortController();
  const request = { id, from, to, who: ask.who, onProgress: () => undefined, signal };
  const { row: words } = ask.language.words;
  try {
    if (ask.field('do') === 'write') {
      await control.addRow(request);
      return see(`/message/${encodeURIComponent(id)}?done=row`);
    }
    const trial = await control.tryRow(request);
    if (trial === null) return MISSING;
    return page(words.title, html`${trialOf(ask, gap, trial)}${confirm(ask, message, from, to)}`);
  } catch (failure) {
    const isPage = failure instanceof Failure && !(failure instanceof RightMissing);
    if (!isPage) throw failure;
    const why = html`<p class="fault" role="alert">${words.refused} ${textOf(ask, failure.toProblem())}</p>`;
    return page(words.title, html`${why}${rowForm(ask, message, gap, from, to)}`, 422);
  }
}

function trialOf(ask: Ask, { file }: TableGap, { readable, reports = [] }: RowTrial): Html {
  const { row: words } = ask.language.words;
  if (readable !== undefined) return html`<p>${words.readable(readable)}</p>`;
  const rows = reports.map((report) => [report.flow, report.target, changesOf(ask, report)]);
  return html`<p>${words.would(file)}</p>${table(words.title, [words.flow, words.target, words.changes], rows)}`;
}

function changesOf({ language }: Ask, { counts: { create, update, delete: gone } }: PlanReport) {
  return language.words.row.counts(create, update, gone);
}

function confirm(ask: Ask, { id }: Message, from: string, to: string): Html {
  const { row: words } = ask.language.words;
  return html`<form method="post" action="/message/${id}/row" class="stack">${token(ask)}
<input type="hidden" name="from" value="${from}"><input type="hidden" name="to" value="${to}">
<p><code>${from},${to}</code></p><button name="do" value="write">${words.write}</button>
<p class="note">${words.writeNote}</p></form><p><a href="/message/${id}">${words.back}</a></p>`;
}
