import { HeldFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { closeHolds, HEALED, openHold } from '../../guard/holds.ts';
import { digestOf } from '../../message/digest.ts';
import type { Entity, EntityRef, Problem } from '../../message/message.ts';
import { isAnother, type Trait } from '../../schema/annotation/traits.ts';
import type { MergedEntity, Part, TouchedEntity } from '../../store/intake-store.ts';
import { type Hold, subjectIn } from '../../store/run-store.ts';
import type { IntakeContext } from '../intake-task.ts';

/** An id that a source may have given to another, and what was said of it last. */
interface Doubt {
  readonly entity: EntityRef;
  readonly digest: string;
  readonly speaker: Part | undefined;
}

/**
 * Whoever comes under a known id with other traits in everything is held: an account, with its mail
 * and files, never passes to a stranger unseen. The one who was there stays as they were, or gone.
 */
export class Strangers {
  readonly #context: IntakeContext;
  readonly #holds: ReadonlyMap<string, readonly Hold[]>;

  private constructor(context: IntakeContext, holds: ReadonlyMap<string, readonly Hold[]>) {
    this.#context = context;
    this.#holds = holds;
  }

  static async open(context: IntakeContext): Promise<Strangers> {
    const holds = await context.store.runs.holds({});
    const own = holds.filter((one) => subjectIn(one, 'identity') !== null);
    return new Strangers(
      context,
      Map.groupBy(own, ({ subject }) => subject),
    );
  }

  /** What may be written of a batch: a stranger is kept out until a person has decided. */
  async keepOut(
    run: string,
    merged: readonly MergedEntity[],
    touched: readonly TouchedEntity[],
    before: ReadonlyMap<string, Entity>,
  ): Promise<readonly MergedEntity[]> {
    const doubts = await this.#doubts(merged, touched, before);
    const held = new Set<string>();
    for (const doubt of doubts) {
      if (await this.#isHeld(run, doubt)) held.add(doubt.entity.id);
    }
    const doubted = new Set(doubts.map(({ entity }) => entity.id));
    for (const { entity, content } of merged) {
      if (content === 'keep' || doubted.has(entity.id)) continue;
      if (this.#decided(entity, 'open').length === 0) continue;
      await closeHolds(this.#context.store, `identity ${entity.id}`, HEALED);
    }
    return merged.map((one) => (held.has(one.entity.id) ? { ...one, content: 'keep' } : one));
  }

  async #doubts(
    merged: readonly MergedEntity[],
    touched: readonly TouchedEntity[],
    before: ReadonlyMap<string, Entity>,
  ): Promise<readonly Doubt[]> {
    const found: Doubt[] = [];
    const parts = new Map(touched.map((one) => [one.entity.id, one.parts]));
    const formers = await this.#formers(merged, before);
    for (const { entity, content } of merged) {
      if (content === null || content === 'keep') continue;
      const { kind, id } = entity;
      const [stored, former] = [before.get(id), formers.get(id)];
      if (stored === undefined && former === undefined) continue;
      const now = this.#traitsOf(kind, content);
      const hashed = () => now.map((one) => this.#hashed(one));
      const isOther =
        stored === undefined
          ? isAnother(former ?? [], hashed())
          : isAnother(this.#traitsOf(kind, stored), now);
      if (!isOther) continue;
      const digest = digestOf([id, hashed().map(textOf).sort()]);
      found.push({ entity, digest, speaker: parts.get(id)?.at(-1) });
    }
    return found;
  }

  /** Traits of those who were here before; who goes now is remembered. */
  async #formers(
    merged: readonly MergedEntity[],
    before: ReadonlyMap<string, Entity>,
  ): Promise<ReadonlyMap<string, readonly Trait[]>> {
    const { store, now } = this.#context;
    const found = new Map<string, readonly Trait[]>();
    const leaving = merged.flatMap(({ entity, content }) => {
      const stored = content === null ? before.get(entity.id) : undefined;
      const traits = stored === undefined ? [] : this.#traitsOf(entity.kind, stored);
      if (traits.length === 0) return [];
      return [{ entity, traits: traits.map((one) => textOf(this.#hashed(one))), goneAt: now() }];
    });
    await store.formers.put(leaving);
    const unknown = merged.filter(({ entity, content }) => content && !before.has(entity.id));
    for (const [kind, group] of Map.groupBy(unknown, ({ entity }) => entity.kind)) {
      const ids = group.map(({ entity }) => entity.id);
      for (const { entity, traits } of await store.formers.get(kind, ids)) {
        found.set(entity.id, traits.map(traitOf));
      }
    }
    return found;
  }

  /** True unless a person has said that it is the same; what they have said is said once. */
  async #isHeld(run: string, { entity, digest, speaker }: Doubt): Promise<boolean> {
    const { store, now } = this.#context;
    const subject = `identity ${entity.id}` as const;
    const isSaid = (one: Hold) => one.digest === digest && one.decidedBy !== null;
    if (this.#decided(entity, 'approved').some(isSaid)) return false;
    if (this.#decided(entity, 'rejected').some(isSaid)) return true;
    const reasons = [reasonOf(speaker)];
    await openHold(store, { subject, run, reasons, counts: {}, digest }, now());
    return true;
  }

  #decided({ id }: EntityRef, state: Hold['state']): readonly Hold[] {
    if (this.#holds.size === 0) return [];
    return (this.#holds.get(`identity ${id}`) ?? []).filter((one) => one.state === state);
  }

  #traitsOf(kind: string, content: Entity): readonly Trait[] {
    return this.#context.canonical.get(kind)?.traitsOf(content) ?? [];
  }

  /** With the workspace's key: that is kept, and stands in digests. */
  #hashed(trait: Trait): Trait {
    return { as: trait.as, text: this.#context.identity.lookupOf(trait) };
  }
}

function reasonOf(speaker: Part | undefined): Problem {
  const hint = saying('identityHint', {});
  if (speaker === undefined) {
    return new HeldFailure('IDENTITY_CHANGED', saying('identityChanged', {}), { hint }).toProblem();
  }
  const { file, line } = speaker;
  const said = saying('identityChangedAt', { place: `${file}:${line}` });
  const details = { hint, place: { file, line, field: null } };
  return new HeldFailure('IDENTITY_CHANGED', said, details).toProblem();
}

function textOf({ as, text }: Trait): string {
  return `${as} ${text}`;
}

function traitOf(kept: string): Trait {
  const [as = '', text = ''] = kept.split(' ');
  // SAFETY: written by `textOf`.
  return { as: as as Trait['as'], text };
}
