import {
  failureOfStatus,
  type HttpAnswer,
  isObject,
  type Json,
  objectsIn,
} from '../../core/plugin.ts';
import { objectOf } from './answer.ts';

/** Not there, or not to be read one by one. */
export const UNSERVED: ReadonlySet<number> = new Set([404, 405, 410, 501]);
/** What it can do is no secret: whoever is let in is not kept out by this. */
const UNTOLD: ReadonlySet<number> = new Set([...UNSERVED, 400, 403]);
const CONFIG = 'GET /ServiceProviderConfig';

/** What the service says that it can do (RFC 7643, 5); nothing where it does not say. */
export interface Abilities {
  readonly patch: boolean;
  readonly filter: boolean;
  readonly etag: boolean;
}

/** By its answer about that, which may be a list of one; without an answer, the least. */
export function abilitiesIn(answer: HttpAnswer): Abilities {
  const { status } = answer;
  if (status !== 200 && !UNTOLD.has(status)) throw failureOfStatus(answer, CONFIG);
  const config = status === 200 ? objectOf(answer, CONFIG) : {};
  const [listed = config] = objectsIn(config['Resources']);
  const supports = (name: string) => isYes(listed[name]);
  return { patch: supports('patch'), filter: supports('filter'), etag: supports('etag') };
}

/** A yes, in the standard's form or in another usual one. */
function isYes(said: Json | undefined): boolean {
  const yes = isObject(said) ? said['supported'] : said;
  return yes === true || yes === 'true';
}

/** Which method changes what at each endpoint: what was seen counts more than what is said. */
export class Methods {
  /** Whether an endpoint takes PATCH, where that was seen. */
  readonly #patches = new Map<string, boolean>();

  at(endpoint: string, said: Abilities): Abilities {
    return { ...said, patch: this.#patches.get(endpoint) ?? said.patch };
  }

  /** PATCH is refused there: it is not asked for again. */
  withoutPatch(endpoint: string): void {
    this.#patches.set(endpoint, false);
  }

  /** Whether there may be another method than the one that an endpoint did not know. */
  hasOther(endpoint: string, wasPatch: boolean): boolean {
    if (wasPatch) return true;
    if (this.#patches.has(endpoint)) return false;
    this.#patches.set(endpoint, true);
    return true;
  }
}
