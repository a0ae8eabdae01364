import { Failure, LEAST_PASSWORD } from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import { languages } from '../language.ts';
import { token, told, withCommands } from '../layout.ts';
import {
  type Answer,
  type Ask,
  type House,
  MISSING,
  ownPath,
  page,
  type Route,
  see,
} from '../route.ts';
import { meaningOf, usualRemedy } from './problem.ts';

/** Coming in and going out. */
export const SIGN_IN: readonly Route[] = [
  {
    method: 'get',
    path: '/sign-in',
    needs: 'anyone',
    answer: async (ask, house) =>
      ask.account === null ? signInPage(ask, house, '', null, 200) : see('/'),
  },
  { method: 'post', path: '/sign-in', needs: 'anyone', answer: signIn },
  { method: 'get', path: '/sign-in/provider', needs: 'anyone', answer: toProvider },
  { method: 'get', path: '/sign-in/answer', needs: 'anyone', answer: fromProvider },
  { method: 'get', path: '/welcome/:secret', needs: 'anyone', answer: welcome },
  { method: 'post', path: '/welcome/:secret', needs: 'anyone', answer: setPassword },
  {
    method: 'post',
    path: '/sign-out',
    needs: 'anyone',
    answer: async (ask, { control }) => {
      if (ask.session !== '') await control.access.signOut(ask.session);
      const path = control.access.waysIn.provider ? '/sign-in?done=out' : '/sign-in';
      const cookies = [{ name: 'session', value: '' }, NO_WAY_BACK] as const;
      return { kind: 'see', path, cookies };
    },
  },
  { method: 'get', path: '/sign-out/provider', needs: 'anyone', answer: endAtProvider },
  {
    method: 'post',
    path: '/language',
    needs: 'anyone',
    answer: async (ask) => {
      const chosen = languages().find(({ code }) => code === ask.field('language'));
      const value = chosen?.code ?? ask.language.words.code;
      const cookies = [{ name: 'language', value }] as const;
      return { kind: 'see', path: ownPath(ask.field('back')), cookies };
    },
  },
];

const NO_WAY_BACK = { name: 'back', value: '' } as const;

/** Into a session, to the page that was asked for before it. */
function signedIn({ back }: Ask, session: string): Answer {
  const cookies = [{ name: 'session', value: session }, NO_WAY_BACK] as const;
  return { kind: 'see', path: back, cookies };
}

async function signIn(ask: Ask, house: House): Promise<Answer> {
  const { control, tries } = house;
  const { signIn: words } = ask.language.words;
  const [name, password] = [ask.field('name').slice(0, 100), ask.field('password')];
  if (tries.areTooMany(ask.address, name)) return signInPage(ask, house, name, words.tooOften, 429);
  tries.note(ask.address, name);
  const session = await control.access.signIn(name, password);
  if (session === null) return signInPage(ask, house, name, words.wrong, 403);
  tries.forgive(ask.address, name);
  return signedIn(ask, session);
}

/** What the provider may say, and no other: it comes from a browser. */
const ANSWERS = ['code', 'state', 'iss', 'error'] as const;

/** A link leads here, no form: the policy of the pages lets forms lead nowhere else. */
async function toProvider(ask: Ask, house: House): Promise<Answer> {
  const { tries, control } = house;
  const { tooOften } = ask.language.words.signIn;
  if (tries.areTooMany(ask.address, ask.session)) return signInPage(ask, house, '', tooOften, 429);
  tries.note(ask.address, ask.session);
  return orWhyNot(async () => {
    const path = await control.access.beginAtProvider(ask.session);
    return path === null ? MISSING : see(path);
  });
}

/** A new session under a new id, as with a password. */
async function fromProvider(ask: Ask, { control, tries }: House): Promise<Answer> {
  const told = ANSWERS.map((name) => [name, ask.query(name)] as const);
  const answer = new URLSearchParams(
    told.filter(([, value]) => value !== '').map((one) => [...one]),
  );
  return orWhyNot(async () => {
    const value = await control.access.signInFromProvider(ask.session, answer);
    tries.forgive(ask.address, ask.session);
    return signedIn(ask, value);
  });
}

