import { realpath } from 'node:fs/promises';
import { basename, dirname, join, posix, resolve, sep } from 'node:path';
import type { Binding, Config } from '../config/config.ts';
import { isReference } from '../config/secrets.ts';
import type { ConnectorRegistry } from '../connector/registry.ts';
import { type Lint, lintOf } from '../failure/lint.ts';
import { saying } from '../failure/saying.ts';
import type { Json, Saying } from '../message/message.ts';
import { valueAt } from '../message/reference-walk.ts';
import { folderFields, serverFolderFields } from '../schema/option-fields.ts';
import type { YamlFile } from '../schema/yaml-file.ts';
import type { Flow } from './compiled.ts';

/** A folder of a binding, as it is written and where it truly is. */
interface Used {
  readonly module: string;
  readonly field: readonly string[];
  /** Absolute, without links; of another machine with that one's name before it. */
  readonly real: string;
  readonly isRead: boolean;
  readonly isWritten: boolean;
}

/** What is amiss with a folder of a module, and where that stands among its options. */
export interface FolderClash {
  readonly module: string;
  readonly field: readonly string[];
  readonly said: Saying;
  /** It may be meant. */
  readonly isOdd: boolean;
}

type Folders = Pick<Config, 'modules' | 'dataFolder'>;
type Ways = readonly Pick<Flow, 'from' | 'to'>[];

/** The clashes of folders as a file names them: faults, and what is only told. */
export async function sharedFolders(
  { config, yaml }: { readonly config: Config; readonly yaml: YamlFile },
  flows: Ways,
  connectors: ConnectorRegistry,
  folder: string,
): Promise<{ readonly lints: readonly Lint[]; readonly remarks: readonly Lint[] }> {
  const clashes = await folderClashes(config, flows, connectors, folder);
  const lintOfClash = ({ module, field, said, isOdd }: FolderClash) => {
    const place = yaml.at(['modules', module, 'options', ...field]);
    const code = isOdd ? 'FOLDER_WITHIN' : 'CONFIG_FOLDER_SHARED';
    return lintOf({ file: yaml.file, ...place, code }, said, saying('folderOfItsOwn', {}));
  };
  return {
    lints: clashes.filter(({ isOdd }) => !isOdd).map(lintOfClash),
    remarks: clashes.filter(({ isOdd }) => isOdd).map(lintOfClash),
  };
}

/**
 * Two modules of which one writes into the other's folder: what is written would be taken for what
 * was sent, or be replaced by the other's. Folders that are references are not known here. Links
 * are followed, since that is where the files are.
 */
export async function folderClashes(
  { modules, dataFolder }: Folders,
  flows: Ways,
  connectors: ConnectorRegistry,
  folder: string,
): Promise<readonly FolderClash[]> {
  const found = [...modules.values()].map((one) => foldersOf(one, flows, connectors, folder));
  const used = (await Promise.all(found)).flat();
  const data = await realOf(dataFolder);
  return used.flatMap((one, index) => [
    ...(one.real === data ? [clash(one, saying('folderOfHub', {}))] : []),
    ...used.slice(0, index).flatMap((other) => clashesOf(one, other)),
  ]);
}

function clashesOf(one: Used, other: Used): readonly FolderClash[] {
  if (other.module === one.module || !(one.isWritten || other.isWritten)) return [];
  if (other.real === one.real) {
    const isBoth = one.isWritten && other.isWritten;
    const name = isBoth ? 'folderOfTwo' : one.isWritten ? 'folderIsRead' : 'folderIsWritten';
    return [clash(one, saying(name, { module: other.module }))];
  }
  const [inner, outer] = one.real.length > other.real.length ? [one, other] : [other, one];
  const isWithin = inner.real.startsWith(`${outer.real}/`);
  if (!inner.isWritten || !outer.isRead || !isWithin) return [];
  return [{ ...clash(inner, saying('folderWithin', { module: outer.module })), isOdd: true }];
}

function clash({ module, field }: Used, said: Saying): FolderClash {
  return { module, field, said, isOdd: false };
}

async function foldersOf(
  { module, connector, options }: Binding,
  flows: Ways,
  connectors: ConnectorRegistry,
  folder: string,
): Promise<readonly Used[]> {
  const schema = connectors.manifest(connector)?.options ?? {};
  const ways = {
    isRead: flows.some(({ from }) => from.includes(module)),
    isWritten: flows.some(({ to }) => to === module),
  };
  const found: Used[] = [];
  for (const written of folderFields(schema)) {
    const field = written.split('.');
    const path = plainAt(options, field);
    if (path === null) continue;
    found.push({ ...ways, module, field, real: await realOf(resolve(folder, path)) });
  }
  for (const written of serverFolderFields(schema)) {
    const field = written.split('.');
    const server = field.slice(0, -1);
    const [path, host] = [plainAt(options, field), plainAt(options, [...server, 'host'])];
    if (path === null || host === null) continue;
    const port = String(valueAt(options, [...server, 'port']) ?? '');
    const real = `${host.toLowerCase()}:${port}:${posix.normalize(path).replace(/\/$/, '')}`;
    found.push({ ...ways, module, field, real });
  }
  return found;
}

/** A text that stands for itself; null for others. */
function plainAt(options: Json, field: readonly string[]): string | null {
  const value = valueAt(options, field);
  return typeof value === 'string' && !isReference(value) ? value : null;
}

/** Without links, as far as it is there: the rest is made when something is put into it. */
async function realOf(path: string): Promise<string> {
  const found = await realpath(path).catch(() => null);
  if (found !== null) return found.split(sep).join('/');
  const parent = dirname(path);
  return parent === path
    ? path
    : join(await realOf(parent), basename(path))
        .split(sep)
        .join('/');
}
