import type { Entity } from '../../message/message.ts';
import type { IntakeContext } from '../intake-task.ts';
import type { Keepers } from '../keepers.ts';
import { type Duplicate, gatherDuplicates } from '../merge/duplicates.ts';
import type { Protections } from '../merge/protections.ts';

/** A number that more have than this is no person's: it stands where a number is not known. */
const MOST_ALIKE = 5;

/** Who are found to be one person: by the word of a source, or by number, as far as it protects. */
export async function joinOnes(
  run: string,
  merged: readonly Duplicate[],
  keepers: Keepers,
  context: IntakeContext,
): Promise<void> {
  await gatherDuplicates(run, merged, keepers, context);
  await protectByNumber(keepers.protections, context);
}

/**
 * Whoever has the identity number of somebody protected, one of now or a former one, is that person
 * by another id: a second source numbers its persons itself, or the register has begun anew. What
 * was said of the one protects the other, also where the one is gone.
 */
export async function protectByNumber(
  protections: Protections,
  { store, canonical, identity }: IntakeContext,
): Promise<void> {
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
    await Promise.all(
      [...numbers].map(async ([id, own]) => {
        for (const number of own) {
          const alike = await store.entities.byLookup(kind, number);
          if (alike.length > MOST_ALIKE) continue;
          for (const other of alike) {
            if (other !== id) protections.isOne({ kind, id }, { kind, id: other });
          }
        }
      }),
    );
  }
  await protections.keep();
}

/** Traits of who is gone are kept as `number` and its keyed hash. */
function numberIn(trait: string): readonly string[] {
  const [as, text = ''] = trait.split(' ');
  return as === 'number' ? [text] : [];
}
