import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lint, lintOf, nearestOrAll } from '../failure/lint.ts';
import { saying } from '../failure/saying.ts';
import { digest } from '../message/digest.ts';
import type { JsonObject, Saying } from '../message/message.ts';
import { compileSchemaAll } from '../schema/validator.ts';
import { parseYaml, shapeLints, type YamlFile } from '../schema/yaml-file.ts';
import type { InboundMapping, OutboundMapping } from './compiled.ts';
import type { Direction } from './direction.ts';
import { compileInbound } from './inbound.ts';
import { viewSchema } from './language/schema-walk.ts';
import type { WrittenMapping } from './language/written.ts';
import { compileOutbound } from './outbound.ts';
import { Compilation, type MappingWorld } from './rules/compilation.ts';
import { compileFields } from './rules/fields.ts';
import type { MappingLintCode } from './rules/lints.ts';

const checkShape = compileSchemaAll(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../schemas/hub/mapping.v1.json'), 'utf8')),
);

/** What the mapping's connector declares. */
export interface ConnectorSchemas {
  readonly name: string;
  readonly streams: ReadonlyMap<string, JsonObject>;
  readonly objects: ReadonlyMap<string, JsonObject>;
}

export interface CompiledMapping {
  readonly mapping: OutboundMapping | InboundMapping | null;
  /** The tests inside the file, and what runs them; see mapping-tests.ts. */
  readonly written: WrittenMapping | null;
  readonly lints: readonly Lint[];
}

/**
 * Compiles a mapping file against both of its schemas. Pure: tables are read through the world. A
 * file with any lint gives no mapping.
 */
export function compileMapping(
  file: string,
  text: string,
  connector: ConnectorSchemas,
  world: MappingWorld,
): CompiledMapping {
  const { yaml, lints } = parseYaml(file, text);
  if (yaml === null) return { mapping: null, written: null, lints };
  const faults = checkShape(yaml.value);
  if (faults.length > 0) {
    return { mapping: null, written: null, lints: shapeLints(yaml, faults, 'MAPPING') };
  }
  // SAFETY: checked against its schema just above.
  const written = yaml.value as WrittenMapping;
  const direction = directionOf(yaml, written, connector, world);
  if (!('kind' in direction)) return { mapping: null, written, lints: direction };
  const isOutbound = direction.kind === 'outbound';
  const source = isOutbound ? viewSchema(direction.entity, world.canonical) : direction.record;
  const inverses = isOutbound ? direction.entity.inverses.map((one) => one.name) : [];
  const names = new Set(inverses);
  const compilation = new Compilation(yaml, world, source, names, compileFields);
  compilation.keyRule = JSON.stringify(written.key ?? '');
  const fingerprint = () => digest(JSON.stringify([text, ...compilation.tables]));
  const mapping = isOutbound
    ? compileOutbound(compilation, written, direction, connector.name, fingerprint)
    : compileInbound(compilation, written, direction, connector.name, fingerprint);
  return compilation.lints.length > 0
    ? { mapping: null, written, lints: compilation.lints }
    : { mapping, written, lints: [] };
}

const CANONICAL = /^([a-z-]+)\.v(\d+)$/;

function directionOf(
  yaml: YamlFile,
  { from, to }: WrittenMapping,
  connector: ConnectorSchemas,
  { canonical }: MappingWorld,
): Direction | readonly Lint[] {
  // Whichever side is misspelt, the other one tells the direction.
  const isOfConnector = from.startsWith(`${connector.name}/`);
  const isOutbound = CANONICAL.test(from) || !(CANONICAL.test(to) || isOfConnector);
  const [entitySide, otherSide] = isOutbound
    ? (['from', 'to'] as const)
    : (['to', 'from'] as const);
  const [entityName, otherName] = isOutbound ? [from, to] : [to, from];
  const UNKNOWN = { from: 'MAPPING_FROM_UNKNOWN', to: 'MAPPING_TO_UNKNOWN' } as const;
  const lint = (
    side: 'from' | 'to',
    said: Saying,
    hint: Saying,
    code: MappingLintCode = UNKNOWN[side],
  ): Lint[] => [lintOf({ file: yaml.file, ...yaml.at([side]), code }, said, hint)];
  const [, kind = '', version] = CANONICAL.exec(entityName) ?? [];
  const entity = canonical.get(kind);
  if (entity === undefined) {
    const known = canonical.kinds.map((one) => `${one}.v${canonical.get(one)?.version}`);
    const unversioned = known.find((one) => one.startsWith(`${entityName}.v`));
    const hint = nearestOrAll(unversioned ?? entityName, known);
    return lint(entitySide, saying('noCanonical', { name: entityName }), hint);
  }
  if (Number(version) !== entity.version) {
    const now = { kind, version: String(entity.version) };
    const hint = saying('writeVersion', now);
    return lint(entitySide, saying('otherVersion', now), hint, 'MAPPING_VERSION');
  }
  const other = otherName.startsWith(`${connector.name}/`)
    ? otherName.slice(connector.name.length + 1)
    : '';
  const schemas = isOutbound ? connector.objects : connector.streams;
  const schema = schemas.get(other);
  if (schema === undefined) {
    const known = [...schemas.keys()].map((one) => `${connector.name}/${one}`);
    const what = saying(isOutbound ? 'noObjectKind' : 'noStream', { name: otherName });
    return lint(otherSide, what, nearestOrAll(otherName, known));
  }
  return isOutbound
    ? { kind: 'outbound', entity, object: schema, objectKind: other }
    : { kind: 'inbound', entity, record: schema, stream: other };
}
