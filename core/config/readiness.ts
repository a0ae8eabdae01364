import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Json, JsonObject } from '../message/message.ts';
import { valueAt } from '../message/reference-walk.ts';
import { folderFields } from '../schema/option-fields.ts';
import type { Config } from './config.ts';
import { resolveOptions } from './options.ts';
import { unansweredSecrets } from './secrets.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What keeps a checked configuration from running on this machine, in words, without a value. */
export interface Unready {
  /** References that nothing answers to. */
  readonly secrets: readonly string[];
  /** Folders that are not there. */
  readonly folders: readonly string[];
  /** Options that are not what they must be, now that their references are replaced. */
  readonly wrong: readonly string[];
}

/** Looks at secrets, options and folders; asks no other system. */
export async function findUnready(
  { modules, mail, doorbell, dashboard, cluster, dataFolder }: Config,
  schemaOf: (connector: string) => JsonObject,
  folder: string,
  environment: Environment,
): Promise<Unready> {
  const secrets: string[] = [];
  const folders: string[] = [];
  const wrong: string[] = [];
  if (await isFile(dataFolder)) wrong.push(`data: ${dataFolder} is a file, and no folder`);
  for (const { module, connector, options } of modules.values()) {
    const unanswered = await unansweredSecrets([options], folder, environment);
    secrets.push(...unanswered);
    if (unanswered.length > 0) continue;
    const resolved = await resolveOptions(schemaOf(connector), options, folder, environment);
    wrong.push(...resolved.faults.map((fault) => `module "${module}": ${fault}`));
    for (const field of folderFields(schemaOf(connector))) {
      const path = valueAt(resolved.options, field.split('.'));
      if (typeof path !== 'string') continue;
      const found = await stat(resolve(folder, path)).catch(() => null);
      if (found?.isDirectory()) continue;
      const what = found === null ? 'is not there' : 'is a file, and no folder';
      folders.push(`the folder ${path} of module "${module}" ${what}`);
    }
  }
  const { store = null, broker = null } = cluster ?? {};
  const services = [store, broker].map((service) => service?.url ?? null);
  const { clientSecret = null } = dashboard?.openId ?? {};
  const own = [mail?.password ?? null, doorbell?.token ?? null, clientSecret];
  const others: readonly Json[] = [...own, ...services];
  secrets.push(...(await unansweredSecrets(others, folder, environment)));
  return { secrets: [...new Set(secrets)], folders, wrong };
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() === false;
}
