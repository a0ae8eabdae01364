import { isList, isObject } from '../message/digest.ts';
import type { EntityRef, Json, JsonObject, Problem } from '../message/message.ts';
import {
  type DeletedPart,
  type Glimpse,
  type InboundContext,
  type InboundMapping,
  type ListPatch,
  PART_OF_DUPLICATE,
  type PartDraft,
} from './compiled.ts';
import type { Inbound } from './direction.ts';
import { orNothing, Parked, problemOf, type RulePlace } from './language/parked.ts';
import { compileReader, parsePath, textOfId, wordOf } from './language/path.ts';
import { propertiesOf } from './language/schema-walk.ts';
import type { WrittenMapping, WrittenPartial } from './language/written.ts';
import type { Compilation } from './rules/compilation.ts';
import { compileHead, type Head } from './rules/each.ts';
import type { Evaluate, Scope } from './rules/evaluation.ts';
import { guarded } from './rules/guarded.ts';
import { compileRule } from './rules/rule.ts';

interface Identifiers {
  readonly external: Evaluate;
  readonly part: Evaluate;
  readonly idOf: (
    scope: Scope,
    externalId: string,
  ) => { readonly id: string; readonly own: string };
  readonly duplicates: Evaluate | null;
  readonly kind: string;
}

/** Compiles a record -> parts mapping; its faults are lints of the compilation. */
export function compileInbound(
  compilation: Compilation,
  written: WrittenMapping,
  direction: Inbound,
  connector: string,
  fingerprint: () => string,
): InboundMapping {
  const { entity, stream } = direction;
  const head = compileHead(compilation, written);
  const identifiers = compileIdentifiers(compilation, written, entity.kind);
  const target = { field: '', schema: entity.schema, required: false, isComplete: false };
  const { make } = compilation.compileFields(compilation, ['fields'], written.fields, target);
  const patch =
    written.partial === undefined
      ? null
      : compilePatch(compilation, written.partial, written, entity.schema);
  const { slots } = compilation;

  function draft(scope: Scope): PartDraft | null {
    head.prepare(scope);
    if (!head.applies(scope)) return null;
    const identified = named(scope);
    const patched = patch?.applies(scope) === true ? patch.of(scope) : null;
    const duplicates = duplicatesOf(scope, identifiers);
    return { ...identified, patch: patched, duplicates, content: make(scope) };
  }

  const named = (scope: Scope) => identify(scope, identifiers, compilation);

  function glimpse(scope: Scope): Glimpse {
    const { entity: about, part } = named(scope);
    return { entity: about, part, content: make(scope, entity.protection.paths) };
  }

  return {
    file: compilation.yaml.file,
    from: { connector, stream },
    to: { kind: entity.kind, version: entity.version },
    rules: compilation.rules,
    of: written.entity?.of ?? null,
    isSupplement: written.supplement === true,
    mark: '',
    conditions: head.conditions,
    fingerprint: fingerprint(),
    externalIds: (record) => externalIdsOf(head, identifiers, record, slots),
    convert: (record, context) => convert(head, record, context, slots, draft),
    about: (record, context) => glimpses(head, scopeOf(record, context, slots), glimpse),
    identifyDeleted: (record, context) => deleted(head, scopeOf(record, context, slots), named),
  };
}

function convert(
  head: Head,
  record: JsonObject,
  context: InboundContext,
  slots: number,
  draft: (scope: Scope) => PartDraft | null,
): readonly PartDraft[] | Problem {
  const drafts: PartDraft[] = [];
  try {
    for (const scope of head.scopes(scopeOf(record, context, slots))) {
      const one = draft(scope);
      if (one !== null) drafts.push(one);
    }
    return drafts;
  } catch (thrown) {
    return problemOf(thrown);
  }
}

function deleted(
  head: Head,
  root: Scope,
  read: (scope: Scope) => DeletedPart,
): readonly DeletedPart[] | Problem {
  const gone: DeletedPart[] = [];
  try {
    for (const scope of head.scopes(root)) {
      head.prepareWhatCan(scope);
      if (saysOtherwise(head, scope)) continue;
      const { entity, part } = read(scope);
      gone.push({ entity, part });
    }
    return gone;
  } catch (thrown) {
    return problemOf(thrown);
  }
}

/** A deletion often names no more than an id: only what it says can take it out of the mapping. */
function saysOtherwise(head: Head, scope: Scope): boolean {
  return head.isAsked(scope) && !mayApply(head, scope);
}

function glimpses(head: Head, root: Scope, read: (scope: Scope) => Glimpse): readonly Glimpse[] {
  const found: Glimpse[] = [];
  for (const scope of head.scopes(root)) {
    if (!mayApply(head, scope)) continue;
    const one = orNothing(() => read(scope));
    if (one !== undefined) found.push(one);
  }
  return found;
}

