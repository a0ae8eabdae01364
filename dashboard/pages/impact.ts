import type { MessageGroup } from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import { count, table } from '../layout.ts';
import type { Ask, House } from '../route.ts';

/** Whom a group of failures concerns, school unit by school unit, and what it means there. */
export async function impact(ask: Ask, group: MessageGroup, { control }: House): Promise<Html> {
  const { failed: words, holds } = ask.language.words;
  const { units, looked } = await control.impactOf(group);
  const rows = units.map(({ name, consequence, count: found }) => [
    name || words.noUnit,
    words.consequences[consequence],
    count(ask, found),
  ]);
  const rest = looked < group.count ? html`<p class="note">${words.lookedAt(looked)}</p>` : null;
  const head = [holds.unit, words.consequence, words.count];
  return html`<h2>${words.impact}</h2>${rest}${table(words.impact, head, rows)}`;
}
