import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InvalidFailure } from '../failure/failure.ts';
import { type Lint, lintOf, nearestOrAll } from '../failure/lint.ts';
import { saying } from '../failure/saying.ts';
import { isList, isObject, jsonIn } from '../message/digest.ts';
import type { Json, JsonObject, Saying } from '../message/message.ts';
import { compileSchemaAll, schemaFault } from '../schema/validator.ts';
import { parseYaml, shapeLints } from '../schema/yaml-file.ts';
import type { Connector } from './connector.ts';
import type { Manifest } from './manifest.ts';
import { openPluginDoor } from './plugin-door.ts';
import { withServiceOptions } from './service-options.ts';

/** The connectors that a workspace can bind; code is loaded only when one is opened. */
export interface ConnectorRegistry {
  manifests(): readonly Manifest[];
  manifest(name: string): Manifest | undefined;
  /** For a name that is unknown: what it is called now, or `Did you mean ...`. */
  suggest(name: string): Saying;
  objectSchema(connector: string, objectKind: string): JsonObject;
  streamSchema(connector: string, stream: string): JsonObject | undefined;
  open(name: string): Promise<Connector>;
}

interface Loaded {
  readonly folder: string;
  readonly manifest: Manifest;
  /** File name -> JSON Schema. */
  readonly schemas: ReadonlyMap<string, JsonObject>;
  /** The set that is declared in place of code; null where there is code. */
  readonly setLayout: unknown;
}

const SET_CONNECTOR = join(import.meta.dirname, '../codec/set-connector.ts');
const BUILT_IN = join(import.meta.dirname, '../../connectors');
const MANIFEST_SCHEMA = join(import.meta.dirname, '../../schemas/hub/manifest.v1.json');

/**
 * Reads the manifests of all connector folders; a later folder overrides an earlier one by name.
 */
export async function loadConnectors(
  folders: readonly string[],
): Promise<{ readonly registry: ConnectorRegistry; readonly lints: readonly Lint[] }> {
  const check = compileSchemaAll(JSON.parse(await readFile(MANIFEST_SCHEMA, 'utf8')));
  const loaded = new Map<string, Loaded>();
  const lints: Lint[] = [];
  for (const folder of folders) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries.filter((one) => one.isDirectory())) {
      const result = await loadConnector(join(folder, entry.name), entry.name, check);
      if ('lints' in result) lints.push(...result.lints);
      else loaded.set(entry.name, result);
    }
  }
  return { registry: registryOf(loaded), lints };
}

async function loadConnector(
  folder: string,
  name: string,
  check: ReturnType<typeof compileSchemaAll>,
): Promise<Loaded | { readonly lints: readonly Lint[] }> {
  const file = join(folder, 'manifest.json');
  const lint = (said: Saying, hint?: Saying): Lint =>
    lintOf({ file, line: 1, column: 1, code: 'MANIFEST_INVALID' }, said, hint);
  const noSchema = (field: string, why: string) =>
    lint(saying('fieldIs', { field, what: saying('noSchema', { why }) }));
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return { lints: [lint(saying('isMissing', {}), saying('everyManifest', {}))] };
  const content: unknown = jsonIn(text) ?? null;
  const faults = content === null ? [lint(saying('notJson', {}))] : [];
  for (const fault of content === null ? [] : check(content)) {
    const { path, what, hintSaid } = fault;
    faults.push(lint(saying('fieldIs', { field: path.join('.'), what }), hintSaid));
  }
  if (faults.length > 0) return { lints: faults };
  // SAFETY: checked against the manifest's schema just above.
  const manifest = content as Manifest;
  if (manifest.name !== name) return { lints: [lint(saying('nameAsFolder', { name }))] };
  // What ships with Skolnav has been tried by its tests.
  const isOurs = dirname(folder) === BUILT_IN;
  const fault = isOurs ? null : schemaFault(manifest.options);
  if (fault !== null) return { lints: [noSchema('options', fault)] };
  const schemas = new Map<string, JsonObject>();
  const files = [...(manifest.streams ?? []), ...(manifest.sink?.objects ?? [])];
  for (const { schema } of files) {
    const parsed = jsonIn(await readFile(join(folder, schema), 'utf8').catch(() => ''));
    if (!isObject(parsed)) {
      return { lints: [lint(saying('missingOrNoJson', { file: schema }))] };
    }
    const fault = isOurs ? null : schemaFault(parsed);
    if (fault !== null) return { lints: [noSchema(schema, fault)] };
    schemas.set(schema, parsed);
  }
  const set = await readSetLayout(folder, manifest);
  if ('lints' in set) return set;
  return { folder, manifest: withService(manifest), schemas, setLayout: set.layout };
}

