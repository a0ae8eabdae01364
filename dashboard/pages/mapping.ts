import type { MappingOutline } from '../../core/control/control-bus.ts';
import { type Content, type Html, html } from '../html.ts';
import { definitions, said, state, table } from '../layout.ts';
import { moduleLink } from '../links.ts';
import { type Answer, type Ask, type House, MISSING, page, type Route } from '../route.ts';
import { trialLink } from './mapping-trial.ts';

/** One mapping: each field that it fills, from what, and its tests. */
export const MAPPING: readonly Route[] = [
  { method: 'get', path: '/mapping', needs: 'list', answer: mappingPage },
];

async function mappingPage(ask: Ask, { control }: House): Promise<Answer> {
  const { mapping: words, flows } = ask.language.words;
  const outline = control.mapping(ask.query('file'));
  if (outline === null) return MISSING;
  const { module, from, to, unfilled } = outline;
  const facts = [
    [flows.module, moduleLink(module)],
    [flows.from, from],
    [flows.to, to],
  ] as const;
  const body = html`${definitions(facts)}${trialLink(ask, outline.file)}<h2>${words.fields}</h2>${fieldTable(ask, outline)}
${unfilled.length === 0 ? null : html`<p class="note">${words.unfilled} ${unfilled.join(', ')}</p>`}
<h2>${words.tests}</h2>${tests(ask, outline)}`;
  return page(`${words.title}: ${outline.file}`, body);
}

function fieldTable({ language }: Ask, { rules, file }: MappingOutline): Html {
  const { mapping: words, flows } = language.words;
  const rows = rules.map(({ field, line, reads, lookups, table: codes }): readonly Content[] => [
    field,
    reads.join(', ') || words.fixed,
    lookups.map(({ kind, field: looked }) => `${kind}.${looked ?? '*'}`).join(', '),
    codes ?? '',
    `${file.replace(/^.*\//, '')}:${line}`,
  ]);
  const head = [words.field, words.reads, words.lookups, words.table, flows.file];
  return table(words.fields, head, rows);
}

function tests({ language }: Ask, outline: MappingOutline): Html {
  const { mapping: words } = language.words;
  if (outline.tests.length === 0) return html`<p>${words.noTests}</p>`;
  const rows = outline.tests.map(({ name, passed, difference }) => [
    said(name),
    passed ? state('good', words.passed) : state('bad', words.differs),
    difference,
  ]);
  return table(words.tests, [words.test, words.outcome, words.difference], rows);
}
