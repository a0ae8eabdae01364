import { nearestTo } from '../../failure/lint.ts';
import { saying } from '../../failure/saying.ts';
import type { YamlPath } from '../../schema/yaml-file.ts';
import { textOfId } from '../language/path.ts';
import { ANYTHING, typesOf } from '../language/schema-walk.ts';
import type { WrittenRule } from '../language/written.ts';
import type { Compilation, RuleTarget, Source } from './compilation.ts';
import type { Evaluate, Evaluation, LookupRecipe, Scope } from './evaluation.ts';

/** The hub's id of what an outside system calls by an id of its own. */
export function compileIdentity(
  compilation: Compilation,
  at: YamlPath,
  { kind, of }: WrittenRule,
  path: string,
  target: RuleTarget,
): Source {
  const { read, recipe: outside } = compilation.path([...at, 'identity'], path);
  const referred = target.schema['x-reference'];
  const entityKind = kind ?? (typeof referred === 'string' ? referred : '');
  if (compilation.world.canonical.get(entityKind) === undefined) {
    const near = nearestTo(entityKind, compilation.world.canonical.kinds);
    const said = saying('noEntityKind', { name: entityKind });
    compilation.lint(at, 'MAPPING_LOOKUP_UNKNOWN', said, near);
  }
  compilation.noteSystem([...at, 'of'], of, false);
  const asObject = typesOf(target.schema).includes('object');
  const system = of ?? null;
  return {
    schema: ANYTHING,
    recipe: { kind: 'identity', of: outside, system, entityKind, asObject },
    evaluate: (scope) => {
      const id = read(scope);
      const text = textOfId(id);
      if (text === null) return id === undefined || id === null ? id : '';
      const known = scope.identify(system, entityKind, text);
      return asObject ? { id: known } : known;
    },
  };
}

/** A field of the entity whose id stands at `by`. */
export function compileTaken(
  compilation: Compilation,
  at: YamlPath,
  rule: WrittenRule,
  kind: string,
): Source {
  const schema = compilation.world.canonical.get(kind)?.schema;
  if (schema === undefined || rule.by === undefined) {
    const near = nearestTo(kind, compilation.world.canonical.kinds);
    const code = 'MAPPING_LOOKUP_UNKNOWN';
    if (rule.by === undefined) compilation.lint(at, code, saying('lookupNeedsBy', {}));
    else compilation.lint(at, code, saying('noEntityKind', { name: kind }), near);
    return { ...NOTHING, schema: ANYTHING };
  }
  return compilation.within(() => {
    const found = compileLookup(compilation, at, kind, rule.by ?? '');
    const name = `lookup ${compilation.slots}`;
    const { slot } = compilation.addLocal(at, name, schema, [], kind);
    const taken = compilation.path([...at, 'take'], `\`${name}\`.${rule.take ?? 'id'}`);
    const evaluate: Evaluate = (scope) => {
      scope.locals[slot] = found.evaluate(scope);
      return taken.read(scope);
    };
    const recipe = { kind: 'taken', slot, of: found.recipe, take: taken.recipe } as const;
    return { evaluate, recipe, schema: taken.schema };
  });
}

const NOTHING: Evaluation = {
  evaluate: () => undefined,
  recipe: { kind: 'constant', value: undefined },
};

/** Reads the id at `by` and answers the entity; what will be asked for is noted in `needs`. */
export function compileLookup(
  compilation: Compilation,
  at: YamlPath,
  kind: string,
  by: string,
): Evaluation<LookupRecipe> {
  const first = /^`?([^`.[]+)/.exec(by)?.[1] ?? '';
  if (compilation.named.has(first)) {
    const said = saying('readsFromLet', { path: by });
    compilation.lint(at, 'MAPPING_LOOKUP_CHAINED', said, saying('readsFromLetHint', {}));
  }
  if (compilation.isInList) {
    const said = saying('lookupInList', {});
    compilation.lint(at, 'MAPPING_LOOKUP_CHAINED', said, saying('lookupInListHint', {}));
  }
  const { read, recipe } = compilation.path([...at, 'by'], by);
  const idOf = (scope: Scope) => {
    const id = read(scope);
    return typeof id === 'string' ? id : null;
  };
  compilation.lookups.add(kind);
  compilation.needs.push((scope) => {
    const id = idOf(scope);
    return id === null ? null : { kind, id };
  });
  const evaluate: Evaluate = (scope) => {
    const id = idOf(scope);
    return id === null ? undefined : scope.lookup(kind, id);
  };
  return { evaluate, recipe: { kind: 'lookup', entityKind: kind, by: recipe } };
}
