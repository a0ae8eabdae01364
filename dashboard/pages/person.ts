import type {
  ObjectTrace,
  PersonHint,
  TargetTrace,
  Trace,
} from '../../core/control/control-bus.ts';
import { evenly } from '../evenly.ts';
import { type Html, html } from '../html.ts';
import { state, table } from '../layout.ts';
import { type Answer, type Ask, type House, page, type Route, reasonOf, see } from '../route.ts';
import { explainForm } from './explain.ts';
import { causeAndRemedy, meaningOf, textOf } from './problem.ts';
import { resendForm, resendNews } from './resend.ts';
import { dayForm, nobody, searchForm } from './search-form.ts';

export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Why a person is, or is not, in every target. Searches are forms: addresses hold no words. */
export const PERSON: readonly Route[] = [
  {
    method: 'get',
    path: '/person',
    needs: 'contents',
    answer: async (ask) => page(ask.language.words.person.title, searchForm(ask, null)),
  },
  { method: 'post', path: '/person', needs: 'contents', answer: evenly(search) },
  { method: 'get', path: '/person/:id', needs: 'contents', answer: evenly(personPage) },
];

/** What a person who may not know it is not shown, nobody answers to. */
async function search(ask: Ask, { control }: House): Promise<Answer> {
  const { person: words } = ask.language.words;
  const word = ask.field('word').trim().slice(0, 200);
  const reason = reasonOf(ask);
  const all = word === '' ? [] : await control.findPersons(word, ask.who, reason);
  const found = all.filter(({ isProtected }) => !isProtected || ask.may('protected'));
  const [first, ...others] = found;
  if (first === undefined) return nobody(ask);
  if (others.length === 0) return see(`/person/${first.id}`);
  return page(words.title, searchForm(ask, choice(ask, found)));
}

function choice({ language }: Ask, found: readonly PersonHint[]): Html {
  const { person: words } = language.words;
  const rows = found.map(({ id, name, birthYear }) => [
    html`<a href="/person/${id}">${name}</a>`,
    birthYear ?? '',
  ]);
  const list = table(words.title, [words.name, words.born], rows);
  return html`<p role="status">${words.several(found.length)}</p>${list}`;
}

/** Of a protected person nobody hears who may not see them. */
async function personPage(ask: Ask, { control }: House): Promise<Answer> {
  const { person: words } = ask.language.words;
  const id = ask.param('id');
  if (!UUID.test(id)) return nobody(ask);
  const trace = await control.trace({ kind: 'person', id }, ask.who);
  if (isNobody(trace) || (trace.isProtected && !ask.may('protected'))) return nobody(ask);
  const lines = inOrder(trace.targets).map((one) => html`<li>${answerLine(ask, one)}</li>`);
  const body = html`${resendNews(ask)}${whoIs(ask, trace)}
<ul class="flows">${lines}</ul>
${trace.notTaken.length === 0 ? null : html`<h2>${words.newer}</h2>${trace.notTaken.map((one) => causeAndRemedy(ask, one))}`}
${inOrder(trace.targets).map((one) => targetSection(ask, id, one))}
${trace.isProtected ? null : sources(ask, trace)}
<h2>${ask.language.words.past.ask}</h2>${dayForm(ask, `/person/${id}/day`, '')}`;
  return page(words.title, body);
}

/** Whether it is the one who was meant. */
function whoIs({ language }: Ask, { person, isProtected }: Trace): Html | null {
  const { person: words } = language.words;
  if (isProtected) return html`<p class="what">${words.protected}</p>`;
  if (person === null) return null;
  return html`<p class="what">${words.who(person.name, person.birthYear)}</p>`;
}

const RANKS = { bad: 0, wait: 1, good: 2 } as const;

/** What is wrong comes first, and last where the person is not to be. */
function inOrder(targets: readonly TargetTrace[]): readonly TargetTrace[] {
  const rank = (one: TargetTrace) => {
    return RANKS[kindOf(one)] + (one.verdict === 'sent' || kindOf(one) === 'bad' ? 0 : 3);
  };
  return targets.toSorted((a, b) => rank(a) - rank(b));
}

