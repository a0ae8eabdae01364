import type { Entity, EntityRef } from '../../message/message.ts';
import { keptValue } from '../../store/store.ts';
import type { IntakeContext } from '../intake-task.ts';
import type { Keepers } from '../keepers.ts';
import { type Duplicate, gatherDuplicates } from '../merge/duplicates.ts';
import { lookupsOf } from '../merge/lookup-index.ts';
import type { Protections } from '../protection/protections.ts';

/** A number that more have than this is no person's: it stands where a number is not known. */
const MOST_ALIKE = 5;

/** Until which change of entities all were compared. */
const COMPARED = keptValue<number>('numbers compared');

/**
 * Who are found to be one person: by the word of a source, or by number, as far as it protects. Of
 * changes, whoever has changed since all were compared last is looked at; a whole set (`isWhole`)
 * also asks about those of whom it says nothing.
 */
export async function joinOnes(
  run: string,
  merged: readonly Duplicate[],
  isWhole: boolean,
  keepers: Keepers,
  context: IntakeContext,
): Promise<void> {
  await gatherDuplicates(run, merged, keepers, context);
  const { store } = context;
  const { until, changed } = await store.entities.changes((await COMPARED.read(store, '')) ?? 0);
  await protectByNumber(keepers.protections, context, isWhole ? null : changed);
  await COMPARED.write(store, '', until);
}

/**
 * Whoever has the identity number of somebody protected, one of now or a former one, is that person
 * by another id: a second source numbers its persons itself, or the register has begun anew. What
 * was said of the one protects the other, also where the one is gone. To search for a number reads
 * what all are found by: with `changed`, only those of the newly protected, and of those who have
 * changed, are searched for.
 */
export async function protectByNumber(
  protections: Protections,
  context: IntakeContext,
  changed: readonly EntityRef[] | null = null,
): Promise<void> {
  const { store, canonical, identity } = context;
  for (const kind of canonical.kinds) {
    const known = protections.known(kind);
    if (known.length === 0 || !('x-traits' in (canonical.get(kind)?.schema ?? {}))) continue;
    const stored = new Map<string, Entity>();
    for (const { entity } of await store.entities.get(kind, known)) stored.set(entity.id, entity);
    const formers = await store.formers.get(
      kind,
      known.filter((id) => !stored.has(id)),
    );
    const numbers = new Map(
      formers.map(({ entity, traits }) => [entity.id, traits.flatMap(numberIn)]),
    );
    for (const [id, entity] of stored) {
      const traits = canonical.get(kind)?.traitsOf(entity) ?? [];
      const own = traits.filter(({ as }) => as === 'number');
      numbers.set(
        id,
        own.map((one) => identity.lookupOf(one)),
      );
    }
    const meant = changed && (await numbersMeant(kind, changed, numbers, protections, context));
    const asked = [...numbers.values()].flat().filter((one) => meant === null || meant.has(one));
    const alike = await bearersOf(kind, new Set(asked), context);
    for (const [id, own] of numbers) {
      for (const other of own.flatMap((number) => alike.get(number) ?? [])) {
        if (other !== id) protections.isOne({ kind, id }, { kind, id: other });
      }
    }
  }
  await protections.keep();
}

/** Who has which of these numbers, without those that are nobody's. */
async function bearersOf(
  kind: string,
  numbers: ReadonlySet<string>,
  { store }: IntakeContext,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const bearers = new Map<string, string[]>();
  if (numbers.size === 0) return bearers;
  for await (const page of store.entities.byLookups(kind, numbers)) {
    for (const { id, by } of page) {
      for (const number of by) {
        const own = bearers.get(number) ?? [];
        // One more than are believed is enough to know that it is nobody's.
        if (own.length <= MOST_ALIKE) bearers.set(number, [...own, id]);
      }
    }
  }
  return new Map([...bearers].filter(([, ids]) => ids.length <= MOST_ALIKE));
}

/** Those of these numbers that the newly protected have, or any of a kind who have changed. */
async function numbersMeant(
  kind: string,
  changed: readonly EntityRef[],
  numbers: ReadonlyMap<string, readonly string[]>,
  { newly }: Protections,
  { store, canonical, identity }: IntakeContext,
): Promise<ReadonlySet<string>> {
  const all = new Set([...numbers.values()].flat());
  const meant = new Set(newly.flatMap(({ entity }) => numbers.get(entity.id) ?? []));
  const ids = changed.flatMap((one) => (one.kind === kind ? [one.id] : []));
  for (const { entity } of await store.entities.get(kind, [...new Set(ids)])) {
    for (const lookup of lookupsOf(entity, canonical.get(kind), identity)) {
      if (all.has(lookup)) meant.add(lookup);
    }
  }
  return meant;
}

/** Traits of who is gone are kept as `number` and its keyed hash. */
function numberIn(trait: string): readonly string[] {
  const [as, text = ''] = trait.split(' ');
  return as === 'number' ? [text] : [];
}
