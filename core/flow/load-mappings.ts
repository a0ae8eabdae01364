import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Layout, layoutSchemaOf } from '../codec/layout/layout.ts';
import { withDefaults } from '../codec/layout/layout-defaults.ts';
import { layoutFaults } from '../codec/layout/layout-faults.ts';
import { writableSchemaOf, writtenStreams } from '../codec/writing/writable.ts';
import type { Config } from '../config/config.ts';
import type { ConnectorRegistry } from '../connector/registry.ts';
import type { Lint } from '../failure/lint.ts';
import { saying } from '../failure/saying.ts';
import { compileLate } from '../mapping/compile-late.ts';
import type { CompiledMapping, ConnectorSchemas } from '../mapping/compile-mapping.ts';
import type { InboundMapping, OutboundMapping } from '../mapping/compiled.ts';
import { tellApart } from '../mapping/siblings.ts';
import { digest } from '../message/digest.ts';
import type { Json, JsonObject } from '../message/message.ts';
import { valueAt } from '../message/reference-walk.ts';
import { type CanonicalSchemas, printOfSchemas } from '../schema/canonical.ts';
import { compileSchemaAll, type SaidFault } from '../schema/validator.ts';
import { parseYaml, shapeLints } from '../schema/yaml-file.ts';
import type { NamedThings } from './check-config.ts';
import type { WorkspaceFolders } from './workspace-folders.ts';

export interface LoadedMappings {
  readonly outbound: ReadonlyMap<string, readonly OutboundMapping[]>;
  readonly inbound: ReadonlyMap<string, readonly InboundMapping[]>;
  /** `<folder>/<name>` -> layout. */
  readonly layouts: ReadonlyMap<string, Layout>;
  readonly compiled: readonly CompiledMapping[];
  readonly lints: readonly Lint[];
}

/** What tells the connector of a folder that no module is bound to. */
type Known = Pick<NamedThings, 'connectors' | 'layouts'>;

/** A mappings folder and the connector whose streams or objects it maps. */
interface Folder {
  readonly name: string;
  readonly connector: string;
  readonly modules: readonly string[];
  readonly layout: string | null;
}

const NO_HINT = saying('nothing', {});
const LAYOUT_SUFFIX = '.layout.yaml';
const LAYOUT_SCHEMA = join(import.meta.dirname, '../../schemas/hub/layout.v1.json');

/** Reads, checks and compiles the mappings of every binding (or of all folders, if so asked). */
export async function loadMappings(
  folders: WorkspaceFolders,
  config: Config,
  connectors: ConnectorRegistry,
  canonical: CanonicalSchemas,
  checkAll: boolean,
): Promise<LoadedMappings> {
  const outbound = new Map<string, readonly OutboundMapping[]>();
  const inbound = new Map<string, readonly InboundMapping[]>();
  const compiled: CompiledMapping[] = [];
  const lints: Lint[] = [];
  const {
    layouts,
    faulty,
    lints: layoutLints,
  } = await loadLayouts(folders, await namesOf(folders, config, checkAll));
  lints.push(...layoutLints);
  for (const folder of await foldersOf(folders, config, { connectors, layouts }, checkAll)) {
    // Of mappings whose streams nobody can know, nothing true can be said.
    if (folder.layout !== null && faulty.has(`${folder.name}/${folder.layout}`)) continue;
    const schemas = schemasOf(folder, connectors, layouts);
    const found = await compileFolder(folders, folder.name, schemas, canonical);
    compiled.push(...found);
    for (const one of found) lints.push(...one.lints);
    const mappings = found.flatMap(({ mapping }) => (mapping === null ? [] : [mapping]));
    for (const module of folder.modules) {
      outbound.set(
        module,
        mappings.filter((mapping) => 'project' in mapping),
      );
      inbound.set(module, tellApart(mappings.filter((mapping) => 'convert' in mapping)));
    }
  }
  return { outbound, inbound, layouts, compiled, lints };
}

async function foldersOf(
  folders: WorkspaceFolders,
  config: Config,
  known: Known,
  checkAll: boolean,
): Promise<readonly Folder[]> {
  const bound = new Map<string, Folder>();
  for (const { module, connector, mappings, options } of config.modules.values()) {
    const modules = [...(bound.get(mappings)?.modules ?? []), module];
    const layout = typeof options['layout'] === 'string' ? options['layout'] : null;
    bound.set(mappings, { name: mappings, connector, modules, layout });
  }
  if (!checkAll) return [...bound.values()];
  for (const name of await folders.subfolders('mappings')) {
    const connector = connectorNamed(name, known);
    if (bound.has(name) || connector === null) continue;
    const layout = isSystem(name, known.layouts) ? name : null;
    bound.set(name, { name, connector, modules: [], layout });
  }
  return [...bound.values()];
}

/**
 * The connector of a folder that need not be bound: a profile's begins with its connector's name
 * (`scim-egil`), any other system that sends declared files has a layout of its own name (`walter`).
 */
export function connectorNamed(folder: string, { connectors, layouts }: Known): string | null {
  const manifests = connectors.manifests();
  const names = manifests.map(({ name }) => name);
  const fits = names.filter((name) => folder === name || folder.startsWith(`${name}-`));
  const named = fits.sort((a, b) => b.length - a.length)[0];
  if (named !== undefined || !isSystem(folder, layouts)) return named ?? null;
  const reading = manifests.find(({ streamsFromLayout, mappedAs }) => {
    return streamsFromLayout === true && mappedAs === undefined;
  });
  return reading?.name ?? null;
}

