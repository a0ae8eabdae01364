import assert from 'node:assert/strict';
import { saying } from '../failure/saying.ts';
import type { Entity, EntityRef } from '../message/message.ts';
import type { OutboundMapping, Projection, ProjectionContext } from './compiled.ts';
import type { Outbound } from './direction.ts';
import { type OutboundParts, outboundCode } from './generated/outbound-code.ts';
import { inBothWays } from './generated/ways.ts';
import { problemOf } from './language/parked.ts';
import type { WrittenMapping } from './language/written.ts';
import type { Compilation } from './rules/compilation.ts';
import { compileHead, type Head } from './rules/each.ts';
import type { Scope } from './rules/evaluation.ts';
import { compileRule } from './rules/rule.ts';
import { readByRules } from './shown/by-rules.ts';

const KEY = { field: 'key', schema: { type: 'string' }, required: true, isComplete: false };

/** Compiles an entity -> objects mapping; its faults are lints of the compilation. */
export function compileOutbound(
  compilation: Compilation,
  written: WrittenMapping,
  direction: Outbound,
  connector: string,
  fingerprint: () => string,
): OutboundMapping {
  const { entity, object, objectKind } = direction;
  const head = compileHead(compilation, written);
  if (written.key === undefined) {
    compilation.lint(['from'], 'MAPPING_KEY_MISSING', saying('outboundNeedsKey', {}));
  }
  const key = compileRule(compilation, ['key'], written.key ?? { const: '' }, KEY);
  const whole = { field: '', schema: object, required: true, isComplete: true };
  const making = compilation.compileFields(compilation, ['fields'], written.fields, whole);
  const { slots, needs } = compilation;

  const parts = { head, key, making, slots };
  const interpreted = interpreterOf(parts);
  const read = readByRules(head.recipe, key, making);
  const { run, ways } = inBothWays(interpreted, () => outboundCode(parts));
  return {
    file: compilation.yaml.file,
    from: { kind: entity.kind, version: entity.version },
    to: { connector, objectKind },
    fingerprint: fingerprint(),
    inverses: [...compilation.inverses],
    ...read,
    lookups: [...compilation.lookups],
    fills: [...new Set(compilation.rules.map(({ field }) => field))],
    rules: compilation.rules,
    needs: (view) => findNeeds(head, needs, scopeOf(view, slots, NO_CONTEXT)),
    // What persons have set stands in few objects: the code need not know of it.
    project: (view, context) => (context.given === undefined ? run : interpreted)(view, context),
    ways,
    silence: (view) => head.silence(scopeOf(view, slots, NO_CONTEXT)),
  };
}

function interpreterOf({ head, key, making, slots }: OutboundParts): OutboundMapping['project'] {
  const projectOne = (scope: Scope, givenOf: ProjectionContext['given']): Projection | null => {
    let known: string | null = null;
    try {
      head.prepare(scope);
      if (!head.applies(scope)) return null;
      known = String(key.evaluate(scope));
      const given = givenOf?.(known);
      const whole = given === undefined ? scope : { ...scope, given };
      return { key: known, object: making.make(whole) };
    } catch (thrown) {
      return { key: known, problem: problemOf(thrown) };
    }
  };
  return (view, context) => {
    const projections: Projection[] = [];
    for (const scope of head.scopes(scopeOf(view, slots, context))) {
      const projection = projectOne(scope, context.given);
      if (projection !== null) projections.push(projection);
    }
    return projections;
  };
}

function findNeeds(head: Head, needs: Compilation['needs'], whole: Scope): readonly EntityRef[] {
  if (needs.length === 0) return NOTHING_NEEDED;
  const found: EntityRef[] = [];
  for (const scope of head.scopes(whole)) {
    for (const need of needs) {
      const reference = need(scope);
      if (reference !== null) found.push(reference);
    }
  }
  return found;
}

const NOTHING_NEEDED: readonly EntityRef[] = [];
const NO_CONTEXT: ProjectionContext = { today: '', lookup: () => undefined };

function scopeOf(root: Entity, slots: number, { today, lookup }: ProjectionContext): Scope {
  return {
    root,
    locals: new Array(slots),
    today,
    lookup,
    identify: noIdentity,
    identifyOwn: noIdentity,
  };
}

function noIdentity(): string {
  assert.fail('an outbound mapping has no identities to find');
}
