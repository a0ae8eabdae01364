import {
  type Context,
  type JsonObject,
  type JsonService,
  type Saying,
  TransientFailure,
  type Write,
  type Written,
} from '../../core/plugin.ts';
import type { Batches } from './batch.ts';
import { PAGES, textAt } from './odata.ts';

/** What all kinds of objects are told by. */
export interface World {
  readonly http: JsonService;
  readonly batches: Batches;
  readonly sleep: Context['sleep'];
  /** Base of the service, which references by address begin with. */
  readonly url: string;
  /** The account that owns every team; null for none. */
  readonly owner: string | null;
}

/** Objects, page by page: each with the service's `id`, and our key as `externalId`. */
export type Found = AsyncGenerator<readonly JsonObject[]>;

/** How objects of one kind are told, listed and looked up. */
export interface GraphKind {
  write(one: Write): Promise<Written>;
  list(signal: AbortSignal): Found;
  find(key: string, signal: AbortSignal): Found;
}

/** A group whose members are told. */
export interface GroupKind extends GraphKind {
  /** The service's id by our key; null where there is none. */
  idOf(key: string): Promise<string | null>;
}

/** What was made shows everywhere after a while only; what is missing may come by itself. */
export function notYet(what: Saying, hint: Saying): TransientFailure {
  return new TransientFailure('PREREQUISITE_MISSING', what, { hint, retryAfterMs: 10_000 });
}

/** Who is to be on a list was on it. */
export const THERE: Written = { status: 200 };

/** Puts a person on a list of a group; whoever stands there already is there as wanted. */
export async function addToList(
  { url, batches }: World,
  list: string,
  user: string,
): Promise<Written> {
  const body = { '@odata.id': `${url}/users/${user}` };
  const answer = await batches.send({ method: 'POST', path: `${list}/$ref`, body });
  const isThere = answer.status === 400 && /already exist/i.test(answer.detail);
  return isThere ? THERE : answer;
}

/** The ids on a list. */
export async function idsAt({ http }: World, path: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const page of http.pages(`${path}?$select=id`, PAGES)) {
    ids.push(...page.map((one) => textAt(one, 'id')));
  }
  return ids;
}

/** Our key, in two: of the group, and of the person. A key of a membership is made so. */
export function keyParts(key: string): readonly [string, string] {
  const at = key.lastIndexOf('|');
  return [key.slice(0, Math.max(0, at)), key.slice(at + 1)];
}
