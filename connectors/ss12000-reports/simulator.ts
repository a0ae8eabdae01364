import type { Json, JsonObject } from 'skolnav/plugin';
import {
  type SimulatedAnswer,
  type SimulatedRequest,
  type Simulator,
  startSimulator,
} from 'skolnav/testing';

/** A schedule system in which teachers report attendance, as far as SS 12000 lets others see it. */
export interface ReportingSystem extends Simulator {
  readonly url: string;
  /** What it has, and what others have told it of. */
  readonly reports: Reports;
  /** Absences that have not been taken back, as the sink tells of them. */
  held(kind: string): readonly JsonObject[];
}

interface Entry {
  readonly entity: JsonObject;
  readonly changedAt: number;
}

/** What an absence needs; the standard's `meta` is the provider's own to make. */
const NEEDED = ['id', 'startTime', 'endTime', 'type', 'student'];
const TYPES: ReadonlySet<unknown> = new Set(['Beviljad ledighet', 'Anmäld frånvaro']);
const MOST = 1000;

/** Starts it on a free loopback port. */
export async function startReports(now: () => number = Date.now): Promise<ReportingSystem> {
  const reports = new Reports(now);
  const simulator = await startSimulator((request) => reports.answer(request));
  const held = () => reports.absences();
  return { ...simulator, url: `${simulator.origin}/v2.0`, reports, held };
}

/** The lists of a provider, with when each entity changed or went. */
export class Reports {
  readonly #now: () => number;
  readonly #lists = new Map<string, Map<string, Entry>>();
  readonly #gone: { readonly list: string; readonly id: string; readonly at: number }[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Puts an entity into a list such as `attendances`, in place of the one with the same id. */
  put(list: string, entity: JsonObject): void {
    const id = String(entity['id']);
    this.of(list).set(id, { entity, changedAt: this.#now() });
  }

  remove(list: string, id: string): void {
    this.of(list).delete(id);
    this.#gone.push({ list, id, at: this.#now() });
  }

  of(list: string): Map<string, Entry> {
    const known = this.#lists.get(list) ?? new Map<string, Entry>();
    this.#lists.set(list, known);
    return known;
  }

  absences(): readonly JsonObject[] {
    const all = [...this.of('absences').values()].map(({ entity }) => entity);
    const lasting = all.filter(({ startTime, endTime }) => startTime !== endTime);
    return lasting.map((one) => ({ ...one, student: Object(one['student']).id }));
  }

  /** Everything that it holds, as text; `restore` takes it up again. */
  dump(): string {
    return JSON.stringify([...this.#lists].map(([list, all]) => [list, [...all]]));
  }

  restore(state: string): void {
    for (const [list, all] of JSON.parse(state)) this.#lists.set(list, new Map(all));
  }

  answer({ method, url, body }: SimulatedRequest): SimulatedAnswer {
    const [, , list = '', id] = url.pathname.split('/');
    if (list === 'deletedEntities') return this.#deletions(url);
    if (method === 'POST') return list === 'absences' ? this.#take(body) : { status: 404 };
    if (id !== undefined) {
      const found = this.of(list).get(decodeURIComponent(id));
      return found === undefined ? { status: 404 } : { status: 200, body: found.entity };
    }
    const isAsked =
      url.searchParams.has('startTime.onOrAfter') || url.searchParams.has('pageToken');
    if (list === 'calendarEvents' && !isAsked) return refused('startTime.onOrAfter is required');
    return this.#page(list, url);
  }

  #page(list: string, { searchParams }: URL): SimulatedAnswer {
    const token = JSON.parse(searchParams.get('pageToken') ?? '{}');
    const asked: Readonly<Record<string, string>> = token.asked ?? Object.fromEntries(searchParams);
    const at = (name: string, otherwise: number) =>
      asked[name] === undefined ? otherwise : Date.parse(asked[name]);
    const isAsked = ({ entity, changedAt }: Entry) => {
      if (changedAt <= at('meta.modified.after', 0)) return false;
      if (changedAt >= at('meta.modified.before', Number.MAX_VALUE)) return false;
      const begins = Date.parse(String(entity['startTime']));
      if (Number.isNaN(begins)) return true;
      const [first, last] = [at('startTime.onOrAfter', 0), at('startTime.onOrBefore', 9e15)];
      return first <= begins && begins <= last;
    };
    const from = Number(token.from ?? 0);
    const limit = Math.min(MOST, Number(searchParams.get('limit') ?? MOST));
    const all = [...this.of(list).values()].filter(isAsked);
    const data = all.slice(from, from + limit).map(({ entity }) => entity);
    const isLast = from + limit >= all.length;
    const pageToken = isLast ? null : JSON.stringify({ from: from + limit, asked });
    return { status: 200, body: { data, pageToken } };
  }

  #take(body: Json): SimulatedAnswer {
    const absence: JsonObject = Object(body);
    const isWhole = NEEDED.every((name) => absence[name] !== undefined);
    const isMeant = typeof Object(absence['student']).id === 'string' && TYPES.has(absence['type']);
    if (!isWhole || !isMeant) return refused(`not valid: ${Object.values(absence)}`);
    this.put('absences', absence);
    return { status: 200, body: absence };
  }

  #deletions({ searchParams }: URL): SimulatedAnswer {
    const since = Date.parse(searchParams.get('after') ?? '');
    const data: Record<string, string[]> = {};
    for (const { list, id, at } of this.#gone) {
      if (at > since) data[list] = [...(data[list] ?? []), id];
    }
    return { status: 200, body: { data, pageToken: null } };
  }
}

function refused(detail: string): SimulatedAnswer {
  return { status: 400, body: { code: '400', message: detail } };
}
