import type { Config } from '../../config/config.ts';
import { formerRules } from '../../config/rules/former-rules.ts';
import { objectKindsOf } from '../../connector/manifest.ts';
import type { ConnectorRegistry } from '../../connector/registry.ts';
import { type Lint, lintOf, nearestTo } from '../../failure/lint.ts';
import { saying } from '../../failure/saying.ts';
import type { OutboundMapping } from '../../mapping/compiled.ts';
import type { JsonObject, Saying } from '../../message/message.ts';
import type { Position } from '../../message/yaml-places.ts';
import { referencePaths } from '../../schema/annotation/references.ts';
import type { NamedThings } from '../check-config.ts';
import { compileFlow } from '../compile-flow.ts';
import type { Flow } from '../compiled.ts';
import type { ConfigFile, FlowFile } from '../cross-check.ts';
import { connectorNamed, type LoadedMappings } from '../load-mappings.ts';
import { namedSystems } from '../named-systems.ts';
import type { WorkspaceFolders } from '../workspace-folders.ts';
import { inClear } from './in-clear.ts';
import { oddTimes } from './odd-times.ts';
import { unheardSources } from './unheard-sources.ts';
import { withoutEffect } from './without-effect.ts';

/** Ends of names by which a person means a file for the hub. */
const MEANT = /\.(ya?ml|csv|json)$/i;
/** Folder -> the names there that are read. */
const READ = [
  ['config', /^hub\.yaml$/, 'configHint'],
  ['flows', /\.yaml$/, 'flowsHint'],
  ['mappings', /^[^/\\]+[/\\].*\.(yaml|csv)$/, 'mappingsHint'],
  [
    'schemas',
    /^(canonical[/\\]([a-z-]+\.v\d+|migrations[/\\].*)|hub[/\\].*)\.json$/,
    'schemasHint',
  ],
] as const;
/** Folders of a workspace that are read. */
export const FOLDERS: readonly string[] = [...READ.map(([name]) => name), 'connectors'];

/**
 * What a person wrote or left out and that has no effect: files that nobody reads, built-in flows
 * that are off, kinds of objects that can never be made, sources that are not heard; and words of
 * older versions. The hub runs all the same.
 */
export async function remarksOn(
  folders: WorkspaceFolders,
  config: ConfigFile,
  flows: readonly FlowFile[],
  { outbound, inbound }: Pick<LoadedMappings, 'outbound' | 'inbound'>,
  things: NamedThings,
): Promise<readonly Lint[]> {
  const used = new Set(flows.flatMap(({ flow }) => [flow.to, ...flow.from]));
  const off = (await flowsOff(folders, config, things)).filter(({ to }) => !used.has(to));
  const remarks = off.map(({ file, to }) => {
    const about = { module: to };
    return remark(file, 'FLOW_OFF', saying('flowOff', about), saying('flowOffHint', about));
  });
  const never = flows.flatMap((one) => unmade(one, config, outbound, things));
  return [
    ...formerRules(config.yaml),
    ...never,
    ...namedSystems(config.config, inbound).remarks,
    ...unheardSources(config, flows, inbound, things.canonical),
    ...flows.flatMap((one) => unprotecting(one, inbound, things)),
    ...flows.flatMap((one) => schoolsUnsaid(one, outbound)),
    ...withoutEffect(
      config,
      flows,
      things,
      off.map(({ to }) => to),
    ),
    ...oddTimes(config, flows),
    ...inClear(config, things),
    ...remarks,
    ...(await unread(folders)),
    ...(await unbound(folders, config, things)),
  ];
}

function unmade(
  { flow, yaml }: FlowFile,
  { config }: ConfigFile,
  outbound: LoadedMappings['outbound'],
  { connectors }: NamedThings,
): readonly Lint[] {
  const mappings = outbound.get(flow.to) ?? [];
  return neverMade(flow, config, connectors, mappings).map(({ objectKind, because }) => {
    const said = saying('neverMade', { kind: objectKind, why: because });
    const hint = saying('neverMadeHint', {});
    return { ...remark(flow.file, 'OBJECTS_NEVER', said, hint), ...yaml.keyAt(['entities']) };
  });
}

