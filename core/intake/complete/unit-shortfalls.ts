import { createHash, type Hash } from 'node:crypto';
import type { UnitLimits } from '../../config/rules/guards.ts';
import { exceeds } from '../../guard/plan-guard.ts';
import { nameOf } from '../../message/digest.ts';
import type { HoldPart } from '../../store/run-store.ts';
import type { Missing, MissingPart } from './missing.ts';
import type { Units } from './units.ts';

/** What one school unit lacks. */
interface Share {
  /** By stream. */
  readonly missing: Map<string, number>;
  readonly hash: Hash;
  /** The unit itself is missing. */
  isGone: boolean;
}

/**
 * School units of which too much is missing, or which are missing themselves while much still
 * belongs to them, each as the part of a hold. Where only a few parts are missing nothing is looked
 * up.
 */
export async function unitShortfalls(
  limits: UnitLimits,
  units: Units,
  missing: ReadonlyMap<string, Missing>,
): Promise<readonly HoldPart[]> {
  if (limits.maxDelete === 1 || (await isLittle(limits, missing))) return [];
  const found: HoldPart[] = [];
  for (const [unit, share] of await sharesOf(units, missing)) {
    const most = Math.max(...share.missing.values());
    if (unit === '' || (most <= limits.minimum && !share.isGone)) continue;
    const kept = await units.kept(unit);
    if (!isShort(share, kept, limits)) continue;
    const kinds = [...share.missing].map(([stream, gone]) => {
      return [stream, { kept: kept.get(stream) ?? gone, missing: gone }] as const;
    });
    found.push({
      ...{ unit, name: await units.name(unit), digest: nameOf(share.hash.digest('base64url')) },
      counts: { missing: kinds.reduce((sum, [, counts]) => sum + counts.missing, 0) },
      kinds: Object.fromEntries(kinds),
    });
  }
  return found;
}

async function isLittle(
  { minimum }: UnitLimits,
  missing: ReadonlyMap<string, Missing>,
): Promise<boolean> {
  const total = [...missing.values()].reduce((sum, { count }) => sum + count, 0);
  if (total > minimum) return false;
  for (const { batches } of missing.values()) {
    for await (const batch of batches()) if (batch.some(isUnit)) return false;
  }
  return true;
}

async function sharesOf(
  units: Units,
  missing: ReadonlyMap<string, Missing>,
): Promise<ReadonlyMap<string, Share>> {
  const shares = new Map<string, Share>();
  for (const [stream, { batches }] of missing) {
    for await (const batch of batches()) {
      const of = await units.of(batch);
      for (const [index, part] of batch.entries()) {
        const share = shareOf(shares, of[index] ?? '');
        share.missing.set(stream, (share.missing.get(stream) ?? 0) + 1);
        share.hash.update(JSON.stringify([stream, part.entity, part.part]));
        share.isGone ||= isUnit(part);
      }
    }
  }
  return shares;
}

function shareOf(shares: Map<string, Share>, unit: string): Share {
  const none = { missing: new Map<string, number>(), hash: createHash('sha256'), isGone: false };
  const share = shares.get(unit) ?? none;
  shares.set(unit, share);
  return share;
}

function isShort(
  { missing, isGone }: Share,
  kept: ReadonlyMap<string, number>,
  limits: UnitLimits,
): boolean {
  if (isGone && Math.max(...kept.values()) > limits.minimum) return true;
  return [...missing].some(([stream, gone]) =>
    exceeds(limits, 'delete', gone, kept.get(stream) ?? gone),
  );
}

function isUnit({ entity }: MissingPart): boolean {
  return entity.kind === 'organisation';
}
