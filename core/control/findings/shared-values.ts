import { type Finding, finding } from '../../failure/finding.ts';
import { saying } from '../../failure/saying.ts';
import type { Looking } from '../looking.ts';
import { whereSaid } from './where-said.ts';

const EXAMPLES = 5;

/** Numbers and accounts that several have: where they stand, never what they are. */
export async function sharedValues({ store, outline }: Looking): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const { kind, unique: rules } of outline.kinds) {
    if (rules.length === 0) continue;
    const doubles = await store.entities.doubles(kind);
    for (const { as, path, withheld } of rules) {
      const own = doubles.filter((one) => one.as === as);
      if (own.length === 0) continue;
      const some = own.slice(0, EXAMPLES).flatMap(({ ids }) => ids);
      const count = own.flatMap(({ ids }) => ids).length;
      const where = await whereSaid(store, kind, path[0] ?? '', some, count);
      const name = withheld === null ? 'valueShared' : 'valueSharedOnce';
      const said = saying(name, { count: own.length, as, kind, where });
      const about = { name: `${kind} ${as}`, subject: `canonical ${kind}` };
      found.push(finding({ kind: 'shared', ...about }, 'VALUE_SHARED', said));
    }
  }
  return found;
}