async function endAtProvider(_ask: Ask, { control }: House): Promise<Answer> {
  return orWhyNot(async () => see((await control.access.endAtProvider()) ?? '/sign-in'));
}

/** The browser is led on: what stands in the address of an answer may be about somebody. */
async function orWhyNot(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    return see(`/sign-in?why=${failure.code}`);
  }
}

function signInPage(
  ask: Ask,
  { control }: House,
  name: string,
  fault: string | null,
  status: number,
): Answer {
  const { signIn: words } = ask.language.words;
  const { passwords, provider } = control.access.waysIn;
  const isOut = ask.query('done') === 'out' && provider;
  const why = WHY.find((code) => code === ask.query('why'));
  const body = html`${isOut ? signedOut(ask) : null}${alert(fault)}
${why === undefined ? null : whyNotSignedIn(ask, why)}
${provider ? html`<p><a class="button" href="/sign-in/provider">${words.provider}</a></p>` : null}
${passwords ? passwordForm(ask, name) : null}`;
  return page(words.title, body, status);
}

/** What keeps somebody out who comes from the provider. */
const WHY = [
  'SIGN_IN_REFUSED',
  'SIGN_IN_NO_RIGHTS',
  'SIGN_IN_NAME',
  'PROVIDER_UNUSABLE',
  'SECRET_MISSING',
] as const;

function whyNotSignedIn(ask: Ask, code: (typeof WHY)[number]): Html {
  const { signIn: words, message } = ask.language.words;
  return html`<div role="alert"><p class="what">${words.notThere}: ${meaningOf(ask, code)}</p>
<p><strong>${message.remedy}:</strong> ${usualRemedy(ask, code, 'source')}</p>
<p class="note">${code}</p></div>`;
}

function signedOut(ask: Ask): Html {
  const { signIn: words } = ask.language.words;
  return html`${told(words.signedOut)}
<p><a href="/sign-out/provider">${words.endAtProvider}</a></p>`;
}

function passwordForm(ask: Ask, name: string): Html {
  const { signIn: words } = ask.language.words;
  return html`<form method="post" action="/sign-in" class="stack">${token(ask)}
<label>${words.name}<input name="name" value="${name}" autocomplete="username" required maxlength="100"></label>
<label>${words.password}<input name="password" type="password" autocomplete="current-password" required></label>
<button>${words.submit}</button></form>
<p class="note">${withCommands(words.noAccount)}</p>`;
}

async function welcome(ask: Ask, { control }: House): Promise<Answer> {
  const account = await control.access.invited(ask.param('secret'));
  return account === null ? overPage(ask) : welcomePage(ask, account.name, null, 200);
}

/** A new session under a new id: the one before it may be known to somebody else. */
async function setPassword(ask: Ask, { control }: House): Promise<Answer> {
  const { welcome: words } = ask.language.words;
  const account = await control.access.invited(ask.param('secret'));
  if (account === null) return overPage(ask);
  const password = ask.field('password');
  if (password.length < LEAST_PASSWORD) {
    return welcomePage(ask, account.name, words.short(LEAST_PASSWORD), 400);
  }
  const accepted = await control.access.accept(ask.param('secret'), password);
  if (accepted === null) return overPage(ask);
  const value = (await control.access.signIn(accepted.name, password)) ?? '';
  return signedIn(ask, value);
}

function overPage(ask: Ask): Answer {
  const { welcome: words } = ask.language.words;
  return page(words.title, html`<p>${withCommands(words.over)}</p>`, 410);
}

function welcomePage(ask: Ask, name: string, fault: string | null, status: number): Answer {
  const { welcome: words, signIn: signInWords } = ask.language.words;
  const body = html`<p>${words.lead(name)}</p>${alert(fault)}
<form method="post" class="stack">${token(ask)}
<input type="hidden" name="username" value="${name}" autocomplete="username">
<label>${signInWords.password}<input name="password" type="password" autocomplete="new-password" required minlength="${LEAST_PASSWORD}" maxlength="200"></label>
<p class="note">${words.rule(LEAST_PASSWORD)}</p>
<button>${words.submit}</button></form>`;
  return page(words.title, body, status);
}

function alert(fault: string | null): Html | null {
  return fault === null ? null : html`<p role="alert" class="fault">${fault}</p>`;
}
