import type { Config } from '../config/config.ts';
import { type Lint, lintOf, nearestTo } from '../failure/lint.ts';
import { saying } from '../failure/saying.ts';
import type { InboundMapping, NamedSystem } from '../mapping/compiled.ts';
import type { Saying } from '../message/message.ts';

/** A name of a system, and the mapping that says it. */
interface Use extends NamedSystem {
  readonly file: string;
}

/**
 * Every system that `of` names in inbound mappings is a module, or one by whose ids a mapping makes
 * entities: nothing is ever found by any other's. `lints` are those that are surely misspelt;
 * `remarks` those that may be meant: a system that is not bound yet, a numbering of its own.
 */
export function namedSystems(
  { modules }: Config,
  inbound: ReadonlyMap<string, readonly InboundMapping[]>,
): { readonly lints: readonly Lint[]; readonly remarks: readonly Lint[] } {
  const mappings = new Set([...inbound.values()].flat());
  const uses = [
    ...new Map([...mappings].flatMap(usesIn).map((one) => [placeOf(one), one])).values(),
  ];
  const made = new Set(uses.filter(({ makes }) => makes).map(({ system }) => system));
  const known = [...new Set([...modules.keys(), ...made])];
  const lints: Lint[] = [];
  const remarks: Lint[] = [];
  for (const use of uses) {
    if (modules.has(use.system)) continue;
    const { system } = use;
    const near = nearestTo(
      system,
      known.filter((one) => one !== system),
    );
    const isNear = near.name !== 'nothing';
    if (made.has(system)) {
      if (use.makes && isNear) remarks.push(lintAt(use, saying('ownNumbering', { system }), near));
      continue;
    }
    const said = saying('unknownSystem', { system });
    if (isNear) lints.push(lintAt(use, said, near));
    else remarks.push(lintAt(use, said, saying('knownSystems', { known })));
  }
  return { lints, remarks };
}

function usesIn({ file, systems }: InboundMapping): readonly Use[] {
  return systems.map((one) => ({ ...one, file }));
}

function placeOf({ file, line, column }: Use): string {
  return `${file}:${line}:${column}`;
}

function lintAt({ file, line, column }: Use, said: Saying, hint: Saying): Lint {
  return lintOf({ file, line, column, code: 'MAPPING_OF_UNKNOWN' }, said, hint);
}