function isSystem(folder: string, layouts: ReadonlyMap<string, Layout>): boolean {
  return layouts.has(`${folder}/${folder}`);
}

function schemasOf(
  { connector, name, layout }: Folder,
  connectors: ConnectorRegistry,
  layouts: ReadonlyMap<string, Layout>,
): ConnectorSchemas {
  const manifest = connectors.manifest(connector);
  const streams = new Map<string, JsonObject>();
  for (const { stream } of manifest?.streams ?? []) {
    streams.set(stream, connectors.streamSchema(connector, stream) ?? {});
  }
  const declared = layout === null ? undefined : layouts.get(`${name}/${layout}`);
  if (manifest?.streamsFromLayout === true && declared !== undefined) {
    for (const stream of Object.keys(declared.streams)) {
      streams.set(stream, layoutSchemaOf(declared, stream) ?? {});
    }
  }
  const objects = new Map<string, JsonObject>();
  for (const { kind } of manifest?.sink?.objects ?? []) {
    objects.set(kind, connectors.objectSchema(connector, kind));
  }
  if (manifest?.sink?.objectsFromLayout === true && declared !== undefined) {
    for (const kind of writtenStreams(declared).keys()) {
      objects.set(kind, writableSchemaOf(declared, kind) ?? {});
    }
  }
  // Objects of another connector are made by its mappings, wherever they are bound.
  const isOthers = manifest?.sink?.objectsOf !== undefined && name === manifest.sink.objectsOf;
  return { name: isOthers ? name : (manifest?.mappedAs ?? connector), streams, objects };
}

async function compileFolder(
  folders: WorkspaceFolders,
  name: string,
  schemas: ConnectorSchemas,
  canonical: CanonicalSchemas,
): Promise<readonly CompiledMapping[]> {
  const base = `mappings/${name}`;
  const tables = await folders.readMerged(base, '.csv');
  const readTable = (table: string) =>
    tables.find((one) => one.file === `${base}/${table}`)?.text ?? null;
  const { name: connector, streams, objects } = schemas;
  const about = [connector, [...streams], [...objects], tables, printOfSchemas(canonical)];
  const print = digest(JSON.stringify(about));
  const files = await folders.readMerged(base, '.yaml');
  return files
    .filter((one) => !one.file.endsWith(LAYOUT_SUFFIX))
    .map(({ file, text }) => compileLate(file, text, schemas, { canonical, readTable }, print));
}

/** The folders whose layouts are of interest: the bound ones, and those of the city. */
async function namesOf(
  folders: WorkspaceFolders,
  config: Config,
  checkAll: boolean,
): Promise<readonly string[]> {
  if (checkAll) return folders.subfolders('mappings');
  const bound = [...config.modules.values()].map(({ mappings }) => mappings);
  const own = await folders.ownFiles('mappings');
  return [
    ...new Set([...bound, ...own.flatMap((name) => /^[^/\\]+(?=[/\\])/.exec(name)?.[0] ?? [])]),
  ];
}

async function loadLayouts(
  folders: WorkspaceFolders,
  names: readonly string[],
): Promise<{
  layouts: ReadonlyMap<string, Layout>;
  /** Those of which not even the streams can be read. */
  faulty: ReadonlySet<string>;
  lints: readonly Lint[];
}> {
  const check = compileSchemaAll(JSON.parse(await readFile(LAYOUT_SCHEMA, 'utf8')));
  const layouts = new Map<string, Layout>();
  const lints: Lint[] = [];
  const faulty = new Set<string>();
  const files = names.map((name) => folders.readMerged(`mappings/${name}`, LAYOUT_SUFFIX));
  for (const { file, text } of (await Promise.all(files)).flat()) {
    const { yaml, lints: found } = parseYaml(file, text);
    lints.push(...found);
    if (yaml === null) faulty.add(layoutName(file));
    if (yaml === null) continue;
    // SAFETY: what a YAML file holds is plain JSON.
    const written = yaml.value as Json;
    const own = check(written);
    const whole = withDefaults(written);
    const shapeFaults = own.length > 0 ? own : inDefaults(written, check(whole));
    // SAFETY: used only where it has no faults against its schema.
    const layout = whole as unknown as Layout;
    const faults =
      shapeFaults.length > 0
        ? shapeFaults
        : layoutFaults(layout).map(({ path, said, hint = NO_HINT }) => {
            return { path, keyword: 'layout', what: said, hintSaid: hint, isOfKey: false };
          });
    lints.push(...shapeLints(yaml, faults, 'LAYOUT'));
    // A layout with faults in its forms still has its streams: the mappings' own faults are told.
    if (shapeFaults.length === 0) layouts.set(layoutName(file), layout);
    else faulty.add(layoutName(file));
  }
  return { layouts, faulty, lints };
}

/** Faults of streams that are whole, each where it is written: once, where that is the defaults. */
function inDefaults(written: Json, faults: readonly SaidFault[]): readonly SaidFault[] {
  const moved = faults.map((fault): SaidFault => {
    const [, stream = '', key = '', ...rest] = fault.path.map(String);
    const isOwn = valueAt(written, ['streams', stream, key]) !== undefined;
    const isThere = valueAt(written, ['defaults', key]) !== undefined;
    return isOwn || !isThere ? fault : { ...fault, path: ['defaults', key, ...rest] };
  });
  return [...new Map(moved.map((one) => [JSON.stringify([one.path, one.what]), one])).values()];
}

function layoutName(file: string): string {
  return file.slice('mappings/'.length, -LAYOUT_SUFFIX.length);
}
