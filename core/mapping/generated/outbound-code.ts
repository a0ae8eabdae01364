import type { Entity } from '../../message/message.ts';
import type { Code, Projection, ProjectionContext } from '../compiled.ts';
import { problemOf } from '../language/parked.ts';
import type { Head } from '../rules/each.ts';
import type { Evaluation, Making } from '../rules/evaluation.ts';
import { writeEach, writeFields, writeNames, writeRule } from './rules.ts';
import { Source } from './source.ts';

/** What an outbound mapping is made of. */
export interface OutboundParts {
  readonly head: Head;
  readonly key: Evaluation;
  readonly making: Making;
  /** How many names of `let` and `as` it has. */
  readonly slots: number;
}

type Project = (view: Entity, context: ProjectionContext) => readonly Projection[];

/** Writes the whole of an outbound mapping as one function. */
export function outboundCode({ head, key, making, slots }: OutboundParts): Code<Project> {
  const source = new Source(slots);
  const made = source.variable('[]');
  writeEach(source, head.recipe, () => {
    const known = source.variable('null');
    const park = (parked: string) =>
      `${made}.push({ key: ${known}, problem: ${parked}.problem }); break one;`;
    source.line('try {');
    writeNames(source, head.recipe, park);
    source.line(`${known} = String(${writeRule(source, key, park)});`);
    const object = writeFields(source, making, park);
    source.line(`${made}.push({ key: ${known}, object: ${object} });`);
    const problem = `${source.constant(problemOf)}(thrown)`;
    source.line(`} catch (thrown) { ${made}.push({ key: ${known}, problem: ${problem} }); }`);
  });
  source.line(`return ${made};`);
  // SAFETY: it gives the list that it has just been written to fill.
  const run = source.compile() as (...scope: readonly unknown[]) => readonly Projection[];
  const { counts } = source;
  return { counts, run: (view, { today, lookup }) => run(view, today, lookup) };
}
