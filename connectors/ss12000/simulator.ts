import {
  type SimulatedAnswer,
  type SimulatedRequest,
  type Simulator,
  startSimulator,
} from 'skolnav/testing';
import type { JsonObject } from '../../core/plugin.ts';

const USUAL_LIMIT = 100;
const SELECTING = ['meta.modified.after', 'limit', 'pageToken'];

interface Kept {
  readonly entity: JsonObject;
  readonly modified: number;
}

/** A provider of SS 12000 2.1.0: lists with page tokens, changes, and ids of what was deleted. */
export class SimulatedProvider {
  readonly #lists = new Map<string, Map<string, Kept>>();
  readonly #deleted: { readonly list: string; readonly id: string; readonly at: number }[] = [];
  /** What a page token stands for; the standard leaves its form to the provider. */
  readonly #tokens = new Map<string, { readonly ids: readonly string[]; readonly at: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Puts an entity into a list such as `persons`, in place of the one with the same id. */
  put(list: string, id: string, entity: JsonObject): void {
    const modified = this.#now();
    const stamp = new Date(modified).toISOString();
    const whole = { id, meta: { created: stamp, modified: stamp }, ...entity };
    this.#listOf(list).set(id, { entity: whole, modified });
  }

  /** Removes an entity; `forgotten`: without a word in the list of what was deleted. */
  remove(list: string, id: string, forgotten = false): void {
    this.#listOf(list).delete(id);
    if (!forgotten) this.#deleted.push({ list, id, at: this.#now() });
  }

  answer({ method, url }: SimulatedRequest): SimulatedAnswer {
    const name = url.pathname.replace(/^\/v2\.0\//, '');
    if (method !== 'GET') return refusal(404, 'no such operation');
    if (name === 'deletedEntities') return this.#answerDeleted(url.searchParams);
    return this.#answerList(name, url.searchParams);
  }

  #listOf(name: string): Map<string, Kept> {
    const list = this.#lists.get(name) ?? new Map<string, Kept>();
    this.#lists.set(name, list);
    return list;
  }

  #answerList(name: string, query: URLSearchParams): SimulatedAnswer {
    const token = query.get('pageToken');
    const names = [...query.keys()];
    const isMixed = token !== null && names.some((one) => one !== 'pageToken' && one !== 'limit');
    if (isMixed || names.some((one) => !SELECTING.includes(one))) return refusal(400, 'bad filter');
    const page =
      token === null ? { ids: this.#idsOf(name, query), at: 0 } : this.#tokens.get(token);
    if (page === undefined) return refusal(400, 'unknown pageToken');
    const to = page.at + Number(query.get('limit') ?? USUAL_LIMIT);
    const list = this.#listOf(name);
    const data = page.ids.slice(page.at, to).flatMap((id) => list.get(id)?.entity ?? []);
    return { status: 200, body: { data, pageToken: this.#tokenFor(page.ids, to) } };
  }

  /** `after` is exclusive. */
  #idsOf(name: string, query: URLSearchParams): readonly string[] {
    const after = Date.parse(query.get('meta.modified.after') ?? '1970-01-01T00:00:00Z');
    const found = [...this.#listOf(name)].filter(([, { modified }]) => modified > after);
    return found.map(([id]) => id);
  }

  #tokenFor(ids: readonly string[], at: number): string | null {
    if (at >= ids.length) return null;
    const token = `page-${this.#tokens.size + 1}`;
    this.#tokens.set(token, { ids, at });
    return token;
  }

  #answerDeleted(query: URLSearchParams): SimulatedAnswer {
    const after = Date.parse(query.get('after') ?? '');
    if (Number.isNaN(after)) return refusal(400, 'after is no time');
    const data: Record<string, string[]> = {};
    for (const { list, id, at } of this.#deleted) {
      // The standard's own spelling.
      const name = list === 'activities' ? 'activitites' : list;
      if (at > after) data[name] = [...(data[name] ?? []), id];
    }
    return { status: 200, body: { data, pageToken: null } };
  }
}

function refusal(status: number, message: string): SimulatedAnswer {
  return { status, body: { code: String(status), message } };
}

/** A provider that has been started, and the service in front of it. */
export interface Ss12000Simulator extends Simulator {
  /** Base of the service. */
  readonly url: string;
  readonly provider: SimulatedProvider;
}

/** Starts a provider on a free loopback port. */
export async function startSs12000(now: () => number = Date.now): Promise<Ss12000Simulator> {
  const provider = new SimulatedProvider(now);
  const simulator = await startSimulator((request) => provider.answer(request));
  return { ...simulator, url: `${simulator.origin}/v2.0`, provider };
}
