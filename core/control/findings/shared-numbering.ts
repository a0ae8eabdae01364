import { type Finding, finding } from '../../failure/finding.ts';
import { saying } from '../../failure/saying.ts';
import type { Looking } from './looking.ts';

/**
 * Modules of a database from before whose mappings do not say whose ids they read: what has the
 * same id is one there, as it was.
 */
export function sharedNumbering({ unnamed, outline }: Looking): readonly Finding[] {
  const makers = new Map<string, Set<string>>();
  for (const { module, kind } of outline.unsaid) {
    if (unnamed.has(module)) makers.set(kind, (makers.get(kind) ?? new Set()).add(module));
  }
  return [...makers].flatMap(([kind, modules]) => {
    if (modules.size < 2) return [];
    const named = [...modules].sort().join(' and ');
    const said = saying('numberingShared', { modules: [...modules].sort(), kind });
    const about = { name: `${kind} ${named}`, subject: `canonical ${kind}` };
    return [finding({ kind: 'numbering', ...about }, 'NUMBERING_SHARED', said)];
  });
}
