import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ConnectorRegistry } from '../connector/registry.ts';
import { type Lint, lintOf, nearestOrAll } from '../failure/lint.ts';
import { saying } from '../failure/saying.ts';
import { isObject } from '../message/digest.ts';
import type { Json, JsonObject, Saying } from '../message/message.ts';
import { referenceFields } from '../schema/option-fields.ts';
import { applyDefaults, compileSchemaAll } from '../schema/validator.ts';
import { parseYaml, shapeLints, type YamlFile } from '../schema/yaml-file.ts';
import { type BackendEntry, checkBackend, clusterOf } from './cluster.ts';
import type { Binding, Config, DoorbellRules, MailRules, Retention } from './config.ts';
import { checkDashboard, type DashboardEntry, dashboardOf } from './dashboard-rules.ts';
import { checkOptions, checkReferences } from './options.ts';
import { parseDuration } from './quantities.ts';
import { CONFIG_DURATIONS, checkDurations } from './rules/durations.ts';
import { inTodaysWords } from './rules/former-rules.ts';
import { rulesOf, type SourceEntry } from './rules/source-rules.ts';
import { checkWays } from './rules/ways.ts';
import { checkWindows } from './rules/windows.ts';
import { checkServed, type ServedRules, servedOf } from './served-rules.ts';

const SCHEMA = join(import.meta.dirname, '../../schemas/hub/config.v1.json');

/** config/hub.yaml as it is written, checked against its schema. */
interface ConfigFile extends BackendEntry {
  readonly data?: string;
  readonly timeZone?: string;
  readonly modules: Readonly<Record<string, BindingEntry>>;
  readonly ownership?: Readonly<
    Record<string, Readonly<Record<string, string | readonly string[]>>>
  >;
  readonly sources?: Readonly<Record<string, SourceEntry>>;
  readonly mail?: Pick<MailRules, 'host' | 'from' | 'to'> & Partial<MailRules>;
  readonly doorbell?: Partial<DoorbellRules>;
  readonly dashboard?: DashboardEntry | false;
  readonly served?: Partial<ServedRules>;
  readonly retention?: Readonly<Partial<Record<'runs' | 'audit' | 'archive', string>>>;
}

interface BindingEntry {
  readonly connector: string;
  readonly mappings?: string;
  readonly options?: JsonObject;
}

export interface LoadedConfig {
  readonly config: Config | null;
  readonly yaml: YamlFile | null;
  readonly lints: readonly Lint[];
}

/** Reads a workspace's `config/hub.yaml`. Null if it has faults; all of them are in the lints. */
export async function loadConfig(
  folder: string,
  connectors: ConnectorRegistry,
): Promise<LoadedConfig> {
  const file = 'config/hub.yaml';
  const text = await readFile(join(folder, file), 'utf8').catch(() => null);
  if (text === null) {
    const at = { file, line: 1, column: 1, code: 'CONFIG_MISSING' };
    const lint = lintOf(at, saying('isMissing', {}), await hintOfMissing(folder));
    return { config: null, yaml: null, lints: [lint] };
  }
  const { yaml, lints } = parseYaml(file, text);
  if (yaml === null) return { config: null, yaml, lints };
  const value = inTodaysWords(yaml);
  const schema: JsonObject = JSON.parse(await readFile(SCHEMA, 'utf8'));
  const faults = compileSchemaAll(schema)(value);
  if (faults.length > 0) return { config: null, yaml, lints: shapeLints(yaml, faults, 'CONFIG') };
  // SAFETY: checked against its schema just above.
  const written = value as unknown as ConfigFile;
  const found = [...referencesIn(yaml, value, schema), ...checkWritten(yaml, written, connectors)];
  if (found.length > 0) return { config: null, yaml, lints: found };
  return { config: configOf(folder, file, written, connectors), yaml, lints: [] };
}

/** Another name in the place of `config/hub.yaml` is a slip; no such folder is another place. */
async function hintOfMissing(folder: string): Promise<Saying> {
  const names = await readdir(join(folder, 'config')).catch(() => []);
  const near = names.find((name) => /\.(ya?ml|json)$/i.test(name));
  return near === undefined ? saying('makeWorkspace', {}) : saying('isItNamed', { name: near });
}

/** Those of bindings aside: of their options, each may be one. */
function referencesIn(yaml: YamlFile, value: Json, schema: JsonObject): readonly Lint[] {
  const { modules: _modules, ...rest } = isObject(value) ? value : {};
  const read = new Set(referenceFields(schema));
  return checkReferences(yaml, rest, [], (field) => read.has(field.join('.')));
}

function configOf(
  folder: string,
  file: string,
  written: ConfigFile,
  connectors: ConnectorRegistry,
): Config {
  const modules = Object.entries(written.modules).map(([module, entry]): [string, Binding] => {
    const { connector, mappings = connector, options = {} } = entry;
    const schema = connectors.manifest(connector)?.options ?? {};
    return [module, { module, connector, mappings, options: applyDefaults(schema, options) }];
  });
  return {
    file,
    cluster: written.backend === 'cluster' ? clusterOf(folder, written) : null,
    services: clusterOf(folder, written),
    dataFolder: resolve(folder, written.data ?? 'data'),
    timeZone: written.timeZone ?? 'Europe/Stockholm',
    modules: new Map(modules),
    ownership: new Map(
      Object.entries(written.ownership ?? {}).map(([kind, owners]) => [
        kind,
        new Map(Object.entries(owners).map(([field, written]) => [field, [written].flat()])),
      ]),
    ),
    sources: new Map(
      Object.entries(written.sources ?? {}).map(([module, entry]) => [module, rulesOf(entry)]),
    ),
    mail: written.mail === undefined ? null : { ...USUAL_MAIL, ...written.mail },
    doorbell: written.doorbell === undefined ? null : { ...USUAL_DOORBELL, ...written.doorbell },
    dashboard: written.dashboard === false ? null : dashboardOf(written.dashboard ?? {}),
    served: servedOf(written.served ?? {}),
    retention: retentionOf(written.retention ?? {}),
  };
}

