import type { Target, TargetKind } from '../flow/target.ts';
import type { EntityRef } from '../message/message.ts';
import { mergeByOrigin, type OriginGroup } from './merge-by-origin.ts';
import type { PlanContext } from './plan-batch.ts';
import { selectOrigins } from './select-origins.ts';

/** Entities in order of their ids, each with the rows that it gave: all of them, or some. */
export function originsOf(
  { name }: Target,
  { kind }: TargetKind,
  originKind: string,
  { entities, ledger, only }: PlanContext,
): AsyncIterable<readonly OriginGroup[]> {
  if (only == null) {
    return mergeByOrigin(entities.scan(originKind), ledger.scan(name, kind, originKind));
  }
  const rowsOf = (origins: readonly EntityRef[]) => ledger.byOrigins(name, kind, origins);
  return selectOrigins(only.get(originKind) ?? new Set(), originKind, entities, rowsOf);
}
