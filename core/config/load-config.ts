import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ConnectorRegistry } from '../connector/registry.ts';
import { didYouMean, type Lint } from '../failure/lint.ts';
import { isObject } from '../message/digest.ts';
import type { Json, JsonObject } from '../message/message.ts';
import { referenceFields } from '../schema/option-fields.ts';
import { applyDefaults, compileSchemaAll } from '../schema/validator.ts';
import { parseYaml, shapeLints, type YamlFile } from '../schema/yaml-file.ts';
import { type BackendEntry, checkBackend, clusterOf } from './cluster.ts';
import type { Binding, Config, DoorbellRules, MailRules, Retention } from './config.ts';
import { checkDashboard, type DashboardEntry, dashboardOf } from './dashboard-rules.ts';
import { checkOptions, checkReferences } from './options.ts';
import { parseDuration } from './quantities.ts';
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
    const lint = { file, line: 1, column: 1, code: 'CONFIG_MISSING', text: 'is missing' };
    return { config: null, yaml: null, lints: [{ ...lint, hint: await hintOfMissing(folder) }] };
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
async function hintOfMissing(folder: string): Promise<string> {
  const names = await readdir(join(folder, 'config')).catch(() => []);
  const near = names.find((name) => /\.(ya?ml|json)$/i.test(name));
  return near === undefined
    ? 'Make a workspace with `skolnav init`, or name its folder: `skolnav -C <folder>`.'
    : `Is it config/${near}? Give it that name.`;
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
  const at = (path: (string | number)[], code: string, text: string, hint: string) =>
    lints.push({ file: yaml.file, ...yaml.at(path), code, text, hint });
  const modules = Object.keys(written.modules);
  for (const [kind, owners] of Object.entries(written.ownership ?? {})) {
    const named = Object.entries(owners).flatMap(([field, written]) =>
      [written].flat().map((owner) => [field, owner] as const),
    );
    for (const [field, owner] of named) {
      if (modules.includes(owner)) continue;
      const text = `no module "${owner}".`;
      at(['ownership', kind, field], 'CONFIG_MODULE_UNKNOWN', text, didYouMean(owner, modules));
    }
  }
  for (const [module, { guards }] of Object.entries(written.sources ?? {})) {
    const path = ['sources', module, 'guards', 'windows'];
    lints.push(...checkWindows(yaml, path, guards?.windows ?? [], 'CONFIG_WINDOW'));
    if (modules.includes(module)) continue;
    const hint = didYouMean(module, modules);
    at(['sources', module], 'CONFIG_MODULE_UNKNOWN', `no module "${module}".`, hint);
  }
  lints.push(...checkDashboard(yaml, written.dashboard || {}));
  lints.push(...checkServed(yaml, written.served ?? {}), ...checkPorts(yaml, written));
  if (!isTimeZone(written.timeZone ?? 'Europe/Stockholm')) {
    at(['timeZone'], 'CONFIG_TIME_ZONE', 'is no time zone', 'For example Europe/Stockholm.');
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
    const text = `the port ${port} is that of \`${other}\` already.`;
    const place = { file: yaml.file, ...yaml.at([name, 'port']) };
    return [{ ...place, code: 'CONFIG_PORT_TAKEN', text, hint: 'Give one of them another.' }];
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
      const text = `no connector "${connector}".`;
      const hint = connectors.suggest(connector);
      return [{ ...place, code: 'CONFIG_CONNECTOR_UNKNOWN', text, hint }];
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
