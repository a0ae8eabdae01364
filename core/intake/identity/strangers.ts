import { HeldFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { closeHolds, HEALED, openHold } from '../../guard/holds.ts';
import { digestOf } from '../../message/digest.ts';
import type { Entity, EntityRef, Problem } from '../../message/message.ts';
import { hasChanged, isAnother, type Trait } from '../../schema/annotation/traits.ts';
import type { MergedEntity, Part, TouchedEntity } from '../../store/intake-store.ts';
import { type Hold, subjectIn } from '../../store/run-store.ts';
import type { IntakeContext } from '../intake-task.ts';

/** An id that a source may have given to another, and what was said of it last. */
interface Doubt {
  readonly entity: EntityRef;
  readonly now: readonly Trait[];
  readonly digest: string;
  readonly speaker: Part | undefined;
  readonly why: 'identityChanged' | 'identityTaken';
}

/** Somebody who is new under an id, or has changed; traits as keyed hashes. */
interface Comer {
  readonly entity: EntityRef;
  /** Null: nobody is there. */
  readonly stored: readonly Trait[] | null;
  readonly now: readonly Trait[];
}

/** What somebody was before a change is remembered so long: a change may come in two nights. */
const REMEMBERED_MS = 30 * 86_400_000;
/** In one batch; where more have another number and account, all are numbered anew. */
const MOST_ASKED = 20;

/**
 * Whoever comes under a known id with other traits in everything is held: an account, with its mail
 * and files, never passes to a stranger unseen. The one who was there stays as they were, or gone.
 * All that has changed within some weeks counts together, and so does a number that comes with its
 * account from another who is there: of two who are exchanged, half may come tonight.
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
      // Whoever a person calls the same is compared with who they are now.
      else await this.#remember([{ entity: doubt.entity, traits: doubt.now }]);
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
    await this.#rememberLeaving(merged, before);
    const comers = merged.flatMap((one) => this.#comer(one, before));
    const formers = await this.#formers(comers);
    const takers = await this.#takers(comers);
    const parts = new Map(touched.map((one) => [one.entity.id, one.parts]));
    const found: Doubt[] = [];
    const changed: { entity: EntityRef; traits: readonly Trait[] }[] = [];
    for (const { entity, stored, now } of comers) {
      const { id } = entity;
      const former = formers.get(id) ?? [];
      const isOther = isAnother(stored ?? [], now) || isAnother(former, now);
      if (isOther || takers.has(id)) {
        const why = isOther ? 'identityChanged' : 'identityTaken';
        const digest = digestOf([id, now.map(textOf).sort()]);
        found.push({ entity, now, digest, speaker: parts.get(id)?.at(-1), why });
      } else if (stored !== null && !formers.has(id)) changed.push({ entity, traits: stored });
    }
    await this.#remember(changed);
    return found;
  }

  /** Nobody where all is as it was; with nothing to compare, there is nothing to hold. */
  #comer({ entity, content }: MergedEntity, before: ReadonlyMap<string, Entity>): readonly Comer[] {
    if (content === null || content === 'keep') return [];
    const stored = before.get(entity.id);
    const now = this.#traitsOf(entity.kind, content);
    const had = stored === undefined ? null : this.#traitsOf(entity.kind, stored);
    if (now.length === 0 || (had !== null && !hasChanged(had, now))) return [];
    const hashed = (traits: readonly Trait[]) => traits.map((one) => this.#hashed(one));
    return [{ entity, stored: had && hashed(had), now: hashed(now) }];
  }

  /** Traits of those who were here before, and of whoever has changed not long ago. */
  async #formers(comers: readonly Comer[]): Promise<ReadonlyMap<string, readonly Trait[]>> {
    const { store, now } = this.#context;
    const found = new Map<string, readonly Trait[]>();
    const isThere = new Set(comers.flatMap(({ entity, stored }) => (stored ? [entity.id] : [])));
    for (const [kind, group] of Map.groupBy(comers, ({ entity }) => entity.kind)) {
      const ids = group.map(({ entity }) => entity.id);
      for (const { entity, traits, goneAt } of await store.formers.get(kind, ids)) {
        if (isThere.has(entity.id) && goneAt < now() - REMEMBERED_MS) continue;
        found.set(entity.id, traits.map(traitOf));
      }
    }
    return found;
  }

  /** Who goes now is remembered. */
  async #rememberLeaving(
    merged: readonly MergedEntity[],
    before: ReadonlyMap<string, Entity>,
  ): Promise<void> {
    const leaving = merged.flatMap(({ entity, content }) => {
      const stored = content === null ? before.get(entity.id) : undefined;
      const traits = stored === undefined ? [] : this.#traitsOf(entity.kind, stored);
      return traits.length === 0
        ? []
        : [{ entity, traits: traits.map((one) => this.#hashed(one)) }];
    });
    await this.#remember(leaving);
  }

  async #remember(
    ones: readonly { readonly entity: EntityRef; readonly traits: readonly Trait[] }[],
  ): Promise<void> {
    const { store, now } = this.#context;
    const goneAt = now();
    await store.formers.put(
      ones.map(({ entity, traits }) => ({ entity, traits: traits.map(textOf), goneAt })),
    );
  }

  /** Ids of those who come with the number and the account of one other who is there. */
  async #takers(comers: readonly Comer[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    const suspects = comers.flatMap(({ entity, stored, now }) => {
      const [numbers, accounts] = (['number', 'account'] as const).map((as) => {
        const had = new Set((stored ?? []).map(textOf));
        return now.flatMap((one) => (one.as === as && !had.has(textOf(one)) ? [one.text] : []));
      });
      const isNew = stored !== null && hasChanged(stored, now, ['number', 'account']);
      return isNew ? [{ entity, numbers: numbers ?? [], accounts: accounts ?? [] }] : [];
    });
    if (suspects.length > MOST_ASKED) return found;
    for (const [kind, group] of Map.groupBy(suspects, ({ entity }) => entity.kind)) {
      const signs = new Set(group.flatMap(({ numbers, accounts }) => [...numbers, ...accounts]));
      for await (const page of this.#context.store.entities.byLookups(kind, signs)) {
        for (const { id, by } of page) {
          for (const { entity, numbers, accounts } of group) {
            const isAny = (own: readonly string[]) => own.some((one) => by.includes(one));
            if (id !== entity.id && isAny(numbers) && isAny(accounts)) found.add(entity.id);
          }
        }
      }
    }
    return found;
  }

  /** True unless a person has said that it is the same; what they have said is said once. */
  async #isHeld(run: string, { entity, digest, speaker, why }: Doubt): Promise<boolean> {
    const { store, now } = this.#context;
    const subject = `identity ${entity.id}` as const;
    const isSaid = (one: Hold) => one.digest === digest && one.decidedBy !== null;
    if (this.#decided(entity, 'approved').some(isSaid)) return false;
    if (this.#decided(entity, 'rejected').some(isSaid)) return true;
    const reasons = [reasonOf(speaker, why)];
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

function reasonOf(speaker: Part | undefined, why: Doubt['why']): Problem {
  const hint = saying('identityHint', {});
  if (speaker === undefined) {
    return new HeldFailure('IDENTITY_CHANGED', saying(why, {}), { hint }).toProblem();
  }
  const { file, line } = speaker;
  const details = { hint, place: { file, line, field: null } };
  const said = saying(`${why}At`, { place: `${file}:${line}` });
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
