import { posix } from 'node:path';
import type { InboundMapping, OutboundMapping, RuleNote } from '../../mapping/compiled.ts';
import type { Message, Place } from '../../message/message.ts';
import type { Engine } from '../../run/engine.ts';

/** A table file that lacks the row which a message waits for. */
export interface TableGap {
  /** Path from the workspace. */
  readonly file: string;
  /** The field whose rule asks the table. */
  readonly field: string;
  /** The code without a row; null where it may be no code, and is not quoted. */
  readonly code: string | null;
  /** What the table's rows lead to now, each once. */
  readonly values: readonly string[];
  /** The module whose mapping it is. */
  readonly module: string;
  readonly direction: 'inbound' | 'outbound';
}

/** The table that a row would mend; null where the problem is another, or the rule has no file. */
export function tableGap({ workspace }: Engine, { problem, target }: Message): TableGap | null {
  if (problem?.code !== 'CODE_UNMAPPED') return null;
  const place = rulePlace(problem.text) ?? problem.place;
  if (place === null) return null;
  for (const direction of ['inbound', 'outbound'] as const) {
    for (const [module, mappings] of workspace[direction]) {
      const isOfMessage = target === module || target.startsWith(`${module}:`);
      const found = isOfMessage ? ruleAt(mappings, place) : null;
      if (found === null) continue;
      const { rule, mapping } = found;
      const values = [...new Set(rule.rows().map(({ to }) => String(to)))].sort();
      const file = posix.join(posix.dirname(mapping.file), rule.table ?? '');
      const code = /the code "([^"]+)"/.exec(problem.text)?.[1] ?? null;
      return { file, field: rule.field, code, values, module, direction };
    }
  }
  return null;
}

/** Of a record, the problem's place is where it stands in its file; the text names the rule. */
function rulePlace(text: string): Pick<Place, 'file' | 'line'> | null {
  const [, file, line] = /\(rule ([^()]+):(\d+)\)$/.exec(text) ?? [];
  return file === undefined ? null : { file, line: Number(line) };
}

function ruleAt(
  mappings: readonly (InboundMapping | OutboundMapping)[],
  { file, line }: Pick<Place, 'file' | 'line'>,
): { readonly rule: RuleNote; readonly mapping: InboundMapping | OutboundMapping } | null {
  for (const mapping of mappings) {
    if (mapping.file !== file) continue;
    const rule = mapping.rules.find((one) => one.line === line && one.table !== null);
    if (rule !== undefined) return { rule, mapping };
  }
  return null;
}
