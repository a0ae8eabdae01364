import { resolve } from 'node:path';
import { HeldFailure } from '../failure/failure.ts';
import { type Lint, lintOf } from '../failure/lint.ts';
import { saying } from '../failure/saying.ts';
import type { YamlFile } from '../schema/yaml-file.ts';
import { isReference, resolveSecrets } from './secrets.ts';

/** Where a service of the cluster is; the address may be a reference still. */
export interface ServiceRules {
  /** `mongodb:` or `amqp:`, or with TLS; with the login in it. */
  readonly url: string;
  /** Of the certificate authority, where it is not one that the machine knows. */
  readonly caFile?: string;
  /** A client certificate and its key, where the service asks for one. */
  readonly certificateFile?: string;
}

/** The replica set and the message broker that stand in the place of one machine's own. */
export interface ClusterRules {
  readonly store: ServiceRules;
  readonly broker: ServiceRules;
}

/** What `config/hub.yaml` says of where the hub's state is. */
export interface BackendEntry extends Partial<ClusterRules> {
  readonly backend?: 'embedded' | 'cluster';
}

const SERVICES = ['store', 'broker'] as const;
const WITH_PASSWORD = /^[^:]+:\/\/[^/@:]*:[^/@]*@/;

/** A cluster needs both services; a password stands nowhere in clear. */
export function checkBackend(yaml: YamlFile, written: BackendEntry): readonly Lint[] {
  const { file } = yaml;
  const isCluster = written.backend === 'cluster';
  return SERVICES.flatMap((name): Lint[] => {
    const service = written[name];
    if (isCluster && service === undefined) {
      const line = `${name}: { url: "\${env:${name.toUpperCase()}_URL}" }`;
      const at = { file, ...yaml.at(['backend']), code: 'CONFIG_BACKEND' };
      return [lintOf(at, saying('clusterNeeds', { name }), saying('clusterNeedsHint', { line }))];
    }
    if (service === undefined || !WITH_PASSWORD.test(service.url)) return [];
    const line = `url: "\${env:${name.toUpperCase()}_URL}"`;
    const at = { file, ...yaml.at([name, 'url']), code: 'CONFIG_SECRET_PLAIN' };
    const hint = saying('passwordInAddressHint', { line });
    return [lintOf(at, saying('passwordInAddress', {}), hint)];
  });
}

/** Checked before; null where one is not said. Paths of files count from the workspace. */
export function clusterOf(folder: string, { store, broker }: BackendEntry): ClusterRules | null {
  if (store === undefined || broker === undefined) return null;
  return { store: withFiles(folder, store), broker: withFiles(folder, broker) };
}

function withFiles(folder: string, { url, ...files }: ServiceRules): ServiceRules {
  const paths = Object.entries(files).map(([name, path]) => [name, resolve(folder, path)]);
  return { url, ...Object.fromEntries(paths) };
}

/** The service's rules with its address as it is. Throws SECRET_MISSING. */
export async function resolveService(
  rules: ServiceRules,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ServiceRules> {
  if (!isReference(rules.url)) return rules;
  const { url } = await resolveSecrets({ url: rules.url }, folder, environment);
  return { ...rules, url: String(url) };
}

const DATABASE = /^(mongodb(?:\+srv)?:\/\/[^/]+\/)([^/?]+)/;

/** The database that a store's address names; CONFIG_INVALID where it names none. */
export function databaseOf(url: string): string {
  const name = DATABASE.exec(url)?.[2];
  if (name !== undefined) return name;
  // The driver would take a database `test`.
  const hint = 'End the address of `store` with it: mongodb://<members>/<database>?replicaSet=...';
  throw new HeldFailure('CONFIG_INVALID', 'the address of the store names no database', { hint });
}

/** The address of a second database, whose name is the first one's with an ending. */
export function withDatabase(url: string, ending: string): { url: string; database: string } {
  const database = `${databaseOf(url)}${ending}`;
  return { database, url: url.replace(DATABASE, (_, before: string) => `${before}${database}`) };
}
