import {
  type JsonObject,
  type ReferencePath,
  referencePaths,
  replaceReferences,
  type ServedContext,
  type ServedObjects,
  type ServedThere,
  servedByKeys,
  valuesAt,
} from '../../../core/plugin.ts';
import { EXPANDS } from './expand.ts';
import type { ListQuery } from './list-query.ts';

/** The lists that are offered, what is referred to before what refers. */
export const LISTS = [
  'organisations',
  'syllabuses',
  'programmes',
  'persons',
  'groups',
  'placements',
  'duties',
  'activities',
] as const;

type Shown = Pick<ListQuery, 'expand' | 'hasNames'>;
/** What a reference is called: list -> id -> name. */
type Names = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Makes entities of the standard from objects of the ledger. */
export class Entities {
  readonly #objects: ServedObjects;
  readonly #paths: ReadonlyMap<string, readonly ReferencePath[]>;

  constructor({ objects, objectSchema }: Pick<ServedContext, 'objects' | 'objectSchema'>) {
    this.#objects = objects;
    this.#paths = new Map(LISTS.map((list) => [list, referencePaths(objectSchema(list))]));
  }

  /** Rows of a list as entities, in their order, with what was asked for beside them. */
  async of(
    list: string,
    rows: readonly ServedThere[],
    { expand, hasNames }: Shown,
  ): Promise<readonly JsonObject[]> {
    const names = hasNames ? await this.#namesIn(list, rows) : null;
    const made = rows.map((row) => this.#entityOf(list, row, names));
    if (expand.length === 0) return made;
    const embedded = rows.map((): Record<string, JsonObject | readonly JsonObject[]> => ({}));
    for (const name of expand) {
      const found = await EXPANDS[list]?.[name]?.(rows, this.#objects, (other, some) =>
        this.of(other, some, { expand: [], hasNames }),
      );
      for (const [at, one] of embedded.entries()) {
        const value = found?.get(rows[at]?.key ?? '');
        if (value !== undefined) one[name] = value;
      }
    }
    return made.map((entity, at) => ({ ...entity, _embedded: embedded[at] ?? {} }));
  }

  #entityOf(list: string, row: ServedThere, names: Names | null): JsonObject {
    const { key, object, createdAt, changedAt } = row;
    const entity = this.#pathsOf(list).reduce<JsonObject>(
      (value, { path, kind }) =>
        replaceReferences(value, path, (id) => {
          const displayName = names?.get(kind)?.get(String(id));
          return displayName === undefined ? { id } : { id, displayName };
        }),
      object,
    );
    const [created = '', modified = ''] = [createdAt, changedAt].map((at) =>
      new Date(at).toISOString(),
    );
    return { id: key, meta: { created, modified }, ...entity };
  }

  /** Names of what is referred to, as far as the client may fetch it. */
  async #namesIn(list: string, rows: readonly ServedThere[]): Promise<Names> {
    const ids = new Map<string, Set<string>>();
    for (const { path, kind } of this.#pathsOf(list)) {
      const known = ids.get(kind) ?? new Set();
      ids.set(kind, known);
      for (const { object } of rows) {
        for (const id of valuesAt(object, path)) known.add(String(id));
      }
    }
    const names = new Map<string, ReadonlyMap<string, string>>();
    for (const [kind, some] of ids) {
      const found = await servedByKeys(this.#objects, kind, [...some]);
      names.set(kind, new Map(found.flatMap(({ key, object }) => nameOf(object, key))));
    }
    return names;
  }

  #pathsOf(list: string): readonly ReferencePath[] {
    return this.#paths.get(list) ?? [];
  }
}

/** What the standard calls the `displayName` of a reference; duties have none. */
function nameOf(object: JsonObject, key: string): readonly (readonly [string, string])[] {
  const { displayName, givenName, familyName, name, courseName, subjectName } = object;
  const person = familyName === undefined ? undefined : `${givenName} ${familyName}`;
  const found = displayName ?? person ?? name ?? courseName ?? subjectName;
  return typeof found === 'string' ? [[key, found]] : [];
}
