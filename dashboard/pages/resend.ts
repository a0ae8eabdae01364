import { Failure, RightMissing, type TargetTrace } from '../../core/control/control-bus.ts';
import { evenly } from '../evenly.ts';
import { type Html, html } from '../html.ts';
import { greyBecause, token, told } from '../layout.ts';
import { type Answer, type Ask, type House, page, type Route, reasonOf, see } from '../route.ts';
import { objectIn, objectOptions } from './explain.ts';
import { textOf } from './problem.ts';
import { nobody } from './search-form.ts';

/** Delivers an object of a person again, although its target has confirmed it. */
export const RESEND: readonly Route[] = [
  { method: 'post', path: '/person/:id/resend', needs: 'act', answer: evenly(resend) },
];

const DONE = ['object', 'set', 'reason'] as const;

/** Of what the target has confirmed; all else goes by itself. */
export function resendForm(ask: Ask, person: string, { flow, target, objects }: TargetTrace): Html {
  const { resend: words, refused } = ask.language.words;
  const sent = objects.filter(({ confirmed }) => confirmed !== null);
  if (sent.length === 0) return html``;
  if (!ask.may('act', `flow ${flow}`))
    return greyBecause(`why-not-${target}`, refused.text('act'), words.title);
  return html`<details><summary>${words.title}</summary>
<form method="post" action="/person/${person}/resend" class="stack">${token(ask)}
<input type="hidden" name="flow" value="${flow}"><p class="note">${words.note}</p>
<label>${words.object}<select name="object">${objectOptions(sent)}</select></label>
<label>${words.reason}<input name="reason" required maxlength="500"></label>
<button class="second">${words.submit}</button></form></details>`;
}

export function resendNews({ query, language }: Ask): Html | null {
  const done = DONE.find((one) => one === query('done'));
  return done === undefined ? null : told(language.words.resend.done[done]);
}

/** Only what the person's own page shows can be sent: a key says who somebody is. */
async function resend(ask: Ask, { control }: House): Promise<Answer> {
  const { resend: words } = ask.language.words;
  const id = ask.param('id');
  const path = `/person/${encodeURIComponent(id)}`;
  const object = objectIn(ask.field('object'));
  if (object === null) return nobody(ask);
  const [objectKind, key] = object;
  const flow = ask.field('flow');
  if (!(await control.opens(`flow ${flow}`))) return nobody(ask);
  const trace = await control.trace({ kind: 'person', id }, ask.who);
  const own = trace.targets.find((one) => one.flow === flow)?.objects ?? [];
  const isOwn = own.some((one) => one.objectKind === objectKind && one.key === key);
  if (!isOwn || (trace.isProtected && !ask.may('protected'))) return nobody(ask);
  const reason = reasonOf(ask);
  if (reason === '') return see(`${path}?done=reason`);
  try {
    const done = await control.resend({ flow, objectKind, key, who: ask.who, reason });
    return done === 'unknown' ? nobody(ask) : see(`${path}?done=${done}`);
  } catch (failure) {
    if (!(failure instanceof Failure) || failure instanceof RightMissing) throw failure;
    const why = html`<p class="fault" role="alert">${words.refused} ${textOf(ask, failure.toProblem())}</p>`;
    return page(words.title, html`${why}<p><a href="${path}">${words.back}</a></p>`, 422);
  }
}
