import { LEAST_PASSWORD } from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import { languages } from '../language.ts';
import { token, withCommands } from '../layout.ts';
import { type Answer, type Ask, type House, page, type Route, see } from '../route.ts';

/** Coming in and going out. */
export const SIGN_IN: readonly Route[] = [
  {
    method: 'get',
    path: '/sign-in',
    needs: 'anyone',
    answer: async (ask) => (ask.account === null ? signInPage(ask, '', null, 200) : see('/')),
  },
  { method: 'post', path: '/sign-in', needs: 'anyone', answer: signIn },
  { method: 'get', path: '/welcome/:secret', needs: 'anyone', answer: welcome },
  { method: 'post', path: '/welcome/:secret', needs: 'anyone', answer: setPassword },
  {
    method: 'post',
    path: '/sign-out',
    needs: 'anyone',
    answer: async (ask, { control }) => {
      if (ask.session !== '') await control.access.signOut(ask.session);
      return { kind: 'see', path: '/sign-in', cookie: { name: 'session', value: '' } };
    },
  },
  {
    method: 'post',
    path: '/language',
    needs: 'anyone',
    answer: async (ask) => {
      const chosen = languages().find(({ code }) => code === ask.field('language'));
      const value = chosen?.code ?? ask.language.words.code;
      return { kind: 'see', path: ownPath(ask.field('back')), cookie: { name: 'language', value } };
    },
  },
];

/** A path of ours, whatever a form says: nobody is sent elsewhere. */
function ownPath(path: string): string {
  return /^\/(?:[\w-]+(?:\/[\w-]+)*)?(?:\?[\w=&%.:+*-]*)?$/.test(path) ? path : '/';
}

async function signIn(ask: Ask, { control, tries }: House): Promise<Answer> {
  const { signIn: words } = ask.language.words;
  const [name, password] = [ask.field('name').slice(0, 100), ask.field('password')];
  if (tries.areTooMany(ask.address, name)) return signInPage(ask, name, words.tooOften, 429);
  tries.note(ask.address, name);
  const session = await control.access.signIn(name, password);
  if (session === null) return signInPage(ask, name, words.wrong, 403);
  tries.forgive(ask.address, name);
  return { kind: 'see', path: '/', cookie: { name: 'session', value: session } };
}

function signInPage(ask: Ask, name: string, fault: string | null, status: number): Answer {
  const { signIn: words } = ask.language.words;
  const body = html`${alert(fault)}
<form method="post" action="/sign-in" class="stack">${token(ask)}
<label>${words.name}<input name="name" value="${name}" autocomplete="username" required maxlength="100"></label>
<label>${words.password}<input name="password" type="password" autocomplete="current-password" required></label>
<button>${words.submit}</button></form>
<p class="note">${withCommands(words.noAccount)}</p>`;
  return page(words.title, body, status);
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
  return { kind: 'see', path: '/', cookie: { name: 'session', value } };
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
