import {
  type Approval,
  type Hold,
  type HoldBackground,
  type HoldPart,
  type ReportedChange,
  subjectIn,
} from '../../core/control/control-bus.ts';
import { type Content, type Html, html } from '../html.ts';
import { asSentence } from '../language.ts';
import { greyBecause, said, state, table, token, told, whyNot } from '../layout.ts';
import {
  type Answer,
  type Ask,
  type House,
  MISSING,
  page,
  type Route,
  reasonOf,
  see,
} from '../route.ts';
import { saySubject } from '../subjects.ts';
import { causeAndRemedy } from './problem.ts';

const MOST_CHANGES = 100;
const MOST_UNITS = 1000;
/** A field that an object does not have. */
const NOTHING = '–';

/** What waits for a person's decision, and the decision. */
export const HOLDS: readonly Route[] = [
  { method: 'get', path: '/holds', needs: 'list', answer: holdsPage },
  { method: 'get', path: '/holds/:id', needs: 'list', answer: holdPage },
  { method: 'get', path: '/holds/:id/changes', needs: 'list', answer: changesPage },
  { method: 'post', path: '/holds/:id/decide', needs: 'act', answer: decide },
];

async function holdsPage({ query, language }: Ask, { control }: House): Promise<Answer> {
  const { holds: words, counts } = language.words;
  const done = query('done');
  const news = done === 'decided' ? words.decided : done === 'over' ? words.over : null;
  const outcome = news === null ? null : told(news);
  const holds = await control.holds('open');
  if (holds.length === 0)
    return page(
      words.title,
      html`${outcome}<p>${state('good', words.none)}</p><p class="note">${words.noneNote}</p>`,
    );
  const rows = holds.map(({ id, subject, createdAt, parts, counts: all }) => [
    html`<a href="/holds/${id}">${asSentence(saySubject(language, subject))}</a>`,
    language.time(createdAt),
    parts.map((part) => words.unitName(part)).join(', ') || words.whole,
    counts(all),
  ]);
  const head = [words.subject, words.since, words.units, words.would];
  return page(words.title, html`${outcome}${table(words.title, head, rows)}`);
}

async function openHold({ param }: Ask, { control }: House): Promise<Hold | null> {
  const hold = await control.hold(param('id'));
  return hold?.state === 'open' ? hold : null;
}

async function holdPage(ask: Ask, house: House): Promise<Answer> {
  const { language } = ask;
  const { holds: words } = language.words;
  const hold = await openHold(ask, house);
  if (hold === null) return MISSING;
  const isPlan = subjectIn(hold, 'flow') !== null;
  const isPlanned = isPlan || subjectIn(hold, 'intake') !== null;
  const background = isPlanned ? await house.control.holdBackground(hold.id) : null;
  const said = [...spoken(ask, hold.approvals, words.approved)];
  said.push(...spoken(ask, hold.rejections, words.rejected));
  const body = html`<p>${words.since} ${language.time(hold.createdAt)}. ${words.needs(hold.needs)}</p>
<h2>${words.why}</h2>${hold.reasons.map((one) => causeAndRemedy(ask, one, isPlan))}
${wayToPerson(ask, hold)}
${isPlan ? html`<p><a href="/holds/${hold.id}/changes">${words.changes}</a></p>` : null}
${background === null ? null : backgroundOf(ask, hold, background)}
${said.length === 0 ? null : html`<h2>${words.words}</h2><ul>${said}</ul>`}
${ask.may('act', hold.subject) ? decisionForm(ask, hold) : html`${whyNot(ask, words.approve, words.reject)}${unitTable(ask, hold, false)}`}`;
  return page(`${words.title}: ${saySubject(language, hold.subject)}`, body);
}

