import {
  aboutTarget,
  type Message,
  type ObjectStory,
  type Trace,
} from '../../core/control/control-bus.ts';
import { type Content, type Html, html } from '../html.ts';
import { definitions, state, table } from '../layout.ts';
import { leavesOf } from '../leaves.ts';
import type { Ask } from '../route.ts';
import { textOf } from './problem.ts';

/** From the record in a source's file to what a target has answered, each step to be opened. */
export function messagePath(
  ask: Ask,
  message: Message,
  trace: Trace | null,
  story: ObjectStory | null,
): Html {
  const { message: words, refused } = ask.language.words;
  if (!ask.may('contents', aboutTarget(message.target)))
    return html`<p class="note">${refused.text('contents')}</p>`;
  const steps: (readonly [string, Content])[] = [
    [words.sources, records(ask, message, trace)],
    [words.about, entityOf(ask, message, story)],
  ];
  if (message.type === 'deliver' || message.type === 'parked') {
    steps.push([words.object, objectOf(ask, story)]);
  }
  if (message.type === 'deliver') steps.push([words.sent, answerOf(ask, message)]);
  return html`<ol class="path">${steps.map(([name, what]) => html`<li><h3>${name}</h3>${what}</li>`)}</ol>`;
}

function records(ask: Ask, { problem, type }: Message, trace: Trace | null): Html {
  const { message: words, person } = ask.language.words;
  const sources = trace?.sources ?? [];
  const rows = sources.map((one) => [one.source, one.stream, `${one.file}:${one.line}`]);
  const head = [person.source, person.stream, person.place];
  const place = type === 'inbound' || type === 'entity' ? (problem?.place ?? null) : null;
  const own = place === null ? null : html`<p>${place.file}:${place.line ?? 1}</p>`;
  return html`${own}${rows.length === 0 ? null : table(words.sources, head, rows)}`;
}

function entityOf(ask: Ask, { origin: { kind, id } }: Message, story: ObjectStory | null): Html {
  const { message: words } = ask.language.words;
  if (id === '') return html`<p class="note">${words.noEntity}</p>`;
  const link = html`<a href="/person/${id}">${words.toPerson}</a>`;
  const name = kind === 'person' ? link : `${kind} ${id}`;
  const entity = story?.entity ?? null;
  if (entity === null) return html`<p>${name}</p>`;
  const fields = [...leavesOf(entity)];
  return html`<p>${name}</p><details><summary>${words.fields(fields.length)}</summary>
${definitions(fields)}</details>`;
}

/** What the target holds beside what it would be sent now, a field a line. */
function objectOf({ language }: Ask, story: ObjectStory | null): Html {
  const { message: words } = language.words;
  if (story === null) return html`<p class="note">${words.noObject}</p>`;
  const { confirmed, wanted } = story;
  const [before, after] = [leavesOf(confirmed ?? {}), leavesOf(wanted ?? {})];
  const fields = [...new Set([...before.keys(), ...after.keys()])];
  const changed = fields.filter((name) => before.get(name) !== after.get(name));
  const rows = fields.map((name) => [
    name,
    before.get(name) ?? '',
    after.get(name) ?? '',
    changed.includes(name) ? state('wait', words.differs) : '',
  ]);
  const head = [words.field, words.held, words.wouldSend, language.words.person.state];
  const summary =
    wanted === null
      ? words.notWanted
      : confirmed === null
        ? words.isNew
        : words.changes(changed.length);
  return html`<p>${summary}</p><details><summary>${words.fields(fields.length)}</summary>
${table(words.object, head, rows)}</details>`;
}

function answerOf(ask: Ask, message: Message): Html {
  const { language } = ask;
  const { message: words } = language.words;
  const { attempts, updatedAt, notBefore, problem, state: name } = message;
  const next = name === 'retrying' ? html`<p>${words.nextTry(language.time(notBefore))}</p>` : null;
  const answer = problem === null ? null : html`<p>${problem.code}: ${textOf(ask, problem)}</p>`;
  return html`<p>${words.tried(attempts, language.time(updatedAt))}</p>${answer}${next}`;
}
