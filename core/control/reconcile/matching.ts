import type { MatchField } from '../../connector/manifest.ts';
import type { RemoteObject } from '../../connector/sink.ts';
import { canonicalText, foldCase } from '../../message/canonical-text.ts';
import type { JsonObject } from '../../message/message.ts';
import type { Entry } from '../../plan/compare.ts';

/** An object of the target that may be one of ours. */
interface Candidate {
  readonly remote: RemoteObject;
  readonly id: string;
  /** Place of the field that says so, from 0: the surest first. */
  readonly field: number;
  /** It answers to one of ours alone, and no surer field says otherwise. */
  readonly isSure: boolean;
}

/** Before every field. */
const CHOSEN = -1;

export interface Match {
  readonly entry: Entry;
  readonly remote: RemoteObject;
}

/** Which object of the target an object of ours is, cannot be told. */
export interface Ambiguity {
  readonly objectKind: string;
  /** Our key. */
  readonly key: string;
  /** The field by which they answer. */
  readonly field: string;
  /** The target's own ids. */
  readonly remoteIds: readonly string[];
}

/**
 * Pairs objects that are wanted with objects that the target holds, one kind at a time: by one
 * field at a time, in the order in which the connector declares them, and only one to one. Names
 * and birth dates are no such fields: duplicates are two.
 */
export class Matching {
  readonly objectKind: string;
  readonly #fields: readonly MatchField[];
  readonly #wanted = new Map<string, Entry>();
  /** By field: value -> keys of ours. */
  readonly #keys: readonly Map<string, string[]>[];
  readonly #candidates = new Map<string, Candidate[]>();

  /** The target's ids -> our keys that a person has chosen for them, whatever the fields say. */
  readonly #chosen: ReadonlyMap<string, string>;

  constructor(
    objectKind: string,
    fields: readonly MatchField[],
    /** Our keys -> the target's ids. */
    chosen: ReadonlyMap<string, string>,
  ) {
    this.objectKind = objectKind;
    this.#chosen = new Map([...chosen].map(([key, id]) => [id, key]));
    this.#fields = fields;
    this.#keys = fields.map(() => new Map());
  }

  want(entry: Entry): void {
    this.#wanted.set(entry.key, entry);
    for (const [at, field] of this.#fields.entries()) {
      const value = comparable(entry.object, field);
      if (value === '') continue;
      const keys = this.#keys[at]?.get(value);
      if (keys === undefined) this.#keys[at]?.set(value, [entry.key]);
      else keys.push(entry.key);
    }
  }

  /** True if an object of the target may be one of ours. */
  offer(remote: RemoteObject): boolean {
    const id = remote.remoteId ?? remote.key;
    if (id === null) return false;
    const chosen = this.#chosen.get(id);
    if (chosen !== undefined && this.#wanted.has(chosen)) {
      this.#candidates.set(chosen, [{ remote, id, field: CHOSEN, isSure: true }]);
      return true;
    }
    for (const [at, field] of this.#fields.entries()) {
      const keys = this.#keys[at]?.get(comparable(remote.object, field)) ?? [];
      for (const key of keys) {
        const isSure = keys.length === 1 && !this.#isContradicted(key, remote, at);
        const known = this.#candidates.get(key) ?? [];
        if (known.some((one) => one.field === CHOSEN)) continue;
        this.#candidates.set(key, [...known, { remote, id, field: at, isSure }]);
      }
      if (keys.length > 0) return true;
    }
    return false;
  }

  /** What answers to ours by a name, and by a surer field to somebody else, is not ours. */
  #isContradicted(key: string, { object }: RemoteObject, at: number): boolean {
    return this.#fields.slice(0, at).some((field) => {
      const [ours, theirs] = [this.#wanted.get(key)?.object ?? null, object];
      const [mine, other] = [comparable(ours, field), comparable(theirs, field)];
      return mine !== '' && other !== '' && mine !== other;
    });
  }

  /** Pairs that are certain, and what a person must decide. A chosen id makes a pair certain. */
  result(): { matches: Match[]; ambiguities: Ambiguity[] } {
    const matches: Match[] = [];
    const ambiguities: Ambiguity[] = [];
    for (const [key, all] of this.#candidates) {
      const entry = this.#wanted.get(key);
      const surest = Math.min(...all.map(({ field }) => field));
      const candidates = all.filter(({ field }) => field === surest);
      const [first] = candidates;
      if (entry === undefined || first === undefined) continue;
      if (candidates.length === 1 && first.isSure) {
        matches.push({ entry, remote: first.remote });
        continue;
      }
      const { objectKind } = this;
      const field = this.#fields[surest]?.field ?? '';
      ambiguities.push({ objectKind, key, field, remoteIds: candidates.map(({ id }) => id) });
    }
    return { matches, ambiguities };
  }
}

/** A field's value as it is compared; '' where there is none. */
function comparable(object: JsonObject | null, { field, ignoreCase }: MatchField): string {
  const value = object?.[field];
  if (typeof value !== 'string' && typeof value !== 'number') return '';
  const text = canonicalText(String(value));
  return ignoreCase === true ? foldCase(text) : text;
}
