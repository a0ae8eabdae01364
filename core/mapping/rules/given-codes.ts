import { nearestOr } from '../../failure/lint.ts';
import { saying } from '../../failure/saying.ts';
import { isObject } from '../../message/digest.ts';
import type { Json } from '../../message/message.ts';
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
 * What a rule gives that its field cannot have: a row of a table, or what stands in for a value.
 * Each record with it would be set aside.
 */
export function lintGivenCodes(
  compilation: Compilation,
  at: YamlPath,
  rule: WrittenRule,
  { enum: own, items }: FieldSchema,
): void {
  const codes = own ?? (isObject(items) ? items['enum'] : undefined);
  if (!Array.isArray(codes)) return;
  const known = codes.map(String);
  for (const { value, key, where } of givenBy(compilation, rule)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (known.includes(String(one))) continue;
      const codes = saying('mayBe', { codes: known.slice(0, 12) });
      const what = saying('noCodeHere', { code: String(one) });
      const said = where === null ? what : saying('atLine', { ...where, what });
      compilation.lint([...at, key], 'MAPPING_CODE', said, nearestOr(String(one), known, codes));
    }
  }
}

function givenBy({ world }: Compilation, rule: WrittenRule): readonly Given[] {
  const { table, template, unmapped } = rule;
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
