import { aboutTarget, type MessageGroup } from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import { definitions, token } from '../layout.ts';
import { type Answer, type Ask, type House, MISSING, type Route, see } from '../route.ts';
import { sparkline } from '../sparkline.ts';
import { groupFields, groupOf, pathOf } from './group.ts';

const MOST_NAME = 100;
const MOST_NOTE = 500;

/** Who sees to a group of failures, and what there is to say of it. */
export const REMARK: readonly Route[] = [
  { method: 'post', path: '/failed/group/remark', needs: 'act', answer: putRemark },
];

/** Since when a group is there, how many it had on each of the last days, and who sees to it. */
export async function story(ask: Ask, group: MessageGroup, { control }: House): Promise<Html> {
  const { language } = ask;
  const { failed: words } = language.words;
  const [found] = await control.storiesOf([group]);
  const counts = (found?.days ?? []).map(({ count }) => count);
  const { remark = null, seen = null } = found ?? {};
  return html`${definitions([
    ...(seen === null
      ? []
      : ([
          [words.seen, language.time(seen.first)],
          [words.lastSeen, language.time(seen.last)],
        ] as const)),
    [
      words.trend,
      html`${sparkline(counts, words.trendOf(counts))} ${words.most(Math.max(...counts, 0))}`,
    ],
    ...(remark === null
      ? []
      : ([
          [words.owner, remark.owner],
          [
            words.note,
            html`${remark.note} <span class="note">${remark.who}, ${language.time(remark.at)}</span>`,
          ],
        ] as const)),
  ])}${ask.may('act', aboutTarget(group.target)) ? form(ask, group, remark?.owner ?? '', remark?.note ?? '') : null}`;
}

function form(ask: Ask, group: MessageGroup, owner: string, note: string): Html {
  const { failed: words } = ask.language.words;
  return html`<details><summary>${words.remark}</summary>
<form method="post" action="/failed/group/remark" class="stack">${token(ask)}${groupFields(group)}
<label>${words.owner}<input name="owner" maxlength="${MOST_NAME}" value="${owner}"></label>
<label>${words.note}<input name="note" maxlength="${MOST_NOTE}" value="${note}"></label>
<p class="note">${words.remarkNote}</p><button class="second">${words.save}</button></form></details>`;
}

async function putRemark(ask: Ask, house: House): Promise<Answer> {
  if (!(await house.control.opens(aboutTarget(ask.field('target'))))) return MISSING;
  const group = await groupOf(ask.field, house);
  if (group === null) return MISSING;
  const owner = ask.field('owner').trim().slice(0, MOST_NAME);
  const note = ask.field('note').trim().slice(0, MOST_NOTE);
  await house.control.putRemark(group, { owner, note, who: ask.who });
  return see(pathOf(group));
}
