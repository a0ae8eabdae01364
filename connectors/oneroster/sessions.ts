import {
  daysAfter,
  isDate,
  isObject,
  type Json,
  type JsonObject,
  objectsIn,
} from '../../core/plugin.ts';

/** The first and the last day of a session (`YYYY-MM-DD`), both inclusive. */
export interface Session {
  readonly startDate: string;
  readonly endDate: string;
  /** The year in which its school year ends; empty where it is not said. */
  readonly schoolYear: string;
}

/** Academic sessions, by which classes and roles have their days. */
export class Sessions {
  readonly #byId = new Map<string, Session>();
  readonly #today: string;
  #year: Session | null = null;

  constructor(now: number) {
    this.#today = new Date(now).toISOString().slice(0, 10);
  }

  add(told: JsonObject): void {
    const { sourcedId, type, startDate, endDate, schoolYear = '' } = withLastDay(told);
    if (typeof startDate !== 'string' || typeof endDate !== 'string') return;
    const session = { startDate, endDate, schoolYear: String(schoolYear) };
    this.#byId.set(String(sourcedId), session);
    const hasBegun = type === 'schoolYear' && startDate <= this.#today;
    if (hasBegun && startDate >= (this.#year?.startDate ?? '')) this.#year = session;
  }

  /** A class lasts from its first session to its last. */
  ofClass(value: JsonObject): JsonObject {
    const found = objectsIn(value['terms']).flatMap(
      ({ sourcedId }) => this.#byId.get(String(sourcedId)) ?? [],
    );
    const [first] = found.sort((a, b) => (a.startDate < b.startDate ? -1 : 1));
    if (first === undefined) return value;
    const ends = found.map(({ endDate }) => endDate).sort();
    return { ...value, ...first, endDate: ends.at(-1) ?? first.endDate };
  }

  /**
   * A user with roles at organisations, as 1.2 has them: 1.1 has one role, and the organisations
   * beside it. A role without days is one of the school year of now; between two years, of the one
   * that began last.
   */
  ofUser(value: JsonObject): JsonObject {
    const { role = null, orgs, roles } = value;
    const old = objectsIn(orgs).map((org) => ({ role, org }));
    const told = Array.isArray(roles) ? objectsIn(roles) : old;
    const since = this.#year === null ? {} : { beginDate: this.#year.startDate };
    return {
      ...value,
      roles: told.map((one) => ({ ...since, ...withLastDay(withoutNulls(one)) })),
    };
  }
}

/**
 * Its last day in place of the day after: of sessions, enrolments and roles the standard excludes
 * `endDate`. What is no date stays as it is told, for the mapping to say so.
 */
export function withLastDay(value: JsonObject): JsonObject {
  // There are providers that write a moment for a day.
  const [after = ''] = String(value['endDate'] ?? '').split('T');
  return isDate(after) ? { ...value, endDate: daysAfter(after, -1) } : value;
}

/** Providers write null for what they do not know. */
export function withoutNulls(value: JsonObject): JsonObject {
  const known = Object.entries(value).filter(([, one]) => one !== null && !isNowhere(one));
  return Object.fromEntries(known);
}

/** A reference that leads nowhere. */
function isNowhere(value: Json): boolean {
  return isObject(value) && 'sourcedId' in value && !value['sourcedId'];
}
