import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hub } from '../../core/hub.ts';
import { isObject } from '../../core/message/digest.ts';
import { rowsOf } from '../../core/store/ledger-store.ts';
import type { RecordingProxy } from './recording-proxy.ts';

/**
 * `<target> <object kind> <key>` of all objects that were made of each of these entities, or name it,
 * by the names that the caller has for them.
 */
export async function toldOfEach(
  { engine }: Hub,
  ids: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const { ledger } = engine.store;
  const told: Record<string, string[]> = {};
  for (const name of Object.keys(ids)) told[name] = [];
  for (const { target, objectKind } of await ledger.held()) {
    for await (const rows of rowsOf(ledger, target, objectKind)) {
      for (const { ref, object } of rows) {
        const text = `${ref.key} ${JSON.stringify(object)}`;
        for (const [name, id] of Object.entries(ids)) {
          if (ref.origin.id !== id && !text.includes(id)) continue;
          told[name]?.push(`${target} ${objectKind} ${ref.key}`);
        }
      }
    }
  }
  return told;
}

/** How many targets hold something of these. */
export function targetsIn(told: readonly string[]): number {
  return new Set(told.map((one) => one.split(' ')[0])).size;
}

/** The objects that a module's targets hold, as texts. */
async function heldBy({ engine }: Hub, module: string): Promise<readonly string[]> {
  const { ledger } = engine.store;
  const texts: string[] = [];
  for (const { target, objectKind } of await ledger.held()) {
    if (!target.startsWith(`${module}:`)) continue;
    for await (const rows of rowsOf(ledger, target, objectKind)) {
      for (const { object } of rows) texts.push(JSON.stringify(object));
    }
  }
  return texts;
}

/** What stands between the hub and its vendors, by module, and keeps what was said. */
interface Watched {
  readonly hub: Hub;
  readonly folder: string;
  readonly proxies: ReadonlyMap<string, Pick<RecordingProxy, 'recorded'>>;
}

/** What a module's system was told: requests, files, or what its client may fetch. */
export async function toldTo({ hub, folder, proxies }: Watched, module: string): Promise<string> {
  const { files } = hub.workspace.config.modules.get(module)?.options ?? {};
  const told = [proxies.get(module)?.recorded() ?? '', ...(await heldBy(hub, module))];
  if (files === undefined || !isObject(files)) return told.join('\n');
  const at = join(folder, String(files['folder']));
  for (const one of await readdir(at, { recursive: true, withFileTypes: true })) {
    const path = join(one.parentPath, one.name);
    if (one.isFile()) told.push(path, await readFile(path, 'latin1'));
  }
  return told.join('\n');
}