/** False only where the mapping surely leaves the record out. */
function mayApply(head: Head, scope: Scope): boolean {
  head.prepareWhatCan(scope);
  return orNothing(() => head.applies(scope)) ?? true;
}

function scopeOf(root: JsonObject, context: InboundContext, slots: number): Scope {
  return { root, locals: new Array(slots), lookup: () => undefined, ...context };
}

function compileIdentifiers(
  compilation: Compilation,
  { entity, part }: WrittenMapping,
  kind: string,
): Identifiers {
  if (entity === undefined) {
    compilation.lint(['from'], 'MAPPING_KEY_MISSING', 'an inbound mapping needs `entity`.');
  }
  const external = compilation.path(['entity', 'identity'], entity?.identity ?? 'id').read;
  const text = { field: 'part', schema: { type: 'string' }, required: true, isComplete: false };
  const partRule = part ?? { const: '' };
  const system = entity?.of ?? null;
  const duplicates = entity?.duplicates;
  return {
    external,
    kind,
    duplicates:
      duplicates === undefined ? null : compilation.path(['entity', 'duplicates'], duplicates).read,
    part: compileRule(compilation, ['part'], partRule, text).evaluate,
    idOf: (scope, externalId) => ({
      id: scope.identify(system, kind, externalId),
      own: scope.identifyOwn(system, kind, externalId),
    }),
  };
}

function identify(
  scope: Scope,
  { external, part, idOf, kind }: Identifiers,
  compilation: Compilation,
): { entity: EntityRef; part: string; externalId: string; ownId: string } {
  const externalId = textOfId(external(scope));
  if (externalId === null) {
    const line = compilation.lineOf(['entity']);
    const place: RulePlace = { file: compilation.yaml.file, line, field: 'entity' };
    throw new Parked('VALUE_MISSING', 'the record has no id', place);
  }
  const { id: entityId, own } = idOf(scope, externalId);
  // What a merged duplicate's records say stands beside what the survivor's say.
  const suffix = own === entityId ? '' : PART_OF_DUPLICATE + own;
  const named = wordOf(part(scope)) + suffix;
  return { entity: { kind, id: entityId }, part: named, externalId, ownId: own };
}

function duplicatesOf(scope: Scope, { duplicates, idOf }: Identifiers): readonly string[] | null {
  if (duplicates === null) return null;
  const named: Json | undefined = duplicates(scope);
  if (!isList(named)) return [];
  const ids = named.map(textOfId).filter((id) => id !== null);
  return ids.map((id) => idOf(scope, id).own);
}

/** With no context: quarantine must know them even where nothing else can be read. */
function externalIdsOf(
  head: Head,
  { external }: Identifiers,
  record: JsonObject,
  slots: number,
): readonly string[] {
  const context: InboundContext = { today: '', identify: () => '', identifyOwn: () => '' };
  const found = new Set<string>();
  for (const scope of head.scopes(scopeOf(record, context, slots))) {
    head.prepareWhatCan(scope);
    const id = textOfId(external(scope));
    if (id !== null) found.add(id);
  }
  return [...found];
}

interface Patch {
  applies(scope: Scope): boolean;
  of(scope: Scope): ListPatch;
}

/** The list's rule once more, for the items that are to be removed, to learn their keys. */
function compilePatch(
  compilation: Compilation,
  { when, list, keyedBy, removed }: WrittenPartial,
  { fields }: WrittenMapping,
  entity: JsonObject,
): Patch {
  const isPartial = compilation.expression(['partial', 'when'], when).evaluate;
  const line = compilation.lineOf(['partial', 'when']);
  const place: RulePlace = { file: compilation.yaml.file, line, field: 'partial' };
  const rule = fields[list];
  if (rule?.list === undefined || rule.as === undefined) {
    const text = `"${list}" is not a list of \`fields\` with \`as\`.`;
    compilation.lint(['partial', 'list'], 'MAPPING_FIELD_UNKNOWN', text);
  }
  const property = propertiesOf(entity)[list];
  const schema = isObject(property) ? property : {};
  const target = { field: list, schema, required: false, isComplete: false };
  const removedRule = { ...rule, where: removed, missing: 'omit', empty: 'omit' } as const;
  const removedItems = compileRule(compilation, ['fields', list], removedRule, target);
  const readKey = compileReader(parsePath(keyedBy) ?? []);
  return {
    applies: (scope) => guarded(isPartial, scope, place) === true,
    of: (scope) => {
      const items = removedItems.evaluate(scope);
      const keys = isList(items) ? items.map((item) => wordOf(readKey(item))) : [];
      return { field: list, keyedBy, removed: keys };
    },
  };
}
