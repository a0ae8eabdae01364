import { saying } from '../failure/saying.ts';
import { isList, isObject } from '../message/digest.ts';
import type { JsonObject, Problem } from '../message/message.ts';
import { compileAlone, withoutBadItems } from './bad-items.ts';
import type {
  DeletedPart,
  Glimpse,
  InboundContext,
  InboundMapping,
  PartDraft,
} from './compiled.ts';
import type { Inbound } from './direction.ts';
import { type InboundParts, inboundCode } from './generated/inbound-code.ts';
import { inBothWays } from './generated/ways.ts';
import {
  compileIdentifiers,
  duplicatesOf,
  type Identifiers,
  identify,
  type Patch,
} from './identifiers.ts';
import { orNothing, Parked, problemOf, type RulePlace } from './language/parked.ts';
import { compileReader, parsePath, textOfId, wordOf } from './language/path.ts';
import { propertiesOf } from './language/schema-walk.ts';
import type { WrittenMapping, WrittenPartial } from './language/written.ts';
import type { Compilation } from './rules/compilation.ts';
import { compileHead, type Head } from './rules/each.ts';
import type { Scope } from './rules/evaluation.ts';
import { guarded } from './rules/evaluation.ts';
import { compileRule } from './rules/rule.ts';

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
  const making = compilation.compileFields(compilation, ['fields'], written.fields, target);
  const patch =
    written.partial === undefined
      ? null
      : compilePatch(compilation, written.partial, written, entity.schema);
  const items = compileAlone(compilation, written, entity.schema, head);
  const { slots } = compilation;
  const named = (scope: Scope) => identify(scope, identifiers);
  const goneIn = saysMarksAlone(written, direction) ? sparing(named) : named;
  const said = (scope: Scope) => making.make(scope, entity.protection.paths);

  function glimpse(scope: Scope): Glimpse {
    const { entity: about, part } = named(scope);
    return { entity: about, part, content: said(scope) };
  }

  const parts = { head, identifiers, patch, making, slots };
  const { run, ways } = inBothWays(interpreterOf(parts), () => inboundCode(parts));
  return {
    file: compilation.yaml.file,
    from: { connector, stream },
    to: { kind: entity.kind, version: entity.version },
    rules: compilation.rules,
    of: written.entity?.of ?? null,
    systems: compilation.systems,
    isSupplement: written.supplement === true,
    mark: '',
    ...{ isSingle: head.recipe.lists.length === 0, partReads: identifiers.partReads },
    conditions: head.conditions,
    fingerprint: fingerprint(),
    externalIds: (record) => distinct(namesOf(head, identifiers, record, slots), 'id'),
    names: (record) => distinct(namesOf(head, identifiers, record, slots), 'name'),
    convert: withoutBadItems(sound(run, direction, compilation, written), items),
    ways,
    about: (record, context) => glimpses(head, scopeOf(record, context, slots), glimpse),
    saidOfNobody: (record, context) => glimpses(head, scopeOf(record, context, slots), said),
    identifyDeleted: (record, context) => deleted(head, scopeOf(record, context, slots), goneIn),
  };
}

/**
 * What one record adds to an entity is judged by itself: a row of a class's list that cannot be is
 * set aside alone, and the class is not kept from all that the others say.
 */
function sound(
  convert: InboundMapping['convert'],
  { entity }: Inbound,
  compilation: Compilation,
  { supplement }: WrittenMapping,
): InboundMapping['convert'] {
  if (supplement !== true) return convert;
  const { file } = compilation.yaml;
  const line = compilation.lineOf(['fields']);
  return (record, context) => {
    const drafts = convert(record, context);
    if (!Array.isArray(drafts)) return drafts;
    for (const { content } of drafts) {
      const fault = entity.validatePart(content, context.today);
      if (fault === null) continue;
      const { field, what } = fault;
      return new Parked('VALUE_NOT_ALLOWED', what, { file, line, field }).problem;
    }
    return drafts;
  };
}

function interpreterOf(parts: InboundParts): InboundMapping['convert'] {
  const { head, identifiers, patch, making, slots } = parts;
  const draft = (scope: Scope): PartDraft | null => {
    head.prepare(scope);
    if (!head.applies(scope)) return null;
    const identified = identify(scope, identifiers);
    const patched = patch?.applies(scope) === true ? patch.of(scope) : null;
    const duplicates = duplicatesOf(scope, identifiers);
    return { ...identified, patch: patched, duplicates, content: making.make(scope) };
  };
  return (record, context) => {
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
  };
}

/** Whether a mapping adds nothing to entities but marks of protection. */
function saysMarksAlone({ supplement, fields }: WrittenMapping, { entity }: Inbound): boolean {
  const marks = new Set(entity.protection.paths.map((path) => path.join('.')));
  return supplement === true && Object.keys(fields).every((field) => marks.has(field));
}

/**
 * A mark that a record laid on somebody stays until a person releases it: where a deletion by the
 * record's own id does not say on whom, there is nothing to take back.
 */
function sparing(named: (scope: Scope) => DeletedPart): (scope: Scope) => DeletedPart | null {
  return (scope) => orNothing(() => named(scope)) ?? null;
}

function deleted(
  head: Head,
  root: Scope,
  read: (scope: Scope) => DeletedPart | null,
): readonly DeletedPart[] | Problem {
  const gone: DeletedPart[] = [];
  try {
    for (const scope of head.scopes(root)) {
      head.prepareWhatCan(scope);
      if (saysOtherwise(head, scope)) continue;
      const found = read(scope);
      if (found !== null) gone.push({ entity: found.entity, part: found.part });
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

function glimpses<T>(head: Head, root: Scope, read: (scope: Scope) => T): readonly T[] {
  const found: T[] = [];
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

/** With no context: quarantine must know them even where nothing else can be read. */
function namesOf(
  head: Head,
  { external, part }: Identifiers,
  record: JsonObject,
  slots: number,
): readonly Named[] {
  const context: InboundContext = { today: '', identify: () => '', identifyOwn: () => '' };
  const found: Named[] = [];
  for (const scope of head.scopes(scopeOf(record, context, slots))) {
    head.prepareWhatCan(scope);
    const id = textOfId(external.evaluate(scope));
    if (id === null) continue;
    const own = orNothing(() => wordOf(part.evaluate(scope))) ?? '';
    found.push({ id, name: own === '' ? id : `${id}/${own}` });
  }
  return found;
}

/** A record's id, and what it is called among others that speak of the same entity. */
interface Named {
  readonly id: string;
  readonly name: string;
}

function distinct(names: readonly Named[], of: keyof Named): readonly string[] {
  return [...new Set(names.map((one) => one[of]))];
}

/** The list's rule once more, for the items that are to be removed, to learn their keys. */
function compilePatch(
  compilation: Compilation,
  { when, list, keyedBy, removed }: WrittenPartial,
  { fields }: WrittenMapping,
  entity: JsonObject,
): Patch {
  const isPartial = compilation.condition(['partial', 'when'], when).evaluate;
  const line = compilation.lineOf(['partial', 'when']);
  const place: RulePlace = { file: compilation.yaml.file, line, field: 'partial' };
  const rule = fields[list];
  if (rule?.list === undefined || rule.as === undefined) {
    const said = saying('noListOfFields', { list });
    compilation.lint(['partial', 'list'], 'MAPPING_FIELD_UNKNOWN', said);
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
