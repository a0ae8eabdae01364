import { foldCase } from '../../message/canonical-text.ts';
import type { Entity, EntityRef } from '../../message/message.ts';
import { textsAt } from '../../schema/annotation/lookup.ts';
import { uniqueRules } from '../../schema/annotation/unique.ts';
import { keptValue } from '../../store/store.ts';
import type { IntakeContext } from '../intake-task.ts';
import type { Keepers } from '../keepers.ts';
import type { Protections } from '../protection/protections.ts';
import { type Duplicate, gatherDuplicates } from './duplicates.ts';

/** What more have than this is no person's: it stands where a number is not known. */
const MOST_ALIKE = 5;

/** Until which change of entities all were compared. */
const COMPARED = keptValue<number>('numbers compared');

/** By what one person is surely known: keyed hashes of identity numbers and of accounts. */
type Signs = readonly string[];

/**
 * Who are found to be one person: by the word of a source, or by number or account, as far as it
 * protects. Of changes, whoever has changed since all were compared last is looked at; a whole set
 * (`isWhole`) also asks about those of whom it says nothing.
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
  await protectSamePerson(keepers.protections, context, isWhole ? null : changed);
  await COMPARED.write(store, '', until);
}

/**
 * Whoever has the identity number of somebody protected, one of now or a former one, is that person
 * by another id, and so is who has the account: a second source numbers its persons itself, or the
 * register has begun anew. What was said of the one protects the other, also where the one is gone.
 * To search for them reads what all are found by: with `changed`, only the signs of the newly
 * protected, and of those who have changed, are searched for.
 */
export async function protectSamePerson(
  protections: Protections,
  context: IntakeContext,
  changed: readonly EntityRef[] | null = null,
): Promise<void> {
  const { canonical } = context;
  for (const kind of canonical.kinds) {
    const known = protections.known(kind);
    if (known.length === 0 || !('x-traits' in (canonical.get(kind)?.schema ?? {}))) continue;
    const signs = await signsOfAll(kind, known, context);
    const meant = changed && (await signsMeant(kind, changed, signs, protections, context));
    const asked = [...signs.values()].flat().filter((one) => meant === null || meant.has(one));
    const alike = await bearersOf(kind, new Set(asked), context);
    const theirs = await signsOfStored(kind, [...new Set([...alike.values()].flat())], context);
    for (const [id, own] of signs) {
      for (const sign of own) {
        for (const other of alike.get(sign) ?? []) {
          const isMeant = other !== id && theirs.get(other)?.includes(sign) === true;
          if (isMeant) protections.isOne({ kind, id }, { kind, id: other });
        }
      }
    }
  }
  await protections.keep();
}

/** Of who is gone, what is kept of them. */
async function signsOfAll(
  kind: string,
  ids: readonly string[],
  context: IntakeContext,
): Promise<ReadonlyMap<string, Signs>> {
  const stored = await signsOfStored(kind, ids, context);
  const gone = ids.filter((id) => !stored.has(id));
  const formers = await context.store.formers.get(kind, gone);
  const left = formers.map(({ entity, traits }) => [entity.id, traits.flatMap(signIn)] as const);
  return new Map([...left, ...stored]);
}

async function signsOfStored(
  kind: string,
  ids: readonly string[],
  context: IntakeContext,
): Promise<ReadonlyMap<string, Signs>> {
  const stored = await context.store.entities.get(kind, ids);
  return new Map(stored.map(({ entity }) => [entity.id, signsOf(kind, entity, context)]));
}

/** An address of electronic mail may be a family's: an account is what nobody else may have. */
function signsOf(kind: string, entity: Entity, { canonical, identity }: IntakeContext): Signs {
  const schema = canonical.get(kind);
  const rules = uniqueRules(schema?.schema ?? {}).filter(({ as }) => as === 'account');
  const unique = new Set(rules.flatMap(({ path }) => textsAt(entity, path).map(foldCase)));
  const traits = schema?.traitsOf(entity) ?? [];
  return traits.flatMap((one) => {
    const isSign = one.as === 'number' || (one.as === 'account' && unique.has(one.text));
    return isSign ? [identity.lookupOf(one)] : [];
  });
}

/** Who has which of these signs, without those that are nobody's. */
async function bearersOf(
  kind: string,
  signs: ReadonlySet<string>,
  { store }: IntakeContext,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const bearers = new Map<string, string[]>();
  if (signs.size === 0) return bearers;
  for await (const page of store.entities.byLookups(kind, signs)) {
    for (const { id, by } of page) {
      for (const sign of by) {
        const own = bearers.get(sign) ?? [];
        // One more than are believed is enough to know that it is nobody's.
        if (own.length <= MOST_ALIKE) bearers.set(sign, [...own, id]);
      }
    }
  }
  return new Map([...bearers].filter(([, ids]) => ids.length <= MOST_ALIKE));
}

/** Those of these signs that the newly protected have, or any of a kind who have changed. */
async function signsMeant(
  kind: string,
  changed: readonly EntityRef[],
  signs: ReadonlyMap<string, Signs>,
  { newly }: Protections,
  context: IntakeContext,
): Promise<ReadonlySet<string>> {
  const all = new Set([...signs.values()].flat());
  const own = newly.flatMap(({ entity }) => signs.get(entity.id) ?? []);
  const ids = new Set(changed.flatMap((one) => (one.kind === kind ? [one.id] : [])));
  const theirs = await signsOfStored(kind, [...ids], context);
  const found = [...own, ...[...theirs.values()].flat()];
  return new Set(found.filter((sign) => all.has(sign)));
}

/** Traits of who is gone are kept as what they are and their keyed hash. */
function signIn(trait: string): readonly string[] {
  const [as, text = ''] = trait.split(' ');
  return as === 'number' || as === 'account' ? [text] : [];
}
