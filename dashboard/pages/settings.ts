import {
  type Access,
  FLOW_RIGHTS,
  type Grant,
  grantsIn,
  isAccountName,
  type KnownAccount,
  partsOf,
  type SessionState,
} from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import { count, definitions, table, token, told } from '../layout.ts';
import { type Answer, type Ask, type House, page, type Route, see } from '../route.ts';

/** One's own account; for those who look after them, all accounts. */
export const SETTINGS: readonly Route[] = [
  { method: 'get', path: '/settings', needs: 'account', answer: settingsPage },
  { method: 'post', path: '/settings/sign-out-others', needs: 'account', answer: endOthers },
  { method: 'post', path: '/settings/invite', needs: 'administer', answer: invite },
  { method: 'post', path: '/settings/rights', needs: 'administer', answer: setRights },
  { method: 'post', path: '/settings/sign-out', needs: 'administer', answer: endSessions },
  { method: 'post', path: '/settings/remove', needs: 'administer', answer: remove },
];

const DONE = ['saved', 'ended', 'removed', 'unknown', 'sure'] as const;

async function settingsPage(ask: Ask, { control }: House): Promise<Answer> {
  const { settings: words } = ask.language.words;
  const done = DONE.find((one) => one === ask.query('done'));
  const { access } = control;
  const sessions = await access.sessions();
  const all = ask.may('administer')
    ? html`${accountList(ask, await access.accounts(), sessions, access)}${access.waysIn.passwords ? inviteForm(ask, access) : null}`
    : null;
  const body = html`${done === undefined ? null : told(words.done[done])}${own(ask, sessions)}${all}`;
  return page(words.title, body);
}

function own(ask: Ask, sessions: readonly SessionState[]): Html {
  const { settings: words } = ask.language.words;
  const rights = ask.account?.rights ?? [];
  const facts = [
    [words.name, ask.who],
    [words.rights, rightNames(ask, rights)],
  ] as const;
  return html`<h2>${words.own}</h2>${definitions(facts)}
${sessionTable(
  ask,
  sessions.filter(({ account }) => account === ask.who),
)}
<form method="post" action="/settings/sign-out-others" class="stack">${token(ask)}
<button class="second">${words.endOthers}</button></form>
<p class="note">${words.languageNote}</p>
<p><a href="/shortcuts">${ask.language.words.shortcuts.title}</a></p>`;
}

/** Rights in words; of one flow, with its name. */
export function rightNames({ language }: Ask, rights: readonly Grant[]): string {
  const names = rights.map((grant) => {
    const { right, flow } = partsOf(grant);
    return `${language.words.rights[right]}${flow === null ? '' : ` (${flow})`}`;
  });
  return names.join(', ');
}

function sessionTable({ language }: Ask, sessions: readonly SessionState[]): Html {
  const { settings: words } = language.words;
  const rows = sessions.map(({ begunAt, seenAt }) => [
    language.time(begunAt),
    language.time(seenAt),
  ]);
  return table(words.sessions, [words.begun, words.seen], rows);
}

function accountList(
  ask: Ask,
  accounts: readonly KnownAccount[],
  sessions: readonly SessionState[],
  access: Access,
): Html {
  const { settings: words } = ask.language.words;
  const cards = accounts.map((account) => {
    const own = sessions.filter((one) => one.account === account.name);
    return html`<section class="card" aria-label="${account.name}"><h3>${account.name}</h3>
${definitions([
  [words.rights, rightNames(ask, account.rights)],
  [words.sessions, count(ask, own.length)],
])}${account.name === ask.who ? html`<p class="note">${words.yourself}</p>` : accountForms(ask, account, access)}</section>`;
  });
  return html`<h2>${words.accounts}</h2>${cards}`;
}

function accountForms(ask: Ask, { name, rights, signsIn }: KnownAccount, access: Access): Html {
  const { settings: words } = ask.language.words;
  const named = html`${token(ask)}<input type="hidden" name="name" value="${name}">`;
  const rightsForm = html`<details><summary>${words.rights}</summary>
<form method="post" action="/settings/rights" class="stack">${named}${rightBoxes(ask, rights, access)}<button>${words.save}</button></form></details>`;
  return html`${signsIn === 'here' ? rightsForm : html`<p class="note">${words.byGroups}</p>`}
<form method="post" action="/settings/sign-out" class="stack">${named}<button class="second" aria-label="${words.end}: ${name}">${words.end}</button></form>
<details><summary>${words.remove}</summary><form method="post" action="/settings/remove" class="stack">${named}
<label class="check"><input type="checkbox" name="sure" value="yes" required> ${words.sure(name)}</label>
<button class="second">${words.remove}</button></form></details>`;
}