const USUAL_DOORBELL = { host: '127.0.0.1', port: 8765, token: null } as const;
const USUAL_MAIL = {
  language: 'en',
  port: 587,
  tls: 'starttls',
  user: null,
  password: null,
  digest: null,
} as const;

function retentionOf({ runs, audit, archive }: NonNullable<ConfigFile['retention']>): Retention {
  return {
    runsMs: parseDuration(runs ?? '400d') ?? 0,
    auditMs: parseDuration(audit ?? '730d') ?? 0,
    archiveMs: parseDuration(archive ?? '30d') ?? 0,
  };
}

/** What the schema cannot say: known connectors, their options, secrets, module names. */
function checkWritten(
  yaml: YamlFile,
  written: ConfigFile,
  connectors: ConnectorRegistry,
): readonly Lint[] {
  const lints: Lint[] = [
    ...checkBackend(yaml, written),
    ...checkBindings(yaml, written, connectors),
  ];
  const at = (path: (string | number)[], code: string, said: Saying, hint: Saying) =>
    lints.push(lintOf({ file: yaml.file, ...yaml.at(path), code }, said, hint));
  const modules = Object.keys(written.modules);
  const noModule = (path: (string | number)[], name: string) =>
    at(path, 'CONFIG_MODULE_UNKNOWN', saying('noModule', { name }), nearestOrAll(name, modules));
  for (const [kind, owners] of Object.entries(written.ownership ?? {})) {
    const named = Object.entries(owners).flatMap(([field, written]) =>
      [written].flat().map((owner) => [field, owner] as const),
    );
    for (const [field, owner] of named) {
      if (!modules.includes(owner)) noModule(['ownership', kind, field], owner);
    }
  }
  for (const [module, { guards }] of Object.entries(written.sources ?? {})) {
    const path = ['sources', module, 'guards', 'windows'];
    lints.push(...checkWindows(yaml, path, guards?.windows ?? [], 'CONFIG_WINDOW'));
    if (!modules.includes(module)) noModule(['sources', module], module);
  }
  lints.push(...checkDashboard(yaml, written.dashboard || {}));
  lints.push(...checkServed(yaml, written.served ?? {}), ...checkPorts(yaml, written));
  lints.push(...checkDurations(yaml, CONFIG_DURATIONS, 'CONFIG_DURATION'));
  const { timeZone = 'Europe/Stockholm' } = written;
  const isOffset = /^[+-]/.test(timeZone);
  if (isOffset || !isTimeZone(timeZone)) {
    const said = saying(isOffset ? 'zoneIsOffset' : 'noTimeZone', {});
    at(['timeZone'], 'CONFIG_TIME_ZONE', said, saying('timeZoneHint', {}));
  }
  return lints;
}

/** What listens at the same door as another: `serve` could open one of them only. */
function checkPorts(yaml: YamlFile, written: ConfigFile): readonly Lint[] {
  const { dashboard, doorbell, served } = written;
  const listeners: readonly (readonly [string, Listener | undefined])[] = [
    ['dashboard', dashboard || undefined],
    ['doorbell', doorbell && { ...USUAL_DOORBELL, ...doorbell }],
    ['served', served && servedOf(served)],
  ];
  const taken = new Map<string, string>();
  return listeners.flatMap(([name, { host = USUAL_DOORBELL.host, port = 0 } = {}]) => {
    const other = taken.get(`${host} ${port}`);
    if (port !== 0) taken.set(`${host} ${port}`, name);
    if (port === 0 || other === undefined) return [];
    const at = { file: yaml.file, ...yaml.at([name, 'port']), code: 'CONFIG_PORT_TAKEN' };
    const said = saying('portShared', { port: String(port), other });
    return [lintOf(at, said, saying('portSharedHint', {}))];
  });
}

interface Listener {
  readonly host?: string;
  readonly port?: number;
}

function checkBindings(
  yaml: YamlFile,
  written: ConfigFile,
  connectors: ConnectorRegistry,
): readonly Lint[] {
  return Object.entries(written.modules).flatMap(([module, { connector, options = {} }]) => {
    const manifest = connectors.manifest(connector);
    if (manifest === undefined) {
      const place = { file: yaml.file, ...yaml.at(['modules', module, 'connector']) };
      const at = { ...place, code: 'CONFIG_CONNECTOR_UNKNOWN' };
      const said = saying('noConnector', { name: connector });
      return [lintOf(at, said, connectors.suggest(connector))];
    }
    const ways = checkWays(yaml, module, options, manifest, written.doorbell !== undefined);
    // Of options that contradict each other, the schema would name one that is missing.
    return ways.length > 0 ? ways : checkOptions(yaml, module, options, manifest.options);
  });
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('sv', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}
