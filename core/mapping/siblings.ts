import { basename } from 'node:path';
import type { Part } from '../store/intake-store.ts';
import type { InboundMapping } from './compiled.ts';

/** Begins the name of a part that is not of the first mapping of its stream and kind. */
const MARK = /^~by:[^~]*~/;

/**
 * Several mappings may make the same kind of one stream: a row of a guardian makes the guardian and
 * adds to the child. What they say of one entity are parts of their own: those of all but the first
 * bear their mapping's name. The first is one that makes entities, and bears none, as it would alone.
 */
export function tellApart(mappings: readonly InboundMapping[]): readonly InboundMapping[] {
  const pairs = Map.groupBy(mappings, pairOf);
  return mappings.map((one) => {
    const [first] = (pairs.get(pairOf(one)) ?? []).toSorted(byRank);
    return first === undefined || first === one ? one : marked(one);
  });
}

/** Names of what only adds to what other streams or mappings say. */
export function supplementNames(
  inbound: ReadonlyMap<string, readonly InboundMapping[]>,
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [module, mappings] of inbound) {
    for (const { isSupplement, from, to, mark } of mappings) {
      if (isSupplement) names.add(`${module}/${from.stream}/${to.kind}${mark}`);
    }
  }
  return names;
}

/** Whether a part only adds to what other streams or mappings say, by those names. */
export function supplementsIn(names: ReadonlySet<string>): (part: Part) => boolean {
  return ({ source, stream, entity, part }) =>
    names.has(`${source}/${stream}/${entity.kind}${markOf(part)}`);
}

/** The mark of the mapping that made a part. */
export function markOf(part: string): string {
  return MARK.exec(part)?.[0] ?? '';
}

function pairOf({ from, to }: InboundMapping): string {
  return `${from.stream} ${to.kind}`;
}

function byRank(one: InboundMapping, other: InboundMapping): number {
  if (one.isSupplement !== other.isSupplement) return one.isSupplement ? 1 : -1;
  return one.file < other.file ? -1 : 1;
}

function marked(mapping: InboundMapping): InboundMapping {
  const mark = `~by:${basename(mapping.file, '.yaml')}~`;
  const named = <P extends { readonly part: string }>(parts: readonly P[]) =>
    parts.map((one) => ({ ...one, part: mark + one.part }));
  const own: Pick<InboundMapping, 'mark' | 'about' | 'convert' | 'identifyDeleted'> = {
    mark,
    about: (...record) => named(mapping.about(...record)),
    convert: (...record) => {
      const drafts = mapping.convert(...record);
      return 'code' in drafts ? drafts : named(drafts);
    },
    identifyDeleted: (...record) => {
      const gone = mapping.identifyDeleted(...record);
      return 'code' in gone ? gone : named(gone);
    },
  };
  // Not spread: a mapping that is compiled late would be compiled for it.
  const { getOwnPropertyDescriptors } = Object;
  const all = { ...getOwnPropertyDescriptors(mapping), ...getOwnPropertyDescriptors(own) };
  // SAFETY: all that the mapping has, and its own.
  return Object.defineProperties({}, all) as InboundMapping;
}
