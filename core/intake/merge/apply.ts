import { digestOf } from '../../message/digest.ts';
import type { Entity, EntityRef, Message } from '../../message/message.ts';
import type { MergedEntity, Part, TouchedEntity } from '../../store/intake-store.ts';
import type { IntakeContext } from '../intake-task.ts';
import type { Keepers } from '../keepers.ts';
import type { Protections } from '../protection/protections.ts';
import { type Contradiction, closeResolved, invalidMessage } from './invalid-entity.ts';
import { lookupsOf } from './lookup-index.ts';
import { mergeParts } from './merge.ts';
import { heardAmong, type Owners } from './owners.ts';
import { Repetitions } from './repetitions.ts';

const NO_OWNERS: Owners = new Map();
const NOTHING = { hash: '', references: [], lookups: [], isProtected: false, goesAtOnce: false };

interface Applied {
  /** How many entities contradict their schema, and were kept as they were. */
  readonly invalid: number;
  readonly repetitions: Repetitions;
}

/**
 * Applies every committed run: this one's, and what a crash left behind. `isOurs`: what the run has
 * changed itself, and nobody has said.
 */
export async function applyCommitted(
  keepers: Keepers,
  context: IntakeContext,
  isOurs: (part: Part) => boolean = () => false,
): Promise<Applied> {
  let invalid = 0;
  const repetitions = new Repetitions(isOurs);
  const { intake, messages } = context.store;
  for (const { run, source } of await intake.committed()) {
    const isResolving = (await messages.count({ type: ['entity'] })) > 0;
    for await (const touched of intake.touched(run)) {
      const batch = await applyBatch(run, source, touched, keepers, context);
      if (isResolving) await closeResolved(batch.good, context);
      invalid += batch.invalid;
      for (const { repeated } of touched) repetitions.add(repeated);
    }
    await intake.finish(run);
  }
  await keepers.doubles.settle();
  return { invalid, repetitions };
}

/** As they are stored now, by id, of those kinds of which one is told from another. */
async function storedOnes(
  touched: readonly TouchedEntity[],
  { store, canonical }: IntakeContext,
): Promise<ReadonlyMap<string, Entity>> {
  const found = new Map<string, Entity>();
  const old = touched.filter(({ isNew }) => !isNew);
  for (const [kind, group] of Map.groupBy(old, ({ entity }) => entity.kind)) {
    const schema = canonical.get(kind)?.schema ?? {};
    if (!('x-traits' in schema) && !('x-unique' in schema)) continue;
    const ids = group.map(({ entity }) => entity.id);
    for (const { entity } of await store.entities.get(kind, ids)) found.set(entity.id, entity);
  }
  return found;
}

/** Merges the entities from their parts; one that contradicts its schema is kept as it was. */
export async function applyBatch(
  run: string,
  source: string,
  touched: readonly TouchedEntity[],
  keepers: Keepers,
  context: IntakeContext,
): Promise<{ readonly invalid: number; readonly good: readonly EntityRef[] }> {
  const { protections, strangers, doubles } = keepers;
  const invalid: Message[] = [];
  const merged: MergedEntity[] = [];
  const today = context.today();
  for (const one of touched) {
    const { result, fault } = mergedFrom(one, today, protections, context);
    merged.push(result.content === null ? await goneAs(result, protections, context) : result);
    if (fault === null) continue;
    invalid.push(invalidMessage(run, source, one, fault, context.now()));
  }
  await protections.keep();
  await context.store.messages.put(invalid);
  const before = await storedOnes(touched, context);
  const written = await strangers.keepOut(run, merged, touched, before);
  doubles.look(
    written,
    before,
    touched.every(({ isNew }) => isNew),
  );
  await context.store.intake.apply(run, written);
  const good = written.flatMap(({ entity, content }) => (content === 'keep' ? [] : [entity]));
  return { invalid: invalid.length, good };
}

function mergedFrom(
  { entity, parts }: TouchedEntity,
  today: string,
  protections: Protections,
  context: IntakeContext,
): { readonly result: MergedEntity; readonly fault: Contradiction | null } {
  const schema = context.canonical.get(entity.kind);
  const owners = context.config.ownership.get(entity.kind) ?? NO_OWNERS;
  // What only supplements speak of is not there: not yet, or not any more.
  const heard = heardAmong(owners, parts);
  const spoken = parts.every(context.isSupplement) ? null : mergeParts(entity.id, parts, heard);
  for (const part of parts) protections.hear({ ...part, entity });
  if (spoken === null) return { result: { entity, content: null, ...NOTHING }, fault: null };
  const covered = protections.cover(entity.kind, spoken);
  const content = schema?.spelled(covered, today) ?? covered;
  const fault = schema?.validate(content, today) ?? null;
  if (fault !== null) {
    const unit = schema?.unitOf(content) ?? '';
    return { result: { entity, content: 'keep', ...NOTHING }, fault: { ...fault, unit } };
  }
  const references = schema?.referencesOf(content) ?? [];
  const lookups = lookupsOf(content, schema, context.identity);
  const isProtected = schema?.isProtected(content) === true;
  const about = { hash: digestOf(content), references, lookups, isProtected, goesAtOnce: false };
  return { result: { entity, content, ...about }, fault: null };
}

/** Nobody speaks of it any more. If it was protected, dead, or deleted, it goes at once. */
async function goneAs(
  merged: MergedEntity,
  protections: Protections,
  { store, canonical }: IntakeContext,
): Promise<MergedEntity> {
  const { entity } = merged;
  const isAtOnce = protections.isKnown(entity) || (await store.entities.isMarkedAtOnce(entity));
  if (isAtOnce) return { ...merged, goesAtOnce: true };
  const [stored] = await store.entities.get(entity.kind, [entity.id]);
  const was = stored !== undefined && canonical.get(entity.kind)?.goesAtOnce(stored.entity);
  return { ...merged, goesAtOnce: was === true };
}