/** A decision about one person has the person's page. */
function wayToPerson(ask: Ask, hold: Hold): Html | null {
  const person = subjectIn(hold, 'protection') ?? subjectIn(hold, 'identity');
  if (person === null || !ask.may('contents')) return null;
  return html`<p><a href="/person/${person}">${ask.language.words.message.toPerson}</a></p>`;
}

/** What the same weekday usually brings, beside what waits; and what is planned. */
function backgroundOf(ask: Ask, hold: Hold, { days, windows, file }: HoldBackground): Html {
  const { holds: words, counts } = ask.language.words;
  const usual = days.map(({ day, counts: all }) => [day, counts(all)]);
  const rows = [[words.now, counts(hold.counts)], ...usual];
  const isPlan = subjectIn(hold, 'flow') !== null;
  const before =
    days.length === 0
      ? html`<p class="note">${words.noWeekdays}</p>`
      : table(words.weekdays, [words.day, words.would], rows);
  const planned = windows.map(({ from, to, reason, isOpen }) => {
    const open = isOpen ? html` ${state('good', words.windowOpen)}` : null;
    return html`<li>${words.window(from, to, reason)}${open}</li>`;
  });
  return html`${isPlan ? html`<h2>${words.weekdays}</h2>${before}` : null}<h2>${words.windows}</h2>
${windows.length === 0 ? html`<p class="note">${words.noWindows(file)}</p>` : html`<ul>${planned}</ul>`}`;
}

function spoken({ language }: Ask, said: readonly Approval[], what: string): readonly Html[] {
  const { holds: words } = language.words;
  return said.map(
    ({ who, at, reason }) => html`<li>${words.said(what, who, language.time(at), reason)}</li>`,
  );
}

/** The hold's id follows from what is held: a decision is about what this page has shown. */
function decisionForm(ask: Ask, hold: Hold): Html {
  const { holds: words } = ask.language.words;
  return html`<form method="post" action="/holds/${hold.id}/decide">${token(ask)}
<input type="hidden" name="digest" value="${hold.digest}">${unitTable(ask, hold, true)}
<div class="stack"><label>${words.reason}<input name="reason" required maxlength="500"></label>
${hasSaidAll(ask, hold) ? greyBecause('another', ask.language.words.override.anotherPerson, words.approve) : html`<button name="do" value="approve">${words.approve}</button>`}
<button name="do" value="reject" class="second">${words.reject}</button></div></form>`;
}

/** One person's word counts once, however often it is given. */
function hasSaidAll({ who }: Ask, { approvals, needs, parts }: Hold): boolean {
  const own = approvals.filter((one) => one.who === who);
  const isAbout = (unit: string) => own.some(({ units }) => units?.includes(unit) !== false);
  const isWhole = own.some(({ units }) => units === null);
  const isEach = parts.length > 0 && parts.every(({ unit }) => isAbout(unit));
  return needs > 1 && (isWhole || isEach);
}

function unitTable(ask: Ask, hold: Hold, isChoice: boolean): Html | null {
  const { holds: words, failed } = ask.language.words;
  if (hold.parts.length === 0) return html`<h2>${words.about}</h2>${countsOf(ask, hold)}`;
  const rows = hold.parts.map((part) => {
    const name = words.unitName(part);
    const label = `${failed.select} ${name}`;
    const box = html`<input type="checkbox" name="unit" value="${part.unit}" aria-label="${label}">`;
    const own = [name, countsOf(ask, part), stateOfPart(ask, hold, part)];
    return isChoice ? [box, ...own] : own;
  });
  const own = [words.unit, words.would, words.state];
  const head: readonly Content[] = isChoice ? [failed.select, ...own] : own;
  const note = isChoice ? html`<p class="note">${words.choose}</p>` : null;
  return html`<h2>${words.units}</h2>${note}${table(words.units, head, rows)}`;
}

