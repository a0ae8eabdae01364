import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What vendors that fetch have got: the library by OneRoster, the timetable by SS 12000. */
export interface Fetched {
  readonly users: number;
  readonly persons: number;
}

interface Page {
  readonly data: readonly unknown[];
  readonly pageToken?: string | null;
}

/** Fetches as the two vendors of the demonstration do, from where the hub serves its clients. */
export async function fetchServed(folder: string, served: string): Promise<Fetched> {
  const secret = (await readFile(join(folder, 'simulators', 'client.secret'), 'utf8')).trim();
  const library = await login(served, 'library', secret);
  const users = await library('ims/oneroster/rostering/v1p2/users?limit=1');
  const timetable = await login(served, 'timetable', secret);
  let persons = 0;
  for (let query: string | null = 'limit=1000'; query !== null; ) {
    const page: Page = Object(await (await timetable(`v2.0/persons?${query}`)).json());
    persons += page.data.length;
    const { pageToken = null } = page;
    query = pageToken === null ? null : `${new URLSearchParams({ pageToken })}`;
  }
  return { users: Number(users.headers.get('x-total-count')), persons };
}

/** Asks for what is below a module's address, with a token of its own. */
async function login(served: string, module: string, secret: string) {
  const form = { grant_type: 'client_credentials', client_id: module, client_secret: secret };
  const body = new URLSearchParams(form);
  const answer = await fetch(`${served}/${module}/token`, { method: 'POST', body });
  const { access_token: token } = Object(await answer.json());
  const headers = { authorization: `Bearer ${token}` };
  return (path: string) => fetch(`${served}/${module}/${path}`, { headers });
}
