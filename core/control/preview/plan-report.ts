import type { Target } from '../../flow/target.ts';
import { digest, isList, isObject, sameJson } from '../../message/digest.ts';
import type { EntityRef, Json, JsonObject, Problem } from '../../message/message.ts';
import { type Change, type Entry, isChange } from '../../plan/compare.ts';
import { type PlanTotals, Tally } from '../../plan/count/totals.ts';
import type { PlanBatch } from '../../plan/plan-batch.ts';
import type { Stop } from './stops.ts';

/** What one flow's plan would change. */
export interface PlanReport {
  readonly flow: string;
  readonly target: string;
  /** What would keep a run from telling the target at all, now; empty if nothing does. */
  readonly stops: readonly Stop[];
  readonly counts: { readonly create: number; readonly update: number; readonly delete: number };
  /** What protection takes goes before all this, outside the guards. */
  readonly first: { readonly update: number; readonly delete: number };
  /** Of the deletions, those of which this is the first step: shut now, deleted after a grace. */
  readonly suspended: number;
  readonly parked: number;
  /** Why objects cannot be made now: one for each rule and reason, the most first. */
  readonly reasons: readonly ParkedReason[];
  /** Entities that were looked at; none where no source has been read yet. */
  readonly considered: number;
  /** Entity kinds that the flow selects and the target has no mapping for. */
  readonly notTaken: readonly string[];
  /** Object kinds of which the target holds nothing and gets nothing, and why. */
  readonly empty: readonly EmptyKind[];
  readonly kinds: PlanTotals['kinds'];
  readonly digest: string;
  /** Why it would wait for a person, wholly or for some school units; empty if it may go. */
  readonly held: readonly Problem[];
  /** How many updates change each field, the most first. */
  readonly fields: readonly FieldCount[];
  /** The first changes, field by field. */
  readonly changes: readonly ReportedChange[];
  /** Changes that are not shown. */
  readonly unshown: number;
}

/** What keeps objects of one kind from being made, with the first entity that it concerns. */
export interface ParkedReason {
  readonly objectKind: string;
  readonly problem: Problem;
  readonly count: number;
  readonly example: EntityRef;
}

export interface EmptyKind {
  readonly objectKind: string;
  /** Kinds that its objects need and the target will not hold: of each, how many objects. */
  readonly unreferred: Readonly<Record<string, number>>;
}

export interface FieldCount {
  readonly objectKind: string;
  readonly field: string;
  readonly count: number;
}

export interface ReportedChange {
  readonly action: Change['action'];
  readonly objectKind: string;
  /** A UUID as it is; any other key as a digest unless revealed. */
  readonly key: string;
  /** What the object is made from, and so whom it concerns. */
  readonly origin: EntityRef;
  readonly fields: readonly ReportedField[];
}

/** A field before and after; null where the object has it not. */
export interface ReportedField {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

const UUIDS_ONLY = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}([|:/][0-9a-f-]{36})*$/;

/** Adds a plan's batches up to a report that shows no personal values unless told to. */
export class PlanReporter {
  readonly #tally = new Tally();
  readonly #changes: ReportedChange[] = [];
  readonly #fields = new Map<string, Map<string, number>>();
  readonly #reasons = new Map<string, ParkedReason>();
  readonly #unreferred = new Map<string, Record<string, number>>();
  #considered = 0;
  #suspended = 0;
  readonly #most: number;
  readonly #show: (value: Json) => string;
  readonly #showKey: (key: string) => string;

  constructor(most: number, reveal: boolean) {
    this.#most = most;
    this.#show = reveal ? (value) => JSON.stringify(value) : masked;
    this.#showKey = (key) => (reveal || UUIDS_ONLY.test(key) ? key : `#${digest(key).slice(0, 8)}`);
  }

  add(batch: PlanBatch): void {
    this.#tally.add(batch);
    this.#considered += batch.entities;
    for (const one of batch.parked) this.#note(batch.kind.kind, one);
    for (const to of batch.unreferred) this.#lack(batch.kind.kind, to);
    for (const entry of batch.entries) {
      if (!isChange(entry)) continue;
      const { action } = entry;
      if (action === 'suspend') this.#suspended += 1;
      const isTold = this.#changes.length < this.#most;
      if (!isTold && (action === 'create' || action === 'delete')) continue;
      const fields = this.#fieldsOf(entry);
      if (action === 'update' || action === 'rekey') this.#count(batch.kind.kind, fields);
      if (!isTold) continue;
      const { origin } = entry;
      const key = this.#showKey(entry.key);
      this.#changes.push({ action, objectKind: batch.kind.kind, key, origin, fields });
    }
  }

