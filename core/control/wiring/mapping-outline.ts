import type { RuleNote } from '../../mapping/compiled.ts';
import { propertiesOf } from '../../mapping/language/schema-walk.ts';
import type { MappingTestResult } from '../../mapping/mapping-tests.ts';
import type { JsonObject } from '../../message/message.ts';
import type { Engine } from '../../run/engine.ts';
import { type MappingName, mappingNames } from './wiring.ts';

/** What one mapping fills, from what, and how its own tests go. */
export interface MappingOutline extends MappingName {
  /** In the order of the file. */
  readonly rules: readonly Omit<RuleNote, 'rows' | 'path' | 'isKey'>[];
  /** Fields of what it makes, by their first name, that it says nothing of. */
  readonly unfilled: readonly string[];
  readonly tests: readonly MappingTestResult[];
}

/** Outlines the mapping of a file, and runs its tests; null if no bound module has it. */
export function outlineOf(engine: Engine, file: string): MappingOutline | null {
  const name = mappingNames(engine).find((one) => one.file === file);
  if (name === undefined) return null;
  const { inbound, outbound } = engine.workspace;
  const compiled = (name.direction === 'inbound' ? inbound : outbound).get(name.module) ?? [];
  const rules = compiled.find((one) => one.file === file)?.rules ?? [];
  const filled = new Set(rules.map(({ field }) => field.split('.')[0]));
  const fields = Object.keys(propertiesOf(madeSchema(engine, name)));
  return {
    ...name,
    rules: rules.map(({ field, line, reads, lookups, table }) => {
      return { field, line, reads, lookups, table };
    }),
    unfilled: fields.filter((field) => !filled.has(field)),
    tests: engine.workspace.runMappingTests().filter((test) => test.file === file),
  };
}

function madeSchema({ workspace }: Engine, { module, direction, to }: MappingName): JsonObject {
  const { config, canonical, connectors } = workspace;
  if (direction === 'inbound') return canonical.get(to)?.schema ?? {};
  return connectors.objectSchema(config.modules.get(module)?.connector ?? '', to);
}
