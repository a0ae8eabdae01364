import { type Finding, finding } from '../../failure/finding.ts';
import { saying } from '../../failure/saying.ts';
import type { Engine } from '../../run/engine.ts';

/**
 * Modules of a database from before whose mappings do not say whose ids they read: what has the
 * same id is one there, as it was.
 */
export function sharedNumbering({ identity, workspace }: Engine): readonly Finding[] {
  const makers = new Map<string, Set<string>>();
  for (const [module, mappings] of workspace.inbound) {
    if (!identity.unnamed.has(module)) continue;
    for (const { of, isSupplement, to } of mappings) {
      if (of !== null || isSupplement) continue;
      makers.set(to.kind, (makers.get(to.kind) ?? new Set()).add(module));
    }
  }
  return [...makers].flatMap(([kind, modules]) => {
    if (modules.size < 2) return [];
    const named = [...modules].sort().join(' and ');
    const said = saying('numberingShared', { modules: [...modules].sort(), kind });
    const about = { name: `${kind} ${named}`, subject: `canonical ${kind}` };
    return [finding({ kind: 'numbering', ...about }, 'NUMBERING_SHARED', said)];
  });
}
