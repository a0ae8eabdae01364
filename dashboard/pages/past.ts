import type { Past, PastObject, PastTarget, Run } from '../../core/control/control-bus.ts';
import { evenly } from '../evenly.ts';
import { type Content, type Html, html } from '../html.ts';
import { definitions, state, table } from '../layout.ts';
import { type Answer, type Ask, type House, page, type Route } from '../route.ts';
import { SIGN_OF } from '../signs.ts';
import { isNobody, UUID } from './person.ts';
import { causeAndRemedy, causeIn, textOf } from './problem.ts';
import { dayForm, nobody } from './search-form.ts';

/** How somebody was on an earlier day, and who was in a group then: as far as that is kept. */
export const PAST: readonly Route[] = [
  { method: 'get', path: '/person/:id/day', needs: 'contents', answer: evenly(pastPage) },
  { method: 'get', path: '/group/:id', needs: 'contents', answer: evenly(groupPage) },
];

/** Whoever is shown to this person as nobody now is nobody on any day. */
async function pastPage(ask: Ask, { control }: House): Promise<Answer> {
  const { past: words, person } = ask.language.words;
  const id = ask.param('id');
  const day = dayIn(ask);
  if (!UUID.test(id)) return nobody(ask);
  const entity = { kind: 'person', id };
  const trace = await control.trace(entity, ask.who);
  if (isNobody(trace) || (trace.isProtected && !ask.may('protected'))) return nobody(ask);
  const form = dayForm(ask, `/person/${id}/day`, day ?? '');
  const back = html`<p><a href="/person/${id}">${words.today}</a></p>`;
  if (day === null) {
    return page(person.title, html`${back}<p class="fault">${words.noDay}</p>${form}`, 422);
  }
  const past = await control.past(entity, day, ask.who);
  const isBefore = day < past.keptFrom;
  const body = html`${back}${past.isProtected ? html`<p class="what">${person.protected}</p>` : null}
<p class="note">${words.kept(past.keptFrom)}</p>${isBefore ? html`<p class="what">${words.before}</p>` : null}${form}
${intakes(ask, past)}${inOrder(past.targets).map((one) => targetSection(ask, one))}${groups(ask, past)}`;
  return page(words.title(day), body);
}

function dayIn({ query }: Ask): string | null {
  const written = query('day');
  const at = /^\d{4}-\d{2}-\d{2}$/.test(written) ? Date.parse(`${written}T00:00Z`) : Number.NaN;
  if (Number.isNaN(at)) return null;
  return new Date(at).toISOString().slice(0, 10) === written ? written : null;
}

function intakes(ask: Ask, past: Past): Html | null {
  const { past: words } = ask.language.words;
  const failed = past.intakes.filter(({ outcome }) => outcome !== 'done');
  if (failed.length === 0) return null;
  const lines = failed.map((run) => html`<li>${run.subject}: ${runLine(ask, run)}</li>`);
  return html`<h2>${words.intakes}</h2><ul>${lines}</ul>`;
}

function runLine(ask: Ask, { outcome, startedAt, problem }: Run): Html {
  const { language } = ask;
  const how = state(SIGN_OF[outcome], language.words.outcomes[outcome]);
  const why = problem === null ? null : html` ${causeIn(ask, problem.code)}`;
  return html`${how} ${language.time(startedAt)}${why}`;
}

/** What had failed comes first, and last where nothing was there and nothing was to be. */
function inOrder(targets: readonly PastTarget[]): readonly PastTarget[] {
  const rank = ({ objects, held }: PastTarget) => {
    if (held.length > 0 || objects.some(({ problem }) => problem !== null)) return 0;
    return objects.length > 0 ? 1 : 2;
  };
  return targets.toSorted((a, b) => rank(a) - rank(b));
}

function targetSection(ask: Ask, told: PastTarget): Html {
  const { past: words, verdicts, person } = ask.language.words;
  const { target, verdict, because, becauseSaid, run, held, objects } = told;
  const reasons = because.map((text, at) => {
    const said = becauseSaid[at];
    return html`<p>${textOf(ask, said === undefined ? { text } : { text, said })}</p>`;
  });
  const facts = definitions([[words.run, run === null ? words.noRun : runLine(ask, run)]]);
  const waited = held.map((one) => html`<h3>${words.held}</h3>${causeAndRemedy(ask, one)}`);
  const list = table(
    person.inTarget(target),
    [words.object, words.was, words.failed],
    objects.map((one) => objectRow(ask, one)),
  );
  return html`<h2>${person.inTarget(target)}</h2><p>${words.would(verdicts[verdict])}</p>${reasons}${facts}${waited}
${objects.length === 0 ? null : list}`;
}

function objectRow(ask: Ask, object: PastObject): readonly Content[] {
  const { language } = ask;
  const { past: words } = language.words;
  const { objectKind, key, was, confirmedAt, problem, ended } = object;
  const when = confirmedAt === null ? '' : language.time(confirmedAt);
  const said = {
    there: () => state('good', words.there(when)),
    changed: () => words.changed(when),
    unknown: () => words.unknown,
  }[was]();
  const end = ended === null ? words.open : words.ended[ended.how](language.time(ended.at));
  const failed =
    problem === null
      ? null
      : html`${state(ended === null ? 'bad' : 'wait', end)} ${causeIn(ask, problem.code)}<br>${textOf(ask, problem)}`;
  const name = html`${language.words.kind(objectKind)} <span class="note">${key}</span>`;
  return [name, said, failed];
}

function groups({ language }: Ask, { groups: all, day }: Past): Html | null {
  const { past: words } = language.words;
  if (all.length === 0) return null;
  const lines = all.map(({ id, name, type }) => {
    return html`<li><a href="/group/${id}?day=${day}">${name}</a> <span class="note">${type}</span></li>`;
  });
  return html`<h2>${words.groups}</h2><p class="note">${words.groupsNote}</p><ul>${lines}</ul>`;
}

async function groupPage(ask: Ask, { control }: House): Promise<Answer> {
  const { past: words, person } = ask.language.words;
  const id = ask.param('id');
  const day = dayIn(ask);
  const found = UUID.test(id) ? await control.members(id, day ?? undefined, ask.who) : null;
  if (found === null) return { kind: 'missing' };
  const rows = found.members.map((one) => [
    html`<a href="/person/${one.id}">${one.name}</a>`,
    one.birthYear ?? '',
    one.from ?? '',
    one.until ?? '',
  ]);
  const head = [person.name, person.born, words.from, words.until];
  const facts = definitions([
    [words.type, found.type],
    [words.unit, found.unit],
  ]);
  const body = html`${facts}${dayForm(ask, `/group/${id}`, found.day)}
<p>${words.memberCount(rows.length)}</p><p class="note">${words.membersNote}</p>
${rows.length === 0 ? null : table(words.members, head, rows)}`;
  return page(words.group(found.name, found.day), body);
}
