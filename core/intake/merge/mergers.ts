import { RefusedFailure } from '../../failure/failure.ts';
import { PART_OF_TWIN, type PartDraft } from '../../mapping/compiled.ts';
import type { EntityRef, Trouble } from '../../message/message.ts';
import type { Part, PartRemoval } from '../../store/intake-store.ts';
import type { IntakeContext } from '../intake-task.ts';
import type { Keepers } from '../keepers.ts';
import { moveParts } from './move-parts.ts';
import type { Protections } from './protections.ts';

/** What a merger or a separation does beside what the record itself says. */
export interface MergerEffects {
  readonly parts: readonly Part[];
  readonly removals: readonly PartRemoval[];
  readonly refused: Trouble | null;
  /** Own ids of the twins that are one with the entity from now on. */
  readonly merged: readonly string[];
}

/** A twin's own id, and who it is one with since this run. */
export interface Merger {
  readonly twin: string;
  readonly entity: EntityRef;
}

const NOTHING: MergerEffects = { parts: [], removals: [], refused: null, merged: [] };

/**
 * Follows what a record says of its twins: who is newly named is merged into it, who is named no
 * more is separated again. Persons of different protection are never merged: a person decides.
 */
export async function followMergers(
  draft: PartDraft,
  { store, identity, canonical }: IntakeContext,
  protections: Protections,
): Promise<MergerEffects> {
  const { entity, ownId, twins } = draft;
  // What has itself been merged into another has no twins of its own.
  if (twins === null || ownId !== entity.id) return NOTHING;
  const before = identity.twinsOf(entity.id);
  const gone = before.filter((twin) => !twins.includes(twin));
  const come = twins.filter((twin) => !before.includes(twin) && twin !== entity.id);
  if (gone.length + come.length === 0) return NOTHING;
  const removals: PartRemoval[] = [];
  const parts: Part[] = [];
  const merged: string[] = [];
  for (const twin of gone) {
    identity.separate(twin);
    protections.share(entity, { kind: entity.kind, id: twin });
    const own = (await store.entities.parts(entity)).filter((one) => isOfTwin(one, twin));
    removals.push(...own);
  }
  const schema = canonical.get(entity.kind);
  const isProtected =
    protections.isKnown(entity) ||
    schema?.isProtected({ ...draft.content, id: entity.id }) === true;
  for (const twin of come) {
    const [stored] = await store.entities.get(entity.kind, [twin]);
    const isTwinProtected = stored !== undefined && schema?.isProtected(stored.entity) === true;
    if (stored !== undefined && isTwinProtected !== isProtected) {
      const text = 'two persons of different protection are said to be one';
      const refused = new RefusedFailure('MERGER_REFUSED', text).toTrouble();
      return { parts, removals, refused, merged };
    }
    identity.merge(twin, entity.id);
    merged.push(twin);
    protections.share({ kind: entity.kind, id: twin }, entity);
    const former = await store.entities.parts({ kind: entity.kind, id: twin });
    removals.push(...former);
    parts.push(...former.map((part) => rehomed(part, draft, twin)));
  }
  return { parts, removals, refused: null, merged };
}

function rehomed(part: Part, { entity }: PartDraft, twin: string): Part {
  return { ...part, entity, part: part.part + PART_OF_TWIN + twin };
}

function isOfTwin({ part }: Part, twin: string): boolean {
  return part.endsWith(PART_OF_TWIN + twin);
}

/** What stood before the merger in the same run, or refers to a twin, is the survivor's as well. */
export async function gatherTwins(
  run: string,
  mergers: readonly Merger[],
  keepers: Keepers,
  context: IntakeContext,
): Promise<void> {
  for (const { twin, entity } of mergers) {
    const nameOf = ({ part }: Part) => part + PART_OF_TWIN + twin;
    const from = { kind: entity.kind, id: twin };
    await moveParts(`${run}-${twin}`, from, entity, nameOf, keepers, context);
  }
}
