import { asNow, recalled } from '../message/memory.ts';
import { type CompiledMapping, type ConnectorSchemas, compileMapping } from './compile-mapping.ts';
import type { InboundMapping, OutboundMapping } from './compiled.ts';
import type { MappingWorld } from './rules/compilation.ts';

/** What only a mapping has that is compiled; all else of it is JSON. */
const LATE_OUT = [
  ...(['shown', 'shownLookedUp', 'rules', 'needs', 'project', 'ways', 'silence'] as const),
] satisfies readonly (keyof OutboundMapping)[];
const LATE_IN = [
  ...(['rules', 'externalIds', 'names', 'convert', 'ways', 'about'] as const),
  ...(['saidOfNobody', 'identifyDeleted'] as const),
] satisfies readonly (keyof InboundMapping)[];

type Head =
  | { readonly out: Omit<OutboundMapping, (typeof LATE_OUT)[number]> }
  | { readonly in: Omit<InboundMapping, (typeof LATE_IN)[number]> };

/**
 * The same as `compileMapping`; a file that an earlier process has compiled without a lint is
 * compiled when something is asked of it that is not known by heart. `print` is of the schemas and
 * tables that it is compiled with.
 */
export function compileLate(
  file: string,
  text: string,
  connector: ConnectorSchemas,
  world: MappingWorld,
  print: string,
): CompiledMapping {
  const likeNow = asNow();
  let compiled: CompiledMapping | null = null;
  const whole = () => {
    compiled ??= likeNow(() => compileMapping(file, text, connector, world));
    return compiled;
  };
  const head = recalled('mapping', [file, text, print], () => headOf(whole()));
  if (head === null || compiled !== null) return whole();
  const mapping =
    'out' in head
      ? later<OutboundMapping>(head.out, LATE_OUT, () => whole().mapping)
      : later<InboundMapping>(head.in, LATE_IN, () => whole().mapping);
  return {
    mapping,
    lints: [],
    get written() {
      return whole().written;
    },
  };
}

function headOf({ mapping, lints }: CompiledMapping): Head | null {
  if (mapping === null || lints.length > 0) return null;
  if ('project' in mapping) {
    const { file, from, to, fingerprint, inverses, asksWhose, lookups, fills } = mapping;
    return { out: { file, from, to, fingerprint, inverses, asksWhose, lookups, fills } };
  }
  const { file, from, to, of, systems, isSupplement, isSingle, conditions, mark } = mapping;
  const { partReads, fingerprint } = mapping;
  return {
    in: {
      ...{ file, from, to, of, systems, isSupplement, isSingle, conditions, mark },
      ...{ partReads, fingerprint },
    },
  };
}

/**
 * What is known of a thing by heart, with what else it has: read of the whole when it is asked for.
 * `head` must hold all but those `names`.
 */
export function later<T extends object>(
  head: object,
  names: readonly (keyof T)[],
  whole: () => object | null,
): T {
  const asked = names.map((name) => {
    // SAFETY: a file that was compiled before is compiled to the same.
    return [name, { enumerable: true, get: () => (whole() as T)[name] }] as const;
  });
  // SAFETY: the head and the late ones are all that it has.
  return Object.defineProperties({ ...head }, Object.fromEntries(asked)) as T;
}