  /** `whole` and `held` are of the whole plan, of which this may tell a part. */
  report(
    { flow, name: target, kinds: taken }: Target,
    whole: PlanTotals,
    held: readonly Problem[],
    first: PlanReport['first'],
  ): Omit<PlanReport, 'stops'> {
    const totals = this.#tally.totals();
    const { create, update, delete: deletions, parked, kinds } = totals;
    const counts = { create, update, delete: deletions };
    const unshown = create + update + deletions - this.#changes.length;
    const mapped = new Set(taken.flatMap((one) => one.mappings.map(({ from }) => from.kind)));
    return {
      ...{ flow: flow.name, target, counts, first, suspended: this.#suspended, parked },
      reasons: [...this.#reasons.values()].sort((a, b) => b.count - a.count),
      considered: this.#considered,
      notTaken: [...flow.selects.keys()].filter((kind) => !mapped.has(kind)),
      empty: this.#emptyAmong(taken, whole.kinds),
      ...{
        kinds,
        digest: whole.digest,
        held,
        fields: this.#fieldCounts(),
        changes: this.#changes,
        unshown,
      },
    };
  }

  #note(objectKind: string, { problem, origin: example }: PlanBatch['parked'][number]): void {
    const { code, place } = problem;
    const name = JSON.stringify([objectKind, code, place?.file, place?.line, place?.field]);
    const known = this.#reasons.get(name) ?? { objectKind, problem, count: 0, example };
    this.#reasons.set(name, { ...known, count: known.count + 1 });
  }

  #lack(objectKind: string, to: string): void {
    const known = this.#unreferred.get(objectKind) ?? {};
    this.#unreferred.set(objectKind, { ...known, [to]: (known[to] ?? 0) + 1 });
  }

  #emptyAmong(taken: Target['kinds'], totals: PlanTotals['kinds']): readonly EmptyKind[] {
    const isEmpty = (kind: string) => {
      const { held = 0, create = 0, parked = 0 } = totals.get(kind) ?? {};
      return held + create + parked === 0;
    };
    const empty = taken.filter(({ kind, mappings }) => mappings.length > 0 && isEmpty(kind));
    return empty.map(({ kind }) => {
      return { objectKind: kind, unreferred: this.#unreferred.get(kind) ?? {} };
    });
  }

  #count(objectKind: string, fields: readonly ReportedField[]): void {
    const counts = this.#fields.get(objectKind) ?? new Map<string, number>();
    for (const { field } of fields) counts.set(field, (counts.get(field) ?? 0) + 1);
    this.#fields.set(objectKind, counts);
  }

  #fieldCounts(): readonly FieldCount[] {
    const found = [...this.#fields].flatMap(([objectKind, counts]) =>
      [...counts].map(([field, count]) => ({ objectKind, field, count })),
    );
    return found.sort((a, b) => b.count - a.count);
  }

  #fieldsOf({ object, row }: Entry): readonly ReportedField[] {
    const before = flatten(row?.object ?? {});
    const after = flatten(object ?? {});
    const names = [...new Set([...before.keys(), ...after.keys()])];
    return names.flatMap((field) => {
      const [old, wanted] = [before.get(field), after.get(field)];
      if (sameJson(old, wanted)) return [];
      const show = (value: Json | undefined) => (value === undefined ? null : this.#show(value));
      return [{ field, before: show(old), after: show(wanted) }];
    });
  }
}

/** Fields by dotted path; lists are values. */
function flatten(object: JsonObject, prefix = ''): Map<string, Json> {
  const fields = new Map<string, Json>();
  for (const [name, value] of Object.entries(object)) {
    if (isObject(value)) {
      const nested = flatten(value, `${prefix}${name}.`);
      for (const [path, inner] of nested) fields.set(path, inner);
    } else {
      fields.set(prefix + name, value);
    }
  }
  return fields;
}

/** Tells equal from unequal without telling what: length and digest of text, size of lists. */
function masked(value: Json): string {
  if (typeof value === 'boolean' || value === null) return String(value);
  if (isList(value)) return `[${value.length} items]`;
  const text = String(value);
  return text === '' ? '""' : `‹${text.length} characters›`;
}
