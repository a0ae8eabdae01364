import type { Target, TargetKind } from '../../flow/target.ts';
import { originsOf } from '../origins.ts';
import type { PlanContext } from '../plan-batch.ts';
import { projectBatch } from '../project.ts';
import type { KnownKeys } from './known-keys.ts';

export function refersToItself(kind: TargetKind): boolean {
  return kind.references.some((reference) => reference.kind === kind.kind);
}

/**
 * A parent may come after its child: where objects refer to their own kind, keys are read first.
 */
export async function declare(
  target: Target,
  kind: TargetKind,
  known: KnownKeys,
  context: PlanContext,
): Promise<void> {
  for (const mapping of kind.mappings) {
    for await (const groups of originsOf(target, kind, mapping.from.kind, context)) {
      const projected = await projectBatch(target, mapping, groups, context);
      for (const [index, { unit, wanted, parked }] of projected.entries()) {
        const isWithheld = context.withheld?.has(unit) === true;
        if (!isWithheld) for (const { key } of wanted) known.declare(key);
        const held = parked.length === 0 && !isWithheld ? [] : (groups[index]?.rows ?? []);
        for (const { ref } of held) known.declare(ref.key);
      }
    }
  }
}
