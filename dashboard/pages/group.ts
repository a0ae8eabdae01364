import type { GroupName, MessageGroup } from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import type { House } from '../route.ts';

/** Where a group is; nothing in it says who is concerned. */
export function pathOf(group: GroupName, more: Readonly<Record<string, string>> = {}): string {
  const { target, type, state: name, code, objectKind } = group;
  const about = { target, type, state: name, code: code ?? '', kind: objectKind };
  return `/failed/group?${new URLSearchParams({ ...about, ...more })}`;
}

/** The group that a request names, as it is counted now; null where nothing is left of it. */
export async function groupOf(
  read: (name: string) => string,
  { control }: House,
): Promise<MessageGroup | null> {
  const found = (await control.failureGroups()).find(
    (one) =>
      one.target === read('target') &&
      one.type === read('type') &&
      one.state === read('state') &&
      (one.code ?? '') === read('code') &&
      one.objectKind === read('kind'),
  );
  return found ?? null;
}

/** The name of a group, in a form. */
export function groupFields({ target, type, state: name, code, objectKind }: GroupName): Html {
  const fields = { target, type, state: name, code: code ?? '', kind: objectKind };
  const inputs = Object.entries(fields).map(
    ([field, value]) => html`<input type="hidden" name="${field}" value="${value}">`,
  );
  return html`${inputs}`;
}

/** 0 for what is no whole number. */
export function wholeNumber(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}