function countsOf({ language }: Ask, { counts: all, kinds }: Pick<Hold, 'counts' | 'kinds'>): Html {
  const { counts, kind: nameOf } = language.words;
  const lines = Object.entries(kinds ?? { '': all }).map(([kind, own]) => {
    return html`<li>${kind === '' ? null : `${nameOf(kind)}: `}${counts(own)}</li>`;
  });
  return html`<ul class="tight">${lines}</ul>`;
}

function stateOfPart(
  { language }: Ask,
  { approvals, rejections, needs }: Hold,
  part: HoldPart,
): Html {
  const { holds: words } = language.words;
  const isAbout = ({ units }: Approval) => units === null || units.includes(part.unit);
  if (rejections.some(isAbout)) return state('bad', words.rejected);
  const persons = new Set(approvals.filter(isAbout).map(({ who }) => who)).size;
  if (persons >= needs) return state('good', words.approved);
  const some = persons === 0 ? '' : ` (${persons}/${needs})`;
  return state('wait', `${words.waits}${some}`);
}

async function changesPage(ask: Ask, house: House): Promise<Answer> {
  const { language, who } = ask;
  const { holds: words } = language.words;
  const signal = AbortSignal.timeout(120_000);
  const hold = await openHold(ask, house);
  const reveal = hold !== null && ask.may('contents', hold.subject);
  const request = { details: MOST_CHANGES, reveal, who, onProgress: () => undefined, signal };
  const held = hold === null ? null : await house.control.heldChanges(hold.id, request);
  if (hold === null || held === null) return MISSING;
  const { report, isSame } = held;
  const body = html`<p><a href="/holds/${hold.id}">${words.title}: ${saySubject(language, hold.subject)}</a></p>
${isSame ? null : html`<p class="fault">${words.notSame}</p>`}
${reveal ? null : html`<p class="note">${words.masked}</p>`}
${changeTable(ask, report.changes)}
${report.unshown === 0 ? null : html`<p>${words.unshown(report.unshown)}</p>`}`;
  return page(words.changesTitle, body);
}

/** A row for each object, with its changes field by field. */
export function changeTable(ask: Ask, changes: readonly ReportedChange[]): Html {
  const { holds: words, failed, message, kind: nameOf } = ask.language.words;
  const mayLook = ask.may('contents');
  const rows = changes.map(({ action, objectKind, key, origin, fields }) => [
    nameOf(objectKind),
    mayLook && origin.kind === 'person'
      ? html`<a href="/person/${origin.id}">${said(key)}</a>`
      : said(key),
    html`<span class="when">${words.actions[action]}</span>`,
    html`<ul class="tight">${fields.map((one) => html`<li>${fieldLine(one)}</li>`)}</ul>`,
  ]);
  const head = [failed.kind, message.key, message.action, words.fields];
  return table(words.changesTitle, head, rows);
}

/** What an object loses, gains, or has otherwise. */
function fieldLine({ field, before, after }: ReportedChange['fields'][number]): Html {
  return html`<span class="note">${field}:</span> ${before ?? NOTHING} → ${after ?? NOTHING}`;
}

async function decide(ask: Ask, house: House): Promise<Answer> {
  const hold = await openHold(ask, house);
  const reason = reasonOf(ask);
  const word = ask.field('do');
  if (hold === null || hold.digest !== ask.field('digest')) return see('/holds?done=over');
  if (reason === '' || (word !== 'approve' && word !== 'reject')) return see(`/holds/${hold.id}`);
  const known = new Set(hold.parts.map(({ unit }) => unit));
  const chosen = ask.fields('unit').slice(0, MOST_UNITS);
  if (!chosen.every((unit) => known.has(unit))) return see('/holds?done=over');
  const units = chosen.length === 0 ? null : chosen;
  const decision = { approve: word === 'approve', who: ask.who, reason, units };
  const [after] = await house.control.decideHolds([hold.id], decision);
  if (after === undefined) return see('/holds?done=over');
  return see(after.state === 'open' ? `/holds/${hold.id}` : '/holds?done=decided');
}
