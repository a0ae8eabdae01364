import type { Config } from '../config/config.ts';
import { didYouMean, type Lint } from '../failure/lint.ts';
import type { InboundMapping, NamedSystem } from '../mapping/compiled.ts';

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
    const near = didYouMean(
      use.system,
      known.filter((one) => one !== use.system),
    );
    if (made.has(use.system)) {
      const text = `no module is "${use.system}": these ids are a numbering of their own.`;
      if (use.makes && near !== '') remarks.push(lintOf(use, text, near));
      continue;
    }
    const text = `no module is "${use.system}", and no mapping makes anything by its ids.`;
    if (near === '') remarks.push(lintOf(use, text, `There are ${known.join(', ')}.`));
    else lints.push(lintOf(use, text, near));
  }
  return { lints, remarks };
}

function usesIn({ file, systems }: InboundMapping): readonly Use[] {
  return systems.map((one) => ({ ...one, file }));
}

function placeOf({ file, line, column }: Use): string {
  return `${file}:${line}:${column}`;
}

function lintOf({ file, line, column }: Use, text: string, hint: string): Lint {
  return { file, line, column, code: 'MAPPING_OF_UNKNOWN', text, hint };
}
