import { nearestOr } from '../../failure/lint.ts';
import { saying } from '../../failure/saying.ts';
import { isObject } from '../../message/digest.ts';
import type { Json, Saying } from '../../message/message.ts';
import type { Invalidity } from '../../schema/canonical.ts';
import { compileSchema } from '../../schema/validator.ts';
import type { YamlPath } from '../../schema/yaml-file.ts';
import { parseTable } from '../language/table.ts';
import type { Policy, WrittenRule } from '../language/written.ts';
import type { Compilation } from './compilation.ts';
import type { FieldSchema } from './modifiers.ts';

/** A value that a rule gives as it is written, and where that is. */
interface Given {
  readonly value: Json;
  /** In the rule. */
  readonly key: string;
  /** A table's file and line; null for what stands in the rule itself. */
  readonly where: { readonly file: string; readonly line: number } | null;
}

/**
 * What a rule gives that its field cannot have: a constant, a row of a table, or what stands in for
 * a value. Each record with it would be set aside.
 */
export function lintGivenCodes(
  compilation: Compilation,
  at: YamlPath,
  rule: WrittenRule,
  schema: FieldSchema,
): void {
  const { items } = schema;
  const inside = isObject(items) ? items : null;
  const codes = schema['enum'] ?? inside?.['enum'];
  for (const given of givenBy(compilation, rule)) {
    const { value, key, where } = given;
    if (Array.isArray(codes)) {
      const known = codes.map(String);
      for (const one of Array.isArray(value) ? value : [value]) {
        if (known.includes(String(one)) || one === null) continue;
        const others = saying('mayBe', { codes: known.slice(0, 12) });
        const said = inTable(where, saying('noCodeHere', { code: String(one) }));
        const hint = nearestOr(String(one), known, others);
        compilation.lint([...at, key], 'MAPPING_CODE', said, hint);
      }
      continue;
    }
    // A row of a table stands for one of a list's items, whatever else the rule gives for the list.
    const meant = key === 'table' && inside !== null && !Array.isArray(value) ? inside : schema;
    const fault = faultOf(rule, value, meant);
    if (fault === null) continue;
    const { field, what } = fault;
    const said = inTable(where, field === '' ? what : saying('fieldIs', { field, what }));
    compilation.lint([...at, key], 'MAPPING_VALUE', saying('asSentence', { what: said }));
  }
}

function inTable<W extends string | Saying>(where: Given['where'], what: W): W | Saying {
  return where === null ? what : saying('atLine', { ...where, what });
}

/** A day on which whoever a mapping names has been born. */
const LATE = '2899-12-31';

/** What is amiss with a value that stands in a rule; null where it fits, or is made to fit. */
function faultOf(rule: WrittenRule, value: Json, schema: FieldSchema): Invalidity | null {
  // That nothing is given is what a policy may be for.
  if (value === null) return null;
  const { maxLength, ...rest } = schema;
  const isShortened = maxLength === undefined || rule.longer !== undefined;
  return compileSchema(isShortened ? rest : { ...rest, maxLength })(value, LATE);
}

function givenBy({ world }: Compilation, rule: WrittenRule): readonly Given[] {
  const { table, template, unmapped } = rule;
  if (rule.const !== undefined) return [{ key: 'const', value: rule.const, where: null }];
  const policies = (['missing', 'empty', 'null'] as const).flatMap((key) => used(key, rule[key]));
  const others =
    rule.default === undefined
      ? policies
      : [...policies, { key: 'default', value: rule.default, where: null }];
  // A template changes what comes out of a table.
  if (table === undefined || template !== undefined) return others;
  if (typeof table !== 'string') {
    const own = Object.values(table).map((value) => ({ key: 'table', value, where: null }));
    return [...own, ...used('unmapped', unmapped), ...others];
  }
  const rows = parseTable(world.readTable(table) ?? '');
  const own = [...rows.table].map(([code, value]) => {
    return { key: 'table', value, where: { file: table, line: rows.lines.get(code) ?? 1 } };
  });
  return [...own, ...used('unmapped', unmapped), ...others];
}

function used(key: string, policy: Policy | undefined): readonly Given[] {
  return typeof policy === 'object' ? [{ key, value: policy.use, where: null }] : [];
}