export function isNobody({ sources, notTaken, targets, isProtected }: Trace): boolean {
  const isTraced = targets.some(({ objects }) => objects.length > 0);
  return !isProtected && sources.length === 0 && notTaken.length === 0 && !isTraced;
}

/** The whole answer: whether the person is there, what became of it, and why. */
function answerLine(ask: Ask, told: TargetTrace): Html {
  const { person: words, verdicts } = ask.language.words;
  const { target, verdict, begins, foremost } = told;
  const isThere = verdict === 'sent' ? ` (${foremost.isIn ? words.isIn : words.isNotIn})` : '';
  const why = verdict === 'sent' ? foremostLine(ask, foremost) : becauseOf(ask, told);
  const later = begins === null ? null : html` ${words.begins(begins)}`;
  return html`${state(kindOf(told), `${target}: ${verdicts[verdict]}${isThere}`)}<br>${why}${later}`;
}

function becauseOf(ask: Ask, { because, becauseSaid }: TargetTrace): Html {
  const reasons = because.map((text, at) => {
    const saying = becauseSaid[at];
    return textOf(ask, saying === undefined ? { text } : { text, said: saying });
  });
  return html`${reasons.map((one, at) => (at === 0 ? one : html`; ${one}`))}`;
}

function foremostLine(ask: Ask, { object, also, obstacle }: TargetTrace['foremost']): Html {
  const lines = [object, also].flatMap((one) => (one === null ? [] : [objectLine(ask, one)]));
  if (obstacle !== null)
    lines.push(html`${meaningOf(ask, obstacle.code)} ${textOf(ask, obstacle)}`);
  return html`${lines.map((one, at) => (at === 0 ? one : html`<br>${one}`))}`;
}

function objectLine(
  ask: Ask,
  { objectKind, state: name, at, problem, waitsFor }: ObjectTrace,
): Html {
  const { states } = ask.language.words;
  const when = at === null ? '' : ` ${ask.language.time(at)}`;
  const behind = waitsFor === null ? null : `: ${waitsFor.objectKind} ${waitsFor.key}`;
  const why = problem ?? waitsFor?.problem ?? null;
  const cause = why === null ? null : html`. ${meaningOf(ask, why.code)} ${textOf(ask, why)}`;
  return html`${ask.language.words.kind(objectKind)}: ${states[name]}${when}${behind}${cause}`;
}

function kindOf({ verdict, objects, obstacles }: TargetTrace): 'good' | 'wait' | 'bad' {
  const isBad = objects.some(({ state: name }) => name === 'failed' || name === 'parked');
  if (isBad) return 'bad';
  const isDone = objects.every(({ state: name }) => name === 'delivered');
  return verdict !== 'sent' || (isDone && obstacles.length === 0) ? 'good' : 'wait';
}

function targetSection(ask: Ask, person: string, target: TargetTrace): Html | null {
  const { person: words, states, message } = ask.language.words;
  if (target.objects.length === 0 || target.verdict === 'protected') return null;
  const rows = target.objects.map((object) => [
    ask.language.words.kind(object.objectKind),
    object.key,
    states[object.state],
    object.problem === null ? '' : html`${object.problem.code} ${textOf(ask, object.problem)}`,
    object.at === null ? '' : ask.language.time(object.at),
  ]);
  const head = [words.object, message.key, words.state, message.why, message.updated];
  const title = words.inTarget(target.target);
  return html`<h2>${title}</h2>${table(title, head, rows)}${explainForm(ask, person, target)}${resendForm(ask, person, target)}`;
}

function sources({ language }: Ask, trace: Trace): Html {
  const { person: words } = language.words;
  const rows = trace.sources.map((one) => {
    return [one.source, one.stream, one.externalId, `${one.file}:${one.line}`];
  });
  const head = [words.source, words.stream, language.words.message.id, words.place];
  return html`<h2>${words.sources}</h2>${table(words.sources, head, rows)}`;
}