function withService(manifest: Manifest): Manifest {
  const { service, options, sink } = manifest;
  const isServed = sink?.mode === 'served';
  return service === undefined
    ? manifest
    : { ...manifest, options: withServiceOptions(options, service, isServed) };
}

function registryOf(loaded: ReadonlyMap<string, Loaded>): ConnectorRegistry {
  const byName = [...loaded.values()].sort((a, b) =>
    a.manifest.name.localeCompare(b.manifest.name),
  );
  // An older workspace says a former name, in its bindings and in its mappings, and goes on.
  const named = (name: string) =>
    loaded.get(name) ?? byName.find(({ manifest }) => manifest.formerNames?.includes(name));
  const takes = (manifest: Manifest): Manifest => {
    const { sink } = manifest;
    const objects = loaded.get(sink?.objectsOf ?? '')?.manifest.sink?.objects;
    return sink === undefined || objects === undefined
      ? manifest
      : { ...manifest, sink: { ...sink, objects } };
  };
  const manifestOf = (name: string) => {
    const one = named(name);
    return one === undefined ? undefined : takes(one.manifest);
  };
  return {
    manifests: () => byName.map((one) => takes(one.manifest)),
    manifest: manifestOf,
    suggest: (name) => nearestOrAll(name, loaded.keys()),
    objectSchema: (connector, objectKind) => {
      const own = named(connector);
      const one = named(own?.manifest.sink?.objectsOf ?? '') ?? own;
      const object = one?.manifest.sink?.objects.find((object) => object.kind === objectKind);
      return one?.schemas.get(object?.schema ?? '') ?? {};
    },
    streamSchema: (connector, stream) => {
      const one = named(connector);
      const declared = one?.manifest.streams?.find((candidate) => candidate.stream === stream);
      return one?.schemas.get(declared?.schema ?? '');
    },
    open: (name) => openConnector(named(name), name),
  };
}

async function openConnector(loaded: Loaded | undefined, name: string): Promise<Connector> {
  if (loaded === undefined) {
    throw new InvalidFailure('CONFIG_INVALID', `no connector "${name}"`);
  }
  if (loaded.setLayout !== null) {
    // By its path, as all code of connectors: it stands a floor above, and is loaded when needed.
    const { setConnector } = await import(pathToFileURL(SET_CONNECTOR).href);
    return setConnector(loaded.setLayout);
  }
  const file = join(loaded.folder, 'connector.ts');
  openPluginDoor();
  const code: { connector?: Connector } = await import(pathToFileURL(file).href);
  if (code.connector === undefined) {
    throw new InvalidFailure('CONFIG_INVALID', `${file} does not export \`connector\``);
  }
  return code.connector;
}

const SCHEMA = join(import.meta.dirname, '../../schemas/hub/set-layout.v1.json');

/** A connector's `set.layout.yaml`, checked against its manifest too; null where it has none. */
async function readSetLayout(
  folder: string,
  { sink }: Manifest,
): Promise<{ readonly layout: Json } | { readonly lints: readonly Lint[] }> {
  const file = join(folder, 'set.layout.yaml');
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return { layout: null };
  const { yaml, lints } = parseYaml(file, text);
  if (yaml === null) return { lints };
  const faults = compileSchemaAll(JSON.parse(await readFile(SCHEMA, 'utf8')))(yaml.value);
  if (faults.length > 0) return { lints: shapeLints(yaml, faults, 'MANIFEST_INVALID') };
  // SAFETY: checked against its schema just above.
  const layout = yaml.value as Json;
  const amiss = kindsAmiss(layout, sink?.objects.map(({ kind }) => kind) ?? []);
  if (amiss.length === 0) return { layout };
  const at = { file, ...yaml.at(['files']), code: 'MANIFEST_INVALID' };
  return { lints: [lintOf(at, saying('kindsDiffer', { kinds: amiss }))] };
}

/** Kinds of the manifest that stand in no file, and kinds of files that the manifest lacks. */
function kindsAmiss(layout: Json, declared: readonly string[]): readonly string[] {
  const files = isObject(layout) && isList(layout['files']) ? layout['files'] : [];
  const kinds = files.flatMap((file) => (isObject(file) ? (file['kinds'] ?? []) : []));
  const written = new Set(kinds.map(String));
  const missing = declared.filter((kind) => !written.has(kind));
  return [...missing, ...[...written].filter((kind) => !declared.includes(kind))];
}
