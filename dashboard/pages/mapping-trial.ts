import {
  Failure,
  LintsFailure,
  type MappingTestResult,
  type MappingTrial,
  type PlanReport,
} from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import { said, state, token } from '../layout.ts';
import { mappingLink } from '../links.ts';
import { type Answer, type Ask, type House, MISSING, page, type Route, see } from '../route.ts';
import type { Trial } from '../trials.ts';
import { changeTable } from './holds.ts';
import { lintTable, remedyOf, textOf } from './problem.ts';

/**
 * Another text of a mapping, and what it would change: nothing is written. Who tries one can make
 * values show in what it changes, so it needs the right to see them.
 */
export const MAPPING_TRIAL: readonly Route[] = [
  { method: 'get', path: '/mapping/edit', needs: 'contents', answer: editPage },
  { method: 'post', path: '/mapping/edit', needs: 'contents', answer: tryPage },
  { method: 'get', path: '/mapping/trial/:id', needs: 'contents', answer: trialPage },
];

export function trialLink(ask: Ask, file: string): Html | null {
  if (!ask.may('contents')) return null;
  const query = String(new URLSearchParams({ file }));
  return html`<p><a href="/mapping/edit?${query}">${ask.language.words.trial.link}</a></p>`;
}

async function editPage(ask: Ask, { control }: House): Promise<Answer> {
  const file = ask.query('file');
  const text = await control.mappingText(file);
  return text === null ? MISSING : page(titleOf(ask, file), editForm(ask, file, text));
}

function titleOf({ language }: Ask, file: string): string {
  return `${language.words.trial.title}: ${file}`;
}

function editForm(ask: Ask, file: string, text: string): Html {
  const { trial: words } = ask.language.words;
  return html`<p class="note">${words.lead}</p>
<form method="post" action="/mapping/edit" enctype="multipart/form-data" class="stack">${token(ask)}
<input type="hidden" name="file" value="${file}">
<label>${words.text}<textarea name="text" rows="24" class="code" spellcheck="false">${text}</textarea></label>
<label>${words.upload}<input type="file" name="upload" accept=".yaml,.yml" aria-describedby="about-upload"></label>
<p class="note" id="about-upload">${words.uploadNote}</p>
<button name="do" value="try">${words.try}</button>
<button name="do" value="download" class="second">${words.download}</button></form>
<p>${mappingLink(file)}</p>`;
}

/** A file that was chosen takes the place of the text; browsers send lines with CR and LF. */
function textIn(ask: Ask): string {
  const upload = ask.field('upload');
  return (upload === '' ? ask.field('text') : upload).replaceAll('\r\n', '\n');
}

async function tryPage(ask: Ask, { control, trials }: House): Promise<Answer> {
  const file = ask.field('file');
  const text = textIn(ask);
  if ((await control.mappingText(file)) === null) return MISSING;
  if (ask.field('do') === 'download') {
    const name = file.replace(/^.*\//, '');
    return { kind: 'file', name, type: 'application/yaml', text: once(text) };
  }
  const { trial: words } = ask.language.words;
  try {
    const tests = (await control.checkMapping({ file, text })) ?? [];
    const failed = tests.filter(({ passed }) => !passed);
    const id = trials.begin(control, { file, text, who: ask.who, failed }, true);
    if (id !== null) return see(`/mapping/trial/${id}`);
    const busy = html`<p class="fault" role="alert">${words.busy}</p>`;
    return page(titleOf(ask, file), html`${busy}${editForm(ask, file, text)}`, 409);
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    const list = html`<div class="fault" role="alert"><p>${words.faults}</p>${faultsOf(ask, failure)}</div>`;
    return page(titleOf(ask, file), html`${list}${editForm(ask, file, text)}`, 422);
  }
}

function faultsOf(ask: Ask, failure: Failure): Html {
  const { trial: words } = ask.language.words;
  if (failure instanceof LintsFailure) return lintTable(ask, words.faults, failure.lints);
  const problem = failure.toProblem();
  return html`<p>${textOf(ask, problem)}</p><p>${remedyOf(ask, problem)}</p>`;
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

/** Its own tests say that it does not what it is meant to: they are mended with it. */
function testFaults(ask: Ask, failed: readonly MappingTestResult[]): Html | null {
  if (failed.length === 0) return null;
  const { trial: words } = ask.language.words;
  const lines = failed.map(({ name, difference }) => {
    return html`<li>${said(name)}: ${said(difference)}</li>`;
  });
  return html`<div class="fault"><p>${words.testsFail}</p><ul>${lines}</ul></div>`;
}

async function trialPage(ask: Ask, { trials }: House): Promise<Answer> {
  const found = trials.of(ask.param('id'), ask.who);
  if (found === null) return MISSING;
  const { trial, begun } = found;
  const { trial: words } = ask.language.words;
  const title = titleOf(ask, trial.file);
  if (begun.state === 'running') return page(title, underWay(ask, trial));
  const again = html`<h2>${words.again}</h2>${editForm(ask, trial.file, trial.text)}`;
  if (begun.state === 'refused') {
    const why = html`<p class="fault">${words.broke} ${begun.code} ${textOf(ask, begun)}</p>`;
    return page(title, html`${why}${again}`);
  }
  if (trial.outcome === null) return MISSING;
  return page(
    title,
    html`${testFaults(ask, trial.failed)}${outcomeOf(ask, trial.outcome)}${again}`,
  );
}

function underWay({ language }: Ask, { id, step }: Trial): Html {
  const { trial: words, runs } = language.words;
  const told = step === null ? null : html`<p>${runs.step(step.step, step.done, step.total)}</p>`;
  return html`<p>${state('wait', words.running)}</p>${told}
<p><a href="/mapping/trial/${id}">${words.reload}</a></p>`;
}

function outcomeOf(ask: Ask, { reports, readable }: MappingTrial): Html {
  const { trial: words, row } = ask.language.words;
  const aside = readable === null ? null : html`<p>${row.readable(readable)}</p>`;
  if (reports.length === 0) return html`${aside}`;
  return html`${aside}<p>${words.would}</p>${reports.map((one) => reportOf(ask, one))}
<p class="note">${words.nothingWritten}</p>`;
}

function reportOf(ask: Ask, report: PlanReport): Html {
  const { trial: words, row, holds } = ask.language.words;
  const { flow, target, counts, parked, reasons, held, changes, unshown } = report;
  const { create, update, delete: gone } = counts;
  const faults = reasons.map(({ objectKind, problem, count }) => {
    return html`<li>${objectKind} (${count}): ${problem.code} ${textOf(ask, problem)}</li>`;
  });
  const guards = held.map((one) => html`<li>${textOf(ask, one)}</li>`);
  return html`<h2>${flow} ${target}</h2><p>${row.counts(create, update, gone)}</p>
${parked === 0 ? null : html`<p>${words.parked(parked)}</p><ul>${faults}</ul>`}
${guards.length === 0 ? null : html`<p>${words.held}</p><ul>${guards}</ul>`}
${changes.length === 0 ? null : changeTable(ask, changes)}
${unshown <= 0 ? null : html`<p>${holds.unshown(unshown)}</p>`}`;
}
