import { realpath } from 'node:fs/promises';
import { basename, dirname, join, posix, resolve, sep } from 'node:path';
import type { Binding, Config } from '../config/config.ts';
import { isReference } from '../config/secrets.ts';
import type { ConnectorRegistry } from '../connector/registry.ts';
import { type Lint, lintOf } from '../failure/lint.ts';
import { saying } from '../failure/saying.ts';
import type { Json } from '../message/message.ts';
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

interface Shared {
  readonly lints: readonly Lint[];
  /** What may be meant. */
  readonly remarks: readonly Lint[];
}

/**
 * Two modules of which one writes into the other's folder: what is written would be taken for what
 * was sent, or be replaced by the other's. Folders that are references are not known here. Links
 * are followed, since that is where the files are.
 */
export async function sharedFolders(
  { config, yaml }: { readonly config: Config; readonly yaml: YamlFile },
  flows: readonly Pick<Flow, 'from' | 'to'>[],
  connectors: ConnectorRegistry,
  folder: string,
): Promise<Shared> {
  const all = [...config.modules.values()];
  const used = (
    await Promise.all(all.map((one) => foldersOf(one, flows, connectors, folder)))
  ).flat();
  const data = await realOf(config.dataFolder);
  const lints: Lint[] = [];
  const remarks: Lint[] = [];
  const at = ({ module, field }: Used, code: string) => {
    return { file: yaml.file, ...yaml.at(['modules', module, 'options', ...field]), code };
  };
  for (const [index, one] of used.entries()) {
    if (one.real === data) {
      const said = saying('folderOfHub', {});
      lints.push(lintOf(at(one, 'CONFIG_FOLDER_SHARED'), said, saying('folderOfItsOwn', {})));
    }
    for (const other of used.slice(0, index)) {
      if (other.module === one.module || !(one.isWritten || other.isWritten)) continue;
      if (other.real === one.real) {
        const isBothWritten = one.isWritten && other.isWritten;
        const name = isBothWritten
          ? 'folderOfTwo'
          : one.isWritten
            ? 'folderIsRead'
            : 'folderIsWritten';
        const said = saying(name, { module: other.module });
        lints.push(lintOf(at(one, 'CONFIG_FOLDER_SHARED'), said, saying('folderOfItsOwn', {})));
      }
      const [inner, outer] = one.real.length > other.real.length ? [one, other] : [other, one];
      if (!inner.isWritten || !outer.isRead || !inner.real.startsWith(`${outer.real}/`)) continue;
      const said = saying('folderWithin', { module: outer.module });
      remarks.push(lintOf(at(inner, 'FOLDER_WITHIN'), said, saying('folderOfItsOwn', {})));
    }
  }
  return { lints, remarks };
}

async function foldersOf(
  { module, connector, options }: Binding,
  flows: readonly Pick<Flow, 'from' | 'to'>[],
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