/** Three rights for all flows or for some, two for all alone. */
function rightBoxes(ask: Ask, had: readonly Grant[], { flows }: Access): Html {
  const { words } = ask.language;
  const { settings: own } = words;
  const box = (grant: string, label: string) => {
    const checked = had.some((one) => one === grant) ? html` checked` : null;
    return html`<input type="checkbox" name="right" value="${grant}"${checked} aria-label="${label}">`;
  };
  const rowOf = (flow: string | null) => [
    flow ?? own.allFlows,
    ...FLOW_RIGHTS.map((right) => {
      const label = `${words.rights[right]}: ${flow ?? own.allFlows}`;
      return box(flow === null ? right : `${right}:${flow}`, label);
    }),
  ];
  const head = [words.flows.flow, ...FLOW_RIGHTS.map((right) => words.rights[right])];
  const others = (['protected', 'administer'] as const).map((right) => {
    return html`<label class="check">${box(right, words.rights[right])} ${words.rights[right]}</label>`;
  });
  const isNarrow = had.some((grant) => partsOf(grant).flow !== null);
  const some = html`<details${isNarrow ? html` open` : null}><summary>${own.someFlows}</summary>
${table(own.someFlows, head, flows.map(rowOf))}</details>`;
  return html`<fieldset><legend>${own.rights}</legend>
${table(own.rights, head, [rowOf(null)])}${others}${flows.length === 0 ? null : some}</fieldset>`;
}

function inviteForm(ask: Ask, access: Access): Html {
  const { settings: words } = ask.language.words;
  return html`<h2>${words.invite}</h2><p class="note">${words.inviteNote}</p>
<form method="post" action="/settings/invite" class="stack">${token(ask)}
<label>${words.name}<input name="name" required maxlength="100" pattern="[A-Za-z0-9_.@\\-]+" autocomplete="off"></label>
${rightBoxes(ask, ['list', 'contents', 'act'], access)}<button>${words.inviteButton}</button></form>`;
}

/** Nobody changes their own rights: so there is always one left who looks after accounts. */
function otherNamed({ field, who }: Ask): string | null {
  const name = field('name');
  return name === who || !isAccountName(name) ? null : name;
}

/** None where one of them is none: what was sent is no form of ours. */
function rightsOf({ fields }: Ask, { flows }: Access): readonly Grant[] {
  return grantsIn(fields('right'), flows) ?? [];
}

/** The link is in the answer to the form alone: it is kept nowhere. */
async function invite(ask: Ask, { control }: House): Promise<Answer> {
  const { settings: words } = ask.language.words;
  const name = otherNamed(ask);
  if (name === null) return see('/settings?done=unknown');
  const secret = await control.access.invite(
    { name, rights: rightsOf(ask, control.access) },
    ask.who,
  );
  const body = html`<p role="status">${words.link(name)}</p><p><code>/welcome/${secret}</code></p>
<p><a href="/settings">${words.title}</a></p>`;
  return page(words.invite, body);
}

async function setRights(ask: Ask, { control }: House): Promise<Answer> {
  const name = otherNamed(ask);
  const account = { name: name ?? '', rights: rightsOf(ask, control.access) };
  const isDone = name !== null && (await control.access.setRights(account, ask.who));
  return see(`/settings?done=${isDone ? 'saved' : 'unknown'}`);
}

async function endSessions(ask: Ask, { control }: House): Promise<Answer> {
  const name = otherNamed(ask);
  if (name === null) return see('/settings?done=unknown');
  await control.access.endSessions(name, ask.who, null);
  return see('/settings?done=ended');
}

async function endOthers(ask: Ask, { control }: House): Promise<Answer> {
  await control.access.endSessions(ask.who, ask.who, ask.session);
  return see('/settings?done=ended');
}

async function remove(ask: Ask, { control }: House): Promise<Answer> {
  const name = otherNamed(ask);
  if (ask.field('sure') !== 'yes') return see('/settings?done=sure');
  const isDone = name !== null && (await control.access.remove(name, ask.who));
  return see(`/settings?done=${isDone ? 'removed' : 'unknown'}`);
}