/** Where a flow tells of persons, and no bound source can say that one is protected. */
function unprotecting(
  { flow, yaml }: FlowFile,
  inbound: LoadedMappings['inbound'],
  { canonical }: NamedThings,
): readonly Lint[] {
  return [...flow.selects.keys()].flatMap((kind): readonly Lint[] => {
    const marks = (canonical.get(kind)?.protection.paths ?? []).map((path) => path.join('.'));
    const making = [...inbound.values()].flat().filter(({ to }) => to.kind === kind);
    const isSaid = making.some(({ rules }) => rules.some(({ field }) => marks.includes(field)));
    if (marks.length === 0 || making.length === 0 || isSaid) return [];
    const said = saying('protectionUnsaid', { kind });
    const hint = saying('protectionUnsaidHint', { marks });
    return [{ ...remark(flow.file, 'PROTECTION_UNSAID', said, hint), ...yaml.keyAt(['from']) }];
  });
}

/**
 * Where a flow does not say whose schools it is about, and its conditions or mappings ask whose
 * something is: they are given the city's own alone, where older versions gave them all.
 */
function schoolsUnsaid(
  { flow, yaml }: FlowFile,
  outbound: LoadedMappings['outbound'],
): readonly Lint[] {
  // SAFETY: a flow's file that is no object has been refused.
  if ('schools' in (yaml.value as JsonObject)) return [];
  const told = (what: string, at: Position) => {
    const said = saying('schoolsUnsaid', { what });
    const hint = saying('schoolsUnsaidHint', {});
    return lintOf({ file: flow.file, ...at, code: 'SCHOOLS_UNSAID' }, said, hint);
  };
  const conditions = [...flow.selects].filter(([, { asksWhose }]) => asksWhose);
  const mappings = (outbound.get(flow.to) ?? []).filter(({ from, asksWhose }) => {
    return asksWhose && flow.selects.has(from.kind);
  });
  return [
    ...conditions.map(([kind]) => told(`${kind}.where`, yaml.at(['entities', kind, 'where']))),
    ...mappings.map(({ file }) => told(file, yaml.at(['to']))),
  ];
}

/** Built-in flows between modules that are bound here, which the workspace's own have replaced. */
async function flowsOff(
  folders: WorkspaceFolders,
  { config }: ConfigFile,
  { canonical }: NamedThings,
): Promise<readonly Flow[]> {
  const world = { canonical, modules: config.modules };
  return (await folders.putOut('flows', '.yaml')).flatMap(({ file, text }) => {
    const { flow } = compileFlow(file, file, text, world);
    return flow === null ? [] : [flow];
  });
}

async function unread(folders: WorkspaceFolders): Promise<readonly Lint[]> {
  const found: Lint[] = [];
  for (const [folder, read, hint] of READ) {
    for (const name of await folders.ownFiles(folder)) {
      if (!MEANT.test(name) || read.test(name)) continue;
      found.push(
        remark(`${folder}/${name}`, 'FILE_UNREAD', saying('fileUnread', {}), saying(hint, {})),
      );
    }
  }
  return [...found, ...(await unreadFolders(folders)), ...(await unusedTables(folders))];
}

/** A table of the city's own that no mapping of its folder names: the built-in one is in force. */
async function unusedTables(folders: WorkspaceFolders): Promise<readonly Lint[]> {
  const found: Lint[] = [];
  const names = (await folders.ownFiles('mappings')).map((name) => name.replaceAll('\\', '/'));
  for (const name of names) {
    const [, folder, table] = /^([^/]+)\/(.*\.csv)$/.exec(name) ?? [];
    if (folder === undefined || table === undefined) continue;
    const mappings = await folders.readMerged(`mappings/${folder}`, '.yaml');
    if (mappings.some(({ text }) => text.includes(table))) continue;
    const tables = await folders.readMerged(`mappings/${folder}`, '.csv');
    const others = tables.map(({ file }) => file.slice(`mappings/${folder}/`.length));
    const hint = nearestTo(
      table,
      others.filter((one) => one !== table),
    );
    found.push(remark(`mappings/${name}`, 'TABLE_UNUSED', saying('tableUnused', {}), hint));
  }
  return found;
}

