import type { Layout } from '../codec/layout/layout.ts';
import type { Binding, Config } from '../config/config.ts';
import { OTHER_STREAMS } from '../config/rules/source-rules.ts';
import type { ConnectorRegistry } from '../connector/registry.ts';
import { type Lint, lintOf, nearestOrAll, nearestTo } from '../failure/lint.ts';
import { saying } from '../failure/saying.ts';
import { parsePath } from '../mapping/language/path.ts';
import { propertiesOf } from '../mapping/language/schema-walk.ts';
import { isList, isObject } from '../message/digest.ts';
import type { Json, JsonObject, Saying } from '../message/message.ts';
import type { CanonicalSchemas } from '../schema/canonical.ts';
import type { YamlFile, YamlPath } from '../schema/yaml-file.ts';

/** What the names in config/hub.yaml may lead to. */
export interface NamedThings {
  readonly connectors: ConnectorRegistry;
  readonly canonical: CanonicalSchemas;
  /** `<folder>/<name>` -> layout. */
  readonly layouts: ReadonlyMap<string, Layout>;
  /** Folders under `mappings/`. */
  readonly mappingFolders: readonly string[];
}

/** Every name in config/hub.yaml names something: a rule about what is not there rules nothing. */
export function checkConfig(config: Config, yaml: YamlFile, things: NamedThings): readonly Lint[] {
  const lints: Lint[] = [];
  const lint = (path: YamlPath, code: string, said: Saying, hint: Saying) =>
    lints.push(lintOf({ file: yaml.file, ...yaml.keyAt(path), code }, said, hint));
  for (const [module, binding] of config.modules) {
    const { layout } = binding.options;
    const path = ['modules', module];
    if (!things.mappingFolders.includes(binding.mappings)) {
      const name = binding.mappings;
      const hint = nearestOrAll(name, things.mappingFolders);
      const said = saying('noMappingsFolder', { name });
      lint([...path, 'mappings'], 'CONFIG_MAPPINGS_UNKNOWN', said, hint);
    } else if (needsLayout(binding, things) && typeof layout === 'string') {
      const known = layoutsIn(binding.mappings, things);
      if (known.includes(layout)) continue;
      const said = saying('noLayoutIn', { folder: binding.mappings, name: layout });
      const hint = nearestOrAll(layout, known);
      lint([...path, 'options', 'layout'], 'CONFIG_LAYOUT_UNKNOWN', said, hint);
    }
  }
  for (const [module, { missing }] of config.sources) {
    const streams = streamsOf(config.modules.get(module), things);
    if (streams.length === 0) {
      const hint = saying('rulesOfNothingHint', {});
      lint(['sources', module], 'CONFIG_NO_SOURCE', saying('rulesOfNothing', { module }), hint);
    }
    for (const stream of missing.keys()) {
      if (streams.length === 0 || stream === OTHER_STREAMS || streams.includes(stream)) continue;
      const path = ['sources', module, 'missing', stream];
      const said = saying('noStreamOf', { module, name: stream });
      lint(path, 'CONFIG_STREAM_UNKNOWN', said, nearestOrAll(stream, streams));
    }
  }
  return [...lints, ...checkOwnership(config, yaml, things)];
}

function checkOwnership(
  { ownership, modules }: Config,
  yaml: YamlFile,
  things: NamedThings,
): readonly Lint[] {
  const lints: Lint[] = [];
  const lint = (path: YamlPath, code: string, said: Saying, hint: Saying) =>
    lints.push(lintOf({ file: yaml.file, ...yaml.keyAt(path), code }, said, hint));
  for (const [kind, owners] of ownership) {
    const schema = things.canonical.get(kind)?.schema;
    if (schema === undefined) {
      const hint = nearestOrAll(kind, things.canonical.kinds);
      const said = saying('noEntityKind', { name: kind });
      lint(['ownership', kind], 'CONFIG_KIND_UNKNOWN', said, hint);
      continue;
    }
    for (const [field, names] of owners) {
      const path = ['ownership', kind, field];
      const fault = field === '*' ? null : unownable(kind, field, schema);
      if (fault !== null) lint(path, 'CONFIG_FIELD_UNKNOWN', fault.said, fault.hint);
      for (const owner of names) {
        if (streamsOf(modules.get(owner), things).length > 0) continue;
        const said = saying('ownsNothing', { owner });
        lint(path, 'CONFIG_NO_SOURCE', said, saying('ownsNothingHint', {}));
      }
    }
  }
  return lints;
}

/** Why a field cannot be owned: it is none, or no items of a list are told so. */
function unownable(
  kind: string,
  written: string,
  schema: JsonObject,
): { readonly said: Saying; readonly hint: Saying } | null {
  const [field, match, ...more] = parsePath(written) ?? [];
  const properties = propertiesOf(schema);
  if (!written.includes('[') && written in properties) return null;
  const list = field?.kind === 'field' ? properties[field.name] : undefined;
  const items = isObject(list) ? list['items'] : undefined;
  if (match?.kind !== 'match' || more.length > 0 || !isObject(items)) {
    const near = nearestTo(written, Object.keys(properties));
    const ofAList = saying('ofAList', { example: 'emails[type="Privat"]' });
    const hint = near.name === 'nothing' ? ofAList : saying('twoSentences', { near, ofAList });
    return { said: saying('noFieldToOwn', { kind, field: written }), hint };
  }
  const told = propertiesOf(items);
  const codes = codesOf(told[match.field]);
  if (codes.length === 0) {
    const coded = Object.keys(told).filter((name) => codesOf(told[name]).length > 0);
    const said = saying('noItemsToldBy', { kind, field: match.field });
    return { said, hint: nearestOrAll(match.field, coded) };
  }
  if (codes.includes(match.value)) return null;
  const said = saying('noItemsWith', { kind, value: match.value });
  return { said, hint: nearestOrAll(match.value, codes) };
}

function codesOf(schema: Json | undefined): readonly string[] {
  const codes = isObject(schema) ? schema['enum'] : undefined;
  return isList(codes) ? codes.map(String) : [];
}

/** The streams that a module gives; none for a target. */
function streamsOf(binding: Binding | undefined, things: NamedThings): readonly string[] {
  const manifest = things.connectors.manifest(binding?.connector ?? '');
  const declared = (manifest?.streams ?? []).map(({ stream }) => stream);
  const layout = things.layouts.get(`${binding?.mappings}/${binding?.options['layout']}`);
  return manifest?.streamsFromLayout === true && layout !== undefined
    ? Object.keys(layout.streams)
    : declared;
}

function needsLayout({ connector }: Binding, { connectors }: NamedThings): boolean {
  return connectors.manifest(connector)?.streamsFromLayout === true;
}

function layoutsIn(folder: string, { layouts }: NamedThings): string[] {
  const prefix = `${folder}/`;
  const names = [...layouts.keys()].filter((name) => name.startsWith(prefix));
  return names.map((name) => name.slice(prefix.length));
}
