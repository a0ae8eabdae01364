import { digestOf } from '../../message/digest.ts';
import type { Entity, EntityRef } from '../../message/message.ts';
import { PackedKeys } from '../../message/packed-keys.ts';
import { textsAt } from '../../schema/annotation/lookup.ts';
import { type UniqueRule, uniqueRules } from '../../schema/annotation/unique.ts';
import type { Double } from '../../store/entity-store.ts';
import type { MergedEntity, Part } from '../../store/intake-store.ts';
import type { IntakeContext } from '../intake-task.ts';

const RULES = 'doubles by';

/**
 * Numbers and accounts that more than one entity has. The first keeps it: who had it before, else
 * who stands first in the files. They are looked for only when somebody has got or lost one.
 */
export class Doubles {
  readonly #context: IntakeContext;
  readonly #rules: ReadonlyMap<string, readonly UniqueRule[]>;
  #isChanged = false;
  /** All that anybody has, plainly written, while all who are stored are new; null: not known. */
  #met: PackedKeys | null = new PackedKeys();
  /** Ids of those who have got a value that they did not have. */
  readonly #newcomers = new Set<string>();

  constructor(context: IntakeContext) {
    this.#context = context;
    const { canonical } = context;
    this.#rules = new Map(
      canonical.kinds.flatMap((kind) => {
        const rules = uniqueRules(canonical.get(kind)?.schema ?? {});
        return rules.length === 0 ? [] : [[kind, rules] as const];
      }),
    );
  }

  /** Notes what is about to be written; `isNew`: the run began with nothing stored. */
  look(merged: readonly MergedEntity[], before: ReadonlyMap<string, Entity>, isNew: boolean): void {
    if (!isNew) this.#met = null;
    for (const { entity, content } of merged) {
      if (content === 'keep') continue;
      const { kind, id } = entity;
      const had = this.#valuesOf(kind, before.get(id) ?? null);
      const has = this.#valuesOf(kind, content);
      if (had.length === has.length && had.every((value, at) => value === has[at])) continue;
      this.#isChanged = true;
      if (isNew) this.#meet(has);
      else if (has.some((value) => !had.includes(value))) this.#newcomers.add(id);
    }
  }

  /** Once two have the same, the store is asked who. */
  #meet(values: readonly string[]): void {
    for (const value of values) {
      const plain = value.replaceAll(/[ -]/g, '').toLowerCase();
      if (this.#met !== null && this.#met.claim(plain, '') !== 'free') this.#met = null;
    }
  }

  /** Keeps who shares what with whom; whoever is shown otherwise by that is noted as changed. */
  async settle(): Promise<void> {
    const { store } = this.#context;
    const rules = digestOf([...this.#rules].map(([kind, own]) => [kind, own.map(pathOf)]));
    if (!this.#isChanged && (await store.getValue(RULES)) === rules) return;
    const isNobody = this.#isChanged && this.#met !== null;
    for (const [kind, own] of this.#rules) {
      const before = await store.entities.doubles(kind);
      const found: Double[] = [];
      for (const { as, path } of isNobody ? [] : own) {
        const keepers = new Set(
          before.flatMap((one) => (one.as === as ? one.ids.slice(0, 1) : [])),
        );
        for (const ids of await store.entities.searchDoubles(kind, path)) {
          found.push({ as, ids: await this.#inTurn(kind, path, ids, keepers) });
        }
      }
      if (before.length + found.length > 0) await store.entities.putDoubles(kind, found);
    }
    this.#isChanged = false;
    this.#met = null;
    this.#newcomers.clear();
    await store.putValue(RULES, rules);
  }

  async #inTurn(
    kind: string,
    [field = '']: readonly string[],
    ids: readonly string[],
    keepers: ReadonlySet<string>,
  ): Promise<readonly string[]> {
    const ranked: { readonly id: string; readonly rank: number; readonly place: string }[] = [];
    for (const id of ids) {
      const rank = keepers.has(id) ? 0 : this.#newcomers.has(id) ? 2 : 1;
      ranked.push({ id, rank, place: placeOf(await this.#speaker({ kind, id }, field)) });
    }
    ranked.sort((a, b) => a.rank - b.rank || (a.place < b.place ? -1 : 1));
    return ranked.map(({ id }) => id);
  }

  async #speaker(entity: EntityRef, field: string): Promise<Part | undefined> {
    const parts = await this.#context.store.entities.parts(entity);
    return parts.find(({ content }) => field in content);
  }

  #valuesOf(kind: string, content: Entity | null): readonly string[] {
    if (content === null) return [];
    const rules = this.#rules.get(kind) ?? [];
    return rules.flatMap(({ as, path }) => textsAt(content, path).map((one) => `${as} ${one}`));
  }
}

function pathOf({ path }: UniqueRule): readonly string[] {
  return path;
}

function placeOf(part: Part | undefined): string {
  return `${part?.file} ${String(part?.line ?? 0).padStart(10, '0')}`;
}
