import type { HeadRecipe } from '../rules/each.ts';
import { type Park, writeValue } from './rules.ts';
import type { Source } from './source.ts';

/**
 * Writes the loops of `each`, and in them what `write` writes for one item, in the block `one`:
 * leaving it goes on with the next item.
 */
export function writeEach(source: Source, { lists }: HeadRecipe, write: () => void) {
  for (const { list, slot } of lists) {
    const items = writeValue(source, list, null, () => '');
    const index = source.fresh();
    source.line(`if (Array.isArray(${items}))`);
    source.line(`for (let ${index} = 0; ${index} < ${items}.length; ${index}++) {`);
    source.line(`${source.local(slot)} = ${items}[${index}];`);
  }
  source.line('one: {');
  write();
  source.line('}'.repeat(lists.length + 1));
}

/** Writes the names of `let`, and then `when`, which leaves the block `one`. */
export function writeNames(source: Source, { names, when }: HeadRecipe, park: Park) {
  for (const { slot, place, value } of names) {
    source.line(`${source.local(slot)} = ${writeValue(source, value, place, park)};`);
  }
  if (when === null) return;
  source.line(`if (${writeValue(source, when.value, when.place, park)} !== true) break one;`);
}
