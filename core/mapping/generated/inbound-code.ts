import type { JsonObject, Problem } from '../../message/message.ts';
import type { Code, InboundContext, PartDraft } from '../compiled.ts';
import { duplicatesOf, type Identifiers, type Patch, partOf } from '../identifiers.ts';
import { problemOf } from '../language/parked.ts';
import { textOfId } from '../language/path.ts';
import type { Head } from '../rules/each.ts';
import type { Making } from '../rules/evaluation.ts';
import { writePath } from './paths.ts';
import { type Park, writeEach, writeFields, writeNames, writeRule } from './rules.ts';
import { Source } from './source.ts';

/** What an inbound mapping is made of. */
export interface InboundParts {
  readonly head: Head;
  readonly identifiers: Identifiers;
  readonly patch: Patch | null;
  readonly making: Making;
  /** How many names of `let` and `as` it has. */
  readonly slots: number;
}

type Convert = (record: JsonObject, context: InboundContext) => readonly PartDraft[] | Problem;

/** Writes the whole of an inbound mapping as one function. */
export function inboundCode({
  head,
  identifiers,
  patch,
  making,
  slots,
}: InboundParts): Code<Convert> {
  const source = new Source(slots);
  const made = source.variable('[]');
  const park = (parked: string) => `return ${parked}.problem;`;
  source.line('try {');
  writeEach(source, head.recipe, () => {
    writeNames(source, head.recipe, park);
    const named = writeIdentity(source, identifiers, park);
    const patched = source.variable(patchOf(source, patch));
    const duplicates = source.variable(
      identifiers.duplicates === null
        ? 'null'
        : source.evaluated((scope) => duplicatesOf(scope, identifiers)),
    );
    const content = writeFields(source, making, park);
    const rest = `patch: ${patched}, duplicates: ${duplicates}, content: ${content}`;
    source.line(`${made}.push({ ${named}, ${rest} });`);
  });
  source.line(`} catch (thrown) { return ${source.constant(problemOf)}(thrown); }`);
  source.line(`return ${made};`);
  // SAFETY: it gives the list that it has just been written to fill, or a problem.
  const run = source.compile() as (...scope: readonly unknown[]) => ReturnType<Convert>;
  const { counts } = source;
  return {
    counts,
    run: (record, { today, identify, identifyOwn }) =>
      run(record, today, nothing, identify, identifyOwn),
  };
}

function nothing(): undefined {}

/** The names of the part and its entity, as fields of a draft. */
function writeIdentity(source: Source, identifiers: Identifiers, park: Park): string {
  const { external, part, system, kind, noId } = identifiers;
  const outside = writePath(source, external.recipe);
  const text = source.variable(`${source.constant(textOfId)}(${outside})`);
  source.line(`if (${text} === null) { ${park(`${source.constant(noId)}()`)} }`);
  const name = [source.constant(system), source.constant(kind), text].join(', ');
  const id = source.variable(`identify(${name})`);
  const own = source.variable(`identifyOwn(${name})`);
  const named = `${source.constant(partOf)}(${writeRule(source, part, park)}, ${id}, ${own})`;
  const entity = `entity: { kind: ${source.constant(kind)}, id: ${id} }`;
  return `${entity}, part: ${named}, externalId: ${text}, ownId: ${own}`;
}

function patchOf(source: Source, patch: Patch | null): string {
  if (patch === null) return 'null';
  return source.evaluated((scope) => (patch.applies(scope) ? patch.of(scope) : null));
}
