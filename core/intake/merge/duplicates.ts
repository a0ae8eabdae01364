import { RefusedFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { PART_OF_DUPLICATE, type PartDraft } from '../../mapping/compiled.ts';
import type { EntityRef, Problem } from '../../message/message.ts';
import type { Part, PartRemoval } from '../../store/intake-store.ts';
import type { IntakeContext } from '../intake-task.ts';
import type { Keepers } from '../keepers.ts';
import type { Protections } from '../protection/protections.ts';
import { moveParts } from './move-parts.ts';

/** What a merger or a separation does beside what the record itself says. */
export interface DuplicateEffects {
  readonly parts: readonly Part[];
  readonly removals: readonly PartRemoval[];
  readonly refused: Problem | null;
  /** Own ids of the duplicates that are one with the entity from now on. */
  readonly merged: readonly string[];
}

/** A duplicate's own id, and who it is one with since this run. */
export interface Duplicate {
  readonly duplicate: string;
  readonly entity: EntityRef;
}

const NOTHING: DuplicateEffects = { parts: [], removals: [], refused: null, merged: [] };

/**
 * Follows what a record says of its duplicates: who is newly named is merged into it, who is named
 * no more is separated again. Persons of different protection are never merged: a person decides,
 * and until then both are protected, since they may be one.
 */
export async function followDuplicates(
  draft: PartDraft,
  source: string,
  { store, identity }: IntakeContext,
  protections: Protections,
): Promise<DuplicateEffects> {
  const { entity, ownId, duplicates } = draft;
  // What has itself been merged into another has no duplicates of its own.
  if (duplicates === null || ownId !== entity.id) return NOTHING;
  const before = identity.duplicatesOf(entity.id);
  const gone = before.filter((duplicate) => !duplicates.includes(duplicate));
  const come = duplicates.filter(
    (duplicate) => !before.includes(duplicate) && duplicate !== entity.id,
  );
  if (gone.length + come.length === 0) return NOTHING;
  const removals: PartRemoval[] = [];
  const parts: Part[] = [];
  const merged: string[] = [];
  for (const duplicate of gone) {
    identity.separate(duplicate);
    protections.share(entity, { kind: entity.kind, id: duplicate });
    const own = (await store.entities.parts(entity)).filter((one) => isOfDuplicate(one, duplicate));
    removals.push(...own);
  }
  const isSaid = come.length > 0 && protections.hear({ entity, source, content: draft.content });
  for (const duplicate of come) {
    const other = { kind: entity.kind, id: duplicate };
    const isThere = (await store.entities.get(entity.kind, [duplicate])).length > 0;
    if (isThere && !(await protections.areAlike(entity, isSaid, other))) {
      protections.isOne(entity, other);
      const said = saying('otherProtection', {});
      const refused = new RefusedFailure('MERGER_REFUSED', said).toProblem();
      return { parts, removals, refused, merged };
    }
    identity.merge(duplicate, entity.id);
    merged.push(duplicate);
    protections.share({ kind: entity.kind, id: duplicate }, entity);
    const former = await store.entities.parts({ kind: entity.kind, id: duplicate });
    removals.push(...former);
    parts.push(...former.map((part) => rehomed(part, draft, duplicate)));
  }
  return { parts, removals, refused: null, merged };
}

function rehomed(part: Part, { entity }: PartDraft, duplicate: string): Part {
  return { ...part, entity, part: part.part + PART_OF_DUPLICATE + duplicate };
}

function isOfDuplicate({ part }: Part, duplicate: string): boolean {
  return part.endsWith(PART_OF_DUPLICATE + duplicate);
}

/** What stood before the merger in the same run, or refers to a duplicate, is the survivor's as well. */
export async function gatherDuplicates(
  run: string,
  merged: readonly Duplicate[],
  keepers: Keepers,
  context: IntakeContext,
): Promise<void> {
  for (const { duplicate, entity } of merged) {
    const nameOf = ({ part }: Part) => part + PART_OF_DUPLICATE + duplicate;
    const from = { kind: entity.kind, id: duplicate };
    await moveParts(`${run}-${duplicate}`, from, entity, nameOf, keepers, context);
  }
}
