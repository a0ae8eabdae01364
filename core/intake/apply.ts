import { digestOf } from '../message/digest.ts';
import type { EntityRef, Message } from '../message/message.ts';
import type { MergedEntity, TouchedEntity } from '../store/store.ts';
import type { IntakeSurroundings } from './intake-task.ts';
import { closeHealed, invalidMessage } from './invalid-entity.ts';
import { lookupsOf } from './lookup-index.ts';
import { mergeParts, type Owners } from './merge.ts';
import { Protections } from './protections.ts';

const NO_OWNERS: Owners = new Map();

/**
 * Applies every sealed run, this one's and what a crash left behind; answers how many entities
 * contradict their schema and were kept as they were.
 */
export async function applySealed(with_: IntakeSurroundings): Promise<number> {
  let invalid = 0;
  const { intake, messages } = with_.store;
  for (const { run, source } of await intake.sealed()) {
    const protections = await Protections.open(with_);
    const isHealing = (await messages.count({ type: ['entity'] })) > 0;
    for await (const touched of intake.touched(run)) {
      const batch = await applyBatch(run, source, touched, protections, with_);
      if (isHealing) await closeHealed(batch.good, with_);
      invalid += batch.invalid;
    }
    await intake.finish(run);
  }
  return invalid;
}

async function applyBatch(
  run: string,
  source: string,
  touched: readonly TouchedEntity[],
  protections: Protections,
  with_: IntakeSurroundings,
): Promise<{ readonly invalid: number; readonly good: readonly EntityRef[] }> {
  const invalid: Message[] = [];
  const merged: MergedEntity[] = [];
  for (const one of touched) {
    const owners = with_.config.ownership.get(one.entity.kind) ?? NO_OWNERS;
    // What only supplements speak of is not there: not yet, or not any more.
    const spoken = one.parts.every(with_.isSupplement) ? null : mergeParts(one, owners);
    const content = spoken === null ? null : protections.keep(one.entity.kind, spoken);
    const schema = with_.canonical.get(one.entity.kind);
    const invalidity = content === null ? null : (schema?.validate(content) ?? null);
    if (invalidity !== null) {
      invalid.push(
        invalidMessage(run, source, one, invalidity.field, invalidity.text, with_.now()),
      );
      const nothing = { hash: '', references: [], lookups: [], isShielded: false };
      merged.push({ entity: one.entity, content: 'keep', ...nothing });
    } else if (content === null) {
      const nothing = { hash: '', references: [], lookups: [], isShielded: false };
      merged.push({ entity: one.entity, content, ...nothing });
    } else {
      const references = schema?.referencesOf(content) ?? [];
      const lookups = lookupsOf(content, schema, with_.identity);
      const isShielded = schema?.isProtected(content) === true;
      const marks = { hash: digestOf(content), references, lookups, isShielded };
      merged.push({ entity: one.entity, content, ...marks });
    }
  }
  await with_.store.messages.put(invalid);
  await with_.store.intake.apply(run, merged);
  await protections.hold(run);
  const good = merged.flatMap(({ entity, content }) => (content === 'keep' ? [] : [entity]));
  return { invalid: invalid.length, good };
}
