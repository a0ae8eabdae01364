import { posix } from 'node:path';
import { valuesOf } from '../../failure/saying.ts';
import type { InboundMapping, OutboundMapping, RuleNote } from '../../mapping/compiled.ts';
import type { Message, Problem } from '../../message/message.ts';
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
  const place = rulePlace(problem);
  for (const direction of ['inbound', 'outbound'] as const) {
    for (const [module, mappings] of workspace[direction]) {
      const isOfMessage = target === module || target.startsWith(`${module}:`);
      const found = isOfMessage ? ruleAt(mappings, place) : null;
      if (found === null) continue;
      const { rule, mapping } = found;
      const values = [...new Set(rule.rows().map(({ to }) => String(to)))].sort();
      const file = posix.join(posix.dirname(mapping.file), rule.table ?? '');
      return { file, field: rule.field, code: codeIn(problem), values, module, direction };
    }
  }
  return null;
}

/** Of a record, the problem's place is where it stands in its file; what is said names the rule. */
function rulePlace({ said, place }: Problem): string {
  const rule = said === undefined ? null : valuesOf('byRule', said)?.['rule'];
  return typeof rule === 'string' ? rule : `${place?.file}:${place?.line}`;
}

function codeIn({ said }: Problem): string | null {
  const code = said === undefined ? null : valuesOf('thisCode', said)?.['code'];
  return typeof code === 'string' ? code : null;
}

function ruleAt(
  mappings: readonly (InboundMapping | OutboundMapping)[],
  place: string,
): { readonly rule: RuleNote; readonly mapping: InboundMapping | OutboundMapping } | null {
  for (const mapping of mappings) {
    const rule = mapping.rules.find(
      ({ line, table }) => table !== null && `${mapping.file}:${line}` === place,
    );
    if (rule !== undefined) return { rule, mapping };
  }
  return null;
}
