import type { Layout } from '../codec/layout/layout.ts';
import type { Binding, Config } from '../config/config.ts';
import { OTHER_STREAMS } from '../config/rules/source-rules.ts';
import type { ConnectorRegistry } from '../connector/registry.ts';
import { didYouMean, type Lint } from '../failure/lint.ts';
import { parsePath } from '../mapping/language/path.ts';
import { propertiesOf } from '../mapping/language/schema-walk.ts';
import { isList, isObject } from '../message/digest.ts';
import type { Json, JsonObject } from '../message/message.ts';
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
  const lint = (path: YamlPath, code: string, text: string, hint: string) =>
    lints.push({ file: yaml.file, ...yaml.keyAt(path), code, text, hint });
  const unknown = (path: YamlPath, code: string, what: string, name: string, known: string[]) =>
    lint(path, code, `no ${what} "${name}".`, didYouMean(name, known) || thereAre(known));
  for (const [module, binding] of config.modules) {
    const { layout } = binding.options;
    const path = ['modules', module];
    if (!things.mappingFolders.includes(binding.mappings)) {
      const [code, what] = ['CONFIG_MAPPINGS_UNKNOWN', 'folder under mappings/'];
      const known = [...things.mappingFolders];
      unknown([...path, 'mappings'], code, what, binding.mappings, known);
    } else if (needsLayout(binding, things) && typeof layout === 'string') {
      const known = layoutsIn(binding.mappings, things);
      const what = `layout in mappings/${binding.mappings}`;
      if (known.includes(layout)) continue;
      unknown([...path, 'options', 'layout'], 'CONFIG_LAYOUT_UNKNOWN', what, layout, known);
    }
  }
  for (const [module, { missing }] of config.sources) {
    const streams = streamsOf(config.modules.get(module), things);
    if (streams.length === 0) {
      const text = `module "${module}" gives nothing: rules of a source mean nothing for it.`;
      lint(['sources', module], 'CONFIG_NO_SOURCE', text, 'Take them away, or name a source.');
    }
    for (const stream of missing.keys()) {
      if (streams.length === 0 || stream === OTHER_STREAMS || streams.includes(stream)) continue;
      const path = ['sources', module, 'missing', stream];
      unknown(path, 'CONFIG_STREAM_UNKNOWN', `stream of ${module}`, stream, [...streams]);
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
  const lint = (path: YamlPath, code: string, text: string, hint: string) =>
    lints.push({ file: yaml.file, ...yaml.keyAt(path), code, text, hint });
  for (const [kind, owners] of ownership) {
    const schema = things.canonical.get(kind)?.schema;
    if (schema === undefined) {
      const hint = didYouMean(kind, things.canonical.kinds);
      lint(['ownership', kind], 'CONFIG_KIND_UNKNOWN', `no entity kind "${kind}".`, hint);
      continue;
    }
    for (const [field, names] of owners) {
      const path = ['ownership', kind, field];
      const fault = field === '*' ? null : unownable(field, schema);
      if (fault !== null) {
        lint(path, 'CONFIG_FIELD_UNKNOWN', `no ${fault.what} of ${kind} to own.`, fault.hint);
      }
      for (const owner of names) {
        if (streamsOf(modules.get(owner), things).length > 0) continue;
        const text = `module "${owner}" gives nothing that it could own.`;
        lint(path, 'CONFIG_NO_SOURCE', text, 'Name the source whose word counts.');
      }
    }
  }
  return lints;
}

/** Why a field cannot be owned: it is none, or no items of a list are told so. */
function unownable(
  written: string,
  schema: JsonObject,
): { readonly what: string; readonly hint: string } | null {
  const [field, match, ...more] = parsePath(written) ?? [];
  const properties = propertiesOf(schema);
  if (!written.includes('[') && written in properties) return null;
  const list = field?.kind === 'field' ? properties[field.name] : undefined;
  const items = isObject(list) ? list['items'] : undefined;
  if (match?.kind !== 'match' || more.length > 0 || !isObject(items)) {
    const hint = `${didYouMean(written, Object.keys(properties))} Of a list: emails[type="Privat"].`;
    return { what: `field "${written}"`, hint };
  }
  const told = propertiesOf(items);
  const codes = codesOf(told[match.field]);
  if (codes.length === 0) {
    const coded = Object.keys(told).filter((name) => codesOf(told[name]).length > 0);
    return {
      what: `items that "${match.field}" tells apart`,
      hint: didYouMean(match.field, coded),
    };
  }
  if (codes.includes(match.value)) return null;
  return { what: `items with "${match.value}"`, hint: didYouMean(match.value, codes) };
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

function thereAre(known: readonly string[]): string {
  return known.length === 0 ? '' : `There are ${known.slice(0, 12).join(', ')}.`;
}
