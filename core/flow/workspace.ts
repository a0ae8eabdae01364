import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load-config.ts';
import { type ConnectorRegistry, loadConnectors } from '../connector/registry.ts';
import { type Lint, LintsFailure, sortLints } from '../failure/lint.ts';
import type { InboundMapping, OutboundMapping } from '../mapping/compiled.ts';
import { type MappingTestResult, runMappingTests } from '../mapping/mapping-tests.ts';
import { recalledOfAll } from '../message/memory.ts';
import type { CanonicalSchemas } from '../schema/canonical.ts';
import { loadCanonicalSchemas } from '../schema/canonical-schemas.ts';
import { compileFlow } from './compile-flow.ts';
import type { Flow } from './compiled.ts';
import { crossCheck, type FlowFile } from './cross-check.ts';
import { type LoadedMappings, loadMappings } from './load-mappings.ts';
import { FOLDERS, remarksOn } from './remarks/remarks.ts';
import { sharedFolders } from './shared-folders.ts';
import { type BoundSink, boundSinkOf } from './target.ts';
import { BUILT_IN_FOLDER, WorkspaceFolders } from './workspace-folders.ts';

/** A city's files, read, checked and compiled. */
export interface Workspace {
  readonly folder: string;
  readonly config: Config;
  readonly canonical: CanonicalSchemas;
  readonly connectors: ConnectorRegistry;
  readonly flows: readonly Flow[];
  /** By module. */
  readonly outbound: ReadonlyMap<string, readonly OutboundMapping[]>;
  readonly inbound: ReadonlyMap<string, readonly InboundMapping[]>;
  /** What the system that fills a module takes; null for nothing. */
  sinkOf(module: string): BoundSink | null;
  /** A layout file of a module's mappings folder. */
  layout(module: string, name: string): Promise<unknown>;
  /** What a person wrote and that has no effect; the hub runs all the same. */
  readonly remarks: readonly Lint[];
  runMappingTests(): readonly MappingTestResult[];
}

export interface LoadOptions {
  /** Also the mappings folders that no module is bound to. */
  readonly checkAll?: boolean;
  /** A folder with changed files, laid over the workspace to try them out. */
  readonly overlay?: string;
}

/** A workspace without a fault. Throws CONFIG_INVALID with all lints. */
export async function loadOrRefuse(folder: string, overlay?: string): Promise<Workspace> {
  const changed = overlay === undefined ? {} : { overlay };
  const { workspace, lints } = await loadWorkspace(folder, BUILT_IN_FOLDER, changed);
  if (workspace !== null && lints.length === 0) return workspace;
  throw new LintsFailure(lints);
}

/**
 * Loads a workspace; what it lacks is taken from what is built in, file by file. All faults of all
 * files are in the lints; the workspace is null if they leave nothing to run.
 */
export async function loadWorkspace(
  folder: string,
  builtIn: string,
  options: LoadOptions = {},
): Promise<LoadedWorkspace> {
  try {
    return await load(folder, builtIn, options);
  } catch (failure) {
    // A schema that is none: without the schemas nothing else can be judged.
    if (!(failure instanceof LintsFailure)) throw failure;
    return { workspace: null, lints: failure.lints };
  }
}

interface LoadedWorkspace {
  readonly workspace: Workspace | null;
  readonly lints: readonly Lint[];
}

async function load(
  folder: string,
  builtIn: string,
  { checkAll = false, overlay }: LoadOptions,
): Promise<LoadedWorkspace> {
  const folders = new WorkspaceFolders(folder, builtIn, overlay);
  const all = folders.all();
  const [canonical, { registry, lints: connectorLints }] = await Promise.all([
    loadCanonicalSchemas(all.map((one) => join(one, 'schemas', 'canonical'))),
    loadConnectors(all.map((one) => join(one, 'connectors'))),
  ]);
  const {
    config,
    yaml,
    lints: configLints,
  } = await loadConfig(await folders.folderWith('config/hub.yaml'), registry);
  const lints = [...connectorLints, ...configLints];
  if (config === null || yaml === null) return { workspace: null, lints: sortLints(lints) };
  const mappings = await loadMappings(folders, config, registry, canonical, checkAll);
  const { flows: files, lints: flowLints } = await loadFlows(folders, config, canonical);
  lints.push(...mappings.lints, ...flowLints);
  const { layouts } = mappings;
  const mappingFolders = await folders.subfolders('mappings');
  const things = { connectors: registry, canonical, layouts, mappingFolders };
  const configFile = { config, yaml };
  const judge = async () => {
    lints.push(...crossCheck(configFile, files, mappings, things));
    return lints.length > 0 ? null : remarksOn(folders, configFile, files, mappings, things);
  };
  const recalled = async () =>
    recalledOfAll('remarks', [checkAll, ...(await namesIn(folders))], judge);
  const found = (lints.length === 0 ? await recalled() : null) ?? [];
  const flows = files.map(({ flow }) => flow);
  // Where links lead is not in the files.
  const shared = await sharedFolders(configFile, flows, registry, folder);
  lints.push(...shared.lints);
  const remarks = [...found, ...shared.remarks];
  const workspace = {
    ...{ folder, config, canonical, connectors: registry, flows, remarks: sortLints(remarks) },
    outbound: mappings.outbound,
    inbound: mappings.inbound,
    sinkOf: (module: string) => boundSinkOf(config.modules.get(module), registry, layouts),
    layout: (module: string, name: string) => readLayout(mappings, config, module, name),
    runMappingTests: () => mappings.compiled.flatMap(runMappingTests),
  };
  return { workspace, lints: sortLints(lints) };
}

/** All that a person has put there: the folders, and what is in those that are read. */
async function namesIn(folders: WorkspaceFolders): Promise<readonly (readonly string[])[]> {
  const own = await folders.ownFolders();
  const read = own.filter((name) => FOLDERS.includes(name));
  return [own, ...(await Promise.all(read.map((name) => folders.ownFiles(name))))];
}

async function loadFlows(
  folders: WorkspaceFolders,
  config: Config,
  canonical: CanonicalSchemas,
): Promise<{ flows: readonly FlowFile[]; lints: readonly Lint[] }> {
  const flows: FlowFile[] = [];
  const lints: Lint[] = [];
  for (const { file, text } of await folders.readOwnOrBuiltIn('flows', '.yaml')) {
    const name = file.replace(/^.*\/|\.yaml$/g, '');
    const world = { canonical, modules: config.modules };
    const { flow, yaml, lints: found } = compileFlow(name, file, text, world);
    if (flow !== null && yaml !== null) flows.push({ flow, yaml });
    lints.push(...found);
  }
  return { flows, lints };
}

async function readLayout(
  mappings: LoadedMappings,
  config: Config,
  module: string,
  name: string,
): Promise<unknown> {
  const folder = config.modules.get(module)?.mappings ?? '';
  const layout = mappings.layouts.get(`${folder}/${name}`);
  return layout;
}
