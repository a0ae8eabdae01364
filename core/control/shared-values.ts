import { textOfPlaces } from '../message/places.ts';
import { uniqueRules } from '../schema/unique.ts';
import type { Part } from '../store/store.ts';
import type { Engine } from './engine.ts';

interface Shared {
  readonly id: string;
  readonly subject: string;
  readonly text: string;
}

const EXAMPLES = 5;

/** Numbers and accounts that several have: where they stand, never what they are. */
export async function sharedValues({ store, workspace }: Engine): Promise<readonly Shared[]> {
  const found: Shared[] = [];
  for (const kind of workspace.canonical.kinds) {
    const rules = uniqueRules(workspace.canonical.get(kind)?.schema ?? {});
    if (rules.length === 0) continue;
    const doubles = await store.entities.doubles(kind);
    for (const { as, path, withheld } of rules) {
      const own = doubles.filter((one) => one.as === as);
      if (own.length === 0) continue;
      const places: Part[] = [];
      for (const id of own.slice(0, EXAMPLES).flatMap(({ ids }) => ids)) {
        const parts = await store.entities.parts({ kind, id });
        const speaker = parts.find(({ content }) => (path[0] ?? '') in content);
        if (speaker !== undefined) places.push(speaker);
      }
      const where = textOfPlaces(places, own.flatMap(({ ids }) => ids).length);
      const told = withheld === null ? '' : '; files name it for the first of them only';
      const text = `${own.length} of ${as} stand at more than one ${kind}: ${where}${told}`;
      found.push({ id: `shared ${kind} ${as}`, subject: `canonical ${kind}`, text });
    }
  }
  return found;
}
