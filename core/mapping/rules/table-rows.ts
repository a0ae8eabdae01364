import { posix } from 'node:path';
import type { YamlPath } from '../../config/yaml-file.ts';
import type { TableRow } from '../compiled.ts';
import { parseTable } from '../language/table.ts';
import type { WrittenRule } from '../language/written.ts';
import type { Compilation } from './compilation.ts';

/** The rows of a rule's table, with the line of each; none where the rule has no table. */
export function tableRows(
  { yaml, world }: Compilation,
  at: YamlPath,
  { table: written }: WrittenRule,
): readonly TableRow[] {
  if (written === undefined) return [];
  if (typeof written !== 'string') {
    return Object.entries(written).map(([from, to]) => {
      const { line } = yaml.keyAt([...at, 'table', from]);
      return { from, to, file: yaml.file, line };
    });
  }
  const file = posix.join(posix.dirname(yaml.file), written);
  const { table, lines } = parseTable(world.readTable(written) ?? '');
  return [...table].map(([from, to]) => ({ from, to, file, line: lines.get(from) ?? 1 }));
}
