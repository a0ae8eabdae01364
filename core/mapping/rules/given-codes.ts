import type { YamlPath } from '../../config/yaml-file.ts';
import { didYouMean } from '../../failure/lint.ts';
import { isObject } from '../../message/digest.ts';
import type { Json } from '../../message/message.ts';
import { parseTable } from '../language/table.ts';
import type { Policy, WrittenRule } from '../language/written.ts';
import type { Compilation } from './compilation.ts';
import type { FieldSchema } from './modifiers.ts';

/** A value that a rule gives as it is written, and where that is. */
interface Given {
  readonly value: Json;
  /** In the rule. */
  readonly key: string;
  /** Before the message: a table's file and line. */
  readonly where: string;
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
      const hint = didYouMean(String(one), known) || `It may be ${known.slice(0, 12).join(', ')}.`;
      compilation.lint([...at, key], 'MAPPING_CODE', `${where}"${one}" is no code here.`, hint);
    }
  }
}

function givenBy({ world }: Compilation, rule: WrittenRule): readonly Given[] {
  const { table, template, unmapped } = rule;
  const policies = (['missing', 'empty', 'null'] as const).flatMap((key) => used(key, rule[key]));
  const others =
    rule.default === undefined
      ? policies
      : [...policies, { key: 'default', value: rule.default, where: '' }];
  // A template changes what comes out of a table.
  if (table === undefined || template !== undefined) return others;
  if (typeof table !== 'string') {
    const own = Object.values(table).map((value) => ({ key: 'table', value, where: '' }));
    return [...own, ...used('unmapped', unmapped), ...others];
  }
  const rows = parseTable(world.readTable(table) ?? '');
  const own = [...rows.table].map(([code, value]) => {
    return { key: 'table', value, where: `${table}, line ${rows.lines.get(code)}: ` };
  });
  return [...own, ...used('unmapped', unmapped), ...others];
}

function used(key: string, policy: Policy | undefined): readonly Given[] {
  return typeof policy === 'object' ? [{ key, value: policy.use, where: '' }] : [];
}
