import type { UnitImpact } from '../core/control/control-bus.ts';

/** What failures of a target mean to those of one school unit. */
export type Affected = Pick<
  UnitImpact,
  'target' | 'unit' | 'name' | 'originKind' | 'consequence' | 'count'
>;

/**
 * Whom failures concern, the most first. Whoever waits for several objects of a target counts once:
 * of the kinds of object the one with the most says how many they are.
 */
export function affectedBy(impacts: readonly UnitImpact[]): readonly Affected[] {
  const byKind = new Map<string, UnitImpact>();
  for (const one of impacts) add(byKind, [...nameOf(one), objectsOf(one)], one);
  const found = new Map<string, UnitImpact>();
  for (const one of byKind.values()) {
    const name = JSON.stringify(nameOf(one));
    if ((found.get(name)?.count ?? 0) < one.count) found.set(name, one);
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
}

/** Of a source, each is a record or an entity of its own. */
function objectsOf({ target, objectKind }: UnitImpact): string {
  return target.includes(':') ? objectKind : '';
}

function nameOf({ target, unit, originKind, consequence }: UnitImpact): readonly string[] {
  return [target, unit, originKind, consequence];
}

function add(to: Map<string, UnitImpact>, name: readonly string[], one: UnitImpact): void {
  const key = JSON.stringify(name);
  to.set(key, { ...one, count: one.count + (to.get(key)?.count ?? 0) });
}
