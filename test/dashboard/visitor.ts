import { type Grant, RIGHTS } from '../../core/control/control-bus.ts';
import type { Hub } from '../../core/hub.ts';
import { silentLog } from '../../core/log/log.ts';
import { type Dashboard, openDashboard } from '../../dashboard/server.ts';

export const PASSWORD = 'a long sentence of the test';

/** A browser without a screen: it keeps cookies, and sends the forms that pages show. */
export class Visitor {
  readonly #url: string;
  readonly #cookies = new Map<string, string>();

  constructor(url: string) {
    this.#url = url;
  }

  get cookies(): ReadonlyMap<string, string> {
    return this.#cookies;
  }

  /** A copy of its cookies, in other hands. */
  twin(): Visitor {
    const twin = new Visitor(this.#url);
    for (const [name, value] of this.#cookies) twin.#cookies.set(name, value);
    return twin;
  }

  async ask(path: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { 'accept-language': 'en', ...init.headers, cookie };
    const answer = await fetch(this.#url + path, { redirect: 'manual', ...init, headers });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]?.split('=') ?? [];
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return answer;
  }

  async read(path: string): Promise<string> {
    const answer = await this.ask(path);
    return answer.text();
  }

  /** Sends a form with the token of a page that any visitor may see. */
  async send(path: string, fields: readonly (readonly [string, string])[]): Promise<Response> {
    return this.post(path, [['csrf', await this.#token()], ...fields]);
  }

  /** The same of a form with a file, whose text is the field `upload`. */
  async sendForm(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const body = new FormData();
    body.append('csrf', await this.#token());
    for (const [name, value] of Object.entries(fields)) {
      if (name === 'upload') body.append(name, new Blob([value]), 'mapping.yaml');
      else body.append(name, value);
    }
    return this.ask(path, { method: 'POST', body, headers });
  }

  async #token(): Promise<string> {
    return /name="csrf" value="([^"]+)"/.exec(await this.read('/nowhere'))?.[1] ?? '';
  }

  post(path: string, fields: readonly (readonly [string, string])[]): Promise<Response> {
    const body = new URLSearchParams(fields.map(([name, value]) => [name, value]));
    return this.ask(path, { method: 'POST', body });
  }

  signIn(name: string, password = PASSWORD): Promise<Response> {
    return this.send('/sign-in', [
      ['name', name],
      ['password', password],
    ]);
  }
}

/** The rows of a page's tables, a line each, their cells as text with ` | ` between. */
export function rowsOf(page: string): string {
  const rows = page.match(/<tr role="row">.*?<\/tr>/gs) ?? [];
  return rows
    .map((row) => row.split('</td>').map((cell) => cell.replace(/<[^>]*>/g, '').trim()))
    .map((cells) => cells.slice(0, -1).join(' | '))
    .join('\n');
}

export function openFor(hub: Hub, now?: () => number): Promise<Dashboard> {
  const { control } = hub;
  const at = { host: '127.0.0.1', port: 0, tls: false, timeZone: 'Europe/Stockholm' };
  return openDashboard({ ...at, control, log: silentLog, ...(now === undefined ? {} : { now }) });
}

/** Somebody with an account of these rights, signed in. */
export async function somebody(
  { control: { access } }: Hub,
  url: string,
  name: string,
  rights: readonly Grant[] = RIGHTS,
): Promise<Visitor> {
  const invitation = await access.invite({ name, rights }, 'test');
  await access.accept(invitation, PASSWORD);
  const visitor = new Visitor(url);
  await visitor.signIn(name);
  return visitor;
}
