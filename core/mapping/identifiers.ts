import { saying } from '../failure/saying.ts';
import { isList } from '../message/digest.ts';
import type { EntityRef, Json } from '../message/message.ts';
import { type ListPatch, PART_OF_DUPLICATE } from './compiled.ts';
import { Parked, type RulePlace } from './language/parked.ts';
import { textOfId, wordOf } from './language/path.ts';
import type { WrittenMapping } from './language/written.ts';
import type { Compilation } from './rules/compilation.ts';
import type { Evaluate, Evaluation, PathRecipe, Scope } from './rules/evaluation.ts';
import { compileRule } from './rules/rule.ts';

/** How a record's entities and parts are named. */
export interface Identifiers {
  readonly kind: string;
  /** Whose ids they are; null: the source module's own. */
  readonly system: string | null;
  readonly external: Evaluation<PathRecipe>;
  readonly part: Evaluation;
  /** How many fields of the record its name is made of. */
  readonly partReads: number;
  readonly duplicates: Evaluate | null;
  /** What a record without an id is parked with. */
  readonly noId: () => Parked;
}

/** What a record that only says the difference does to a list; see `partial`. */
export interface Patch {
  applies(scope: Scope): boolean;
  of(scope: Scope): ListPatch;
}

export function compileIdentifiers(
  compilation: Compilation,
  { entity, part, supplement }: WrittenMapping,
  kind: string,
): Identifiers {
  if (entity === undefined) {
    compilation.lint(['from'], 'MAPPING_KEY_MISSING', saying('inboundNeedsEntity', {}));
  }
  const { read, recipe } = compilation.path(['entity', 'identity'], entity?.identity ?? 'id');
  const makes = supplement !== true;
  compilation.noteSystem(['entity', 'of'], entity?.of, makes);
  const text = { field: 'part', schema: { type: 'string' }, required: true, isComplete: false };
  const duplicates = entity?.duplicates;
  const line = compilation.lineOf(['entity']);
  const place: RulePlace = { file: compilation.yaml.file, line, field: 'entity' };
  const { result: named, reads } = compilation.readsOf(() =>
    compileRule(compilation, ['part'], part ?? { const: '' }, text),
  );
  return {
    kind,
    system: entity?.of ?? null,
    external: { evaluate: read, recipe },
    duplicates:
      duplicates === undefined ? null : compilation.path(['entity', 'duplicates'], duplicates).read,
    part: named,
    partReads: reads.length,
    noId: () => new Parked('VALUE_MISSING', saying('noRecordId', {}), place),
  };
}

export function identify(
  scope: Scope,
  { external, part, system, kind, noId }: Identifiers,
): { entity: EntityRef; part: string; externalId: string; ownId: string } {
  const externalId = textOfId(external.evaluate(scope));
  if (externalId === null) throw noId();
  const id = scope.identify(system, kind, externalId);
  const ownId = scope.identifyOwn(system, kind, externalId);
  const named = partOf(part.evaluate(scope), id, ownId);
  return { entity: { kind, id }, part: named, externalId, ownId };
}

/** What a merged duplicate's records say stands beside what the survivor's say. */
export function partOf(part: Json | undefined, id: string, ownId: string): string {
  return wordOf(part) + (ownId === id ? '' : PART_OF_DUPLICATE + ownId);
}

export function duplicatesOf(
  scope: Scope,
  { duplicates, system, kind }: Identifiers,
): readonly string[] | null {
  if (duplicates === null) return null;
  const named: Json | undefined = duplicates(scope);
  if (!isList(named)) return [];
  const ids = named.map(textOfId).filter((id) => id !== null);
  return ids.map((id) => scope.identifyOwn(system, kind, id));
}
