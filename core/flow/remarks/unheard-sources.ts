import { type Lint, lintOf } from '../../failure/lint.ts';
import { saying } from '../../failure/saying.ts';
import type { InboundMapping } from '../../mapping/compiled.ts';
import { propertiesOf } from '../../mapping/language/schema-walk.ts';
import type { CanonicalSchemas } from '../../schema/canonical.ts';
import type { ConfigFile, FlowFile } from '../cross-check.ts';

/**
 * Sources whose mappings fill a field that `ownership` gives to others alone: what they say of it
 * is never heard, also where none of the owners knows the entity. A word of protection always is.
 */
export function unheardSources(
  { config, yaml }: ConfigFile,
  flows: readonly FlowFile[],
  inbound: ReadonlyMap<string, readonly InboundMapping[]>,
  canonical: CanonicalSchemas,
): readonly Lint[] {
  const read = new Set(flows.flatMap(({ flow }) => flow.from));
  const lints: Lint[] = [];
  for (const [kind, owners] of config.ownership) {
    const entity = canonical.get(kind);
    const always = new Set(entity?.protection.paths.map(([field]) => field));
    const fields = Object.keys(propertiesOf(entity?.schema ?? {})).filter(
      (one) => !always.has(one),
    );
    for (const [source, mappings] of inbound) {
      const own = mappings.filter(({ to }) => to.kind === kind);
      const filled = new Set(
        own.flatMap(({ rules }) => rules.map(({ field }) => field.split('.')[0])),
      );
      const unheard = fields.filter((one) => filled.has(one) && !hears(owners, one, source));
      if (!read.has(source) || unheard.length === 0) continue;
      const said = saying('sourceUnheard', { source, kind, fields: unheard });
      const hint = saying('sourceUnheardHint', { source });
      const at = { file: yaml.file, ...yaml.keyAt(['ownership', kind]), code: 'SOURCE_UNHEARD' };
      lints.push(lintOf(at, said, hint));
    }
  }
  return lints;
}

/** Whether a source is heard with a field, with some items of it, or whoever says it first is. */
function hears(
  owners: ReadonlyMap<string, readonly string[]>,
  field: string,
  source: string,
): boolean {
  const rest = owners.get(field) ?? owners.get('*');
  const ofItems = [...owners].filter(([written]) => written.startsWith(`${field}[`));
  return rest === undefined || [rest, ...ofItems.map(([, own]) => own)].flat().includes(source);
}