/** Folders whose name is nearly that of one that is read. */
async function unreadFolders(folders: WorkspaceFolders): Promise<readonly Lint[]> {
  const found: Lint[] = [];
  for (const name of await folders.ownFolders()) {
    const hint = nearestTo(name, FOLDERS);
    if (FOLDERS.includes(name) || hint.name === 'nothing') continue;
    if ((await folders.ownFiles(name)).some((file) => MEANT.test(file))) {
      found.push(remark(name, 'FOLDER_UNREAD', saying('fileUnread', {}), hint));
    }
  }
  return found;
}

/** Mappings that are kept for another connector are no slip. */
async function unbound(
  folders: WorkspaceFolders,
  { config }: ConfigFile,
  things: NamedThings,
): Promise<readonly Lint[]> {
  const bound = [...config.modules.values()].map(({ mappings }) => mappings);
  const names = await folders.ownFiles('mappings');
  const own = new Set(names.flatMap((name) => /^([^/\\]+)[/\\]/.exec(name)?.[1] ?? []));
  return [...own].flatMap((name) => {
    if (bound.includes(name) || connectorNamed(name, things) !== null) return [];
    const said = saying('mappingsUnused', { name });
    return [remark(`mappings/${name}`, 'MAPPINGS_UNUSED', said, nearestTo(name, bound))];
  });
}

function remark(file: string, code: string, said: Saying, hint: Saying): Lint {
  return lintOf({ file, line: 1, column: 1, code }, said, hint);
}

/** A kind of objects that a flow can never make, and why. */
interface NeverMade {
  readonly objectKind: string;
  readonly because: Saying;
}

/**
 * Kinds that a switch of the binding asks for and of which no object can ever be made: the flow
 * selects nothing that a mapping of theirs begins with, or they are nothing without an object of
 * another kind that cannot. A flow that leaves out what nobody has switched on is no slip.
 */
function neverMade(
  { to, selects }: Pick<Flow, 'to' | 'selects'>,
  { modules }: Pick<Config, 'modules'>,
  connectors: ConnectorRegistry,
  mappings: readonly OutboundMapping[],
): readonly NeverMade[] {
  const { connector = '', options = {} } = modules.get(to) ?? {};
  const found = new Map<string, Saying>();
  const asked = new Set<string>();
  const objects = objectKindsOf(connectors.manifest(connector)?.sink, options);
  for (const { kind, option } of objects) {
    const origins = mappings.flatMap((one) => (one.to.objectKind === kind ? [one.from.kind] : []));
    if (option !== undefined) asked.add(kind);
    if (origins.length === 0) found.set(kind, saying('noMapping', {}));
    else if (!origins.some((origin) => selects.has(origin))) {
      found.set(kind, saying('notSelected', { kinds: [...new Set(origins)] }));
    } else {
      const needed = neededBy(connectors, connector, kind);
      const missing = needed.find((one) => found.has(one));
      if (missing !== undefined) found.set(kind, saying('refersToNone', { kind: missing }));
    }
  }
  const never = [...found].map(([objectKind, because]) => ({ objectKind, because }));
  return never.filter(({ objectKind }) => asked.has(objectKind));
}

/** Kinds without which an object of this one is nothing; they come before it in the order. */
function neededBy(
  connectors: ConnectorRegistry,
  connector: string,
  kind: string,
): readonly string[] {
  const references = referencePaths(connectors.objectSchema(connector, kind));
  return references.flatMap((one) => (one.required && !one.path.includes('[]') ? [one.kind] : []));
}
