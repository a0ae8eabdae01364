import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { saying } from '../failure/saying.ts';
import type { Json, JsonObject, Saying } from '../message/message.ts';
import { valueAt } from '../message/reference-walk.ts';
import { folderFields } from '../schema/option-fields.ts';
import type { Binding, Config } from './config.ts';
import { resolveOptions } from './options.ts';
import { unansweredSecrets } from './secrets.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What keeps a checked configuration from running on this machine, without a value. */
export interface Unready {
  /** References that nothing answers to. */
  readonly secrets: readonly Saying[];
  /** Folders that are not there. */
  readonly folders: readonly Saying[];
  /** Options that are not what they must be, now that their references are replaced. */
  readonly wrong: readonly Saying[];
}

/**
 * Looks at secrets, options and folders; asks no other system. `resolved` are the bindings with
 * their references replaced, of those whose references are all answered: they are not for others.
 */
export async function findUnready(
  { modules, mail, doorbell, dashboard, cluster, dataFolder }: Config,
  schemaOf: (connector: string) => JsonObject,
  folder: string,
  environment: Environment,
): Promise<Unready & { readonly resolved: Config['modules'] }> {
  const secrets: Saying[] = [];
  const folders: Saying[] = [];
  const wrong: Saying[] = [];
  const answered = new Map<string, Binding>();
  if (await isFile(dataFolder)) wrong.push(saying('dataIsFile', { path: dataFolder }));
  for (const binding of modules.values()) {
    const { module, connector, options } = binding;
    const unanswered = await unansweredSecrets([options], folder, environment);
    secrets.push(...unanswered);
    if (unanswered.length > 0) continue;
    const resolved = await resolveOptions(schemaOf(connector), options, folder, environment);
    answered.set(module, { ...binding, options: resolved.options });
    wrong.push(...resolved.faults.map((what) => saying('ofNamedModule', { module, what })));
    for (const { path, isFile } of await missingFolders(
      schemaOf(connector),
      resolved.options,
      folder,
    )) {
      folders.push(saying(isFile ? 'folderIsFile' : 'folderNotThere', { path, module }));
    }
  }
  const { store = null, broker = null } = cluster ?? {};
  const services = [store, broker].map((service) => service?.url ?? null);
  const { clientSecret = null } = dashboard?.openId ?? {};
  const own = [mail?.password ?? null, doorbell?.token ?? null, clientSecret];
  const others: readonly Json[] = [...own, ...services];
  secrets.push(...(await unansweredSecrets(others, folder, environment)));
  const once = new Map(secrets.map((said) => [JSON.stringify(said), said]));
  return { secrets: [...once.values()], folders, wrong, resolved: answered };
}

/** The folders that these options name, as they name them, and that are none. */
export async function missingFolders(
  schema: JsonObject,
  options: JsonObject,
  folder: string,
): Promise<readonly { readonly path: string; readonly isFile: boolean }[]> {
  const found: { path: string; isFile: boolean }[] = [];
  for (const field of folderFields(schema)) {
    const path = valueAt(options, field.split('.'));
    if (typeof path !== 'string') continue;
    const there = await stat(resolve(folder, path)).catch(() => null);
    if (there?.isDirectory() !== true) found.push({ path, isFile: there !== null });
  }
  return found;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() === false;
}
