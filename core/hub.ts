import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve as resolvePath } from 'node:path';
import { openBroker, openStore } from './backend.ts';
import { makeFolder } from './config/make-folder.ts';
import { addressIn, optionsOrRefuse, resolveOptions } from './config/options.ts';
import { newOwner, placeOfOwner } from './config/owner.ts';
import { missingFolders } from './config/readiness.ts';
import { resolveSecrets } from './config/secrets.ts';
import type { Context, Inbox, Receiver, Source } from './connector/connector.ts';
import type { Sink } from './connector/sink.ts';
import type { ControlBus } from './control/control-bus.ts';
import { openControl } from './control/open-control.ts';
import { type Opening, openServed } from './control/serve/clients/open-served.ts';
import { HeldFailure } from './failure/failure.ts';
import { withKeptMemory } from './flow/known/kept-memory.ts';
import { loadOrRefuse, type Workspace } from './flow/workspace.ts';
import { BUILT_IN_FOLDER } from './flow/workspace-folders.ts';
import { Identity } from './intake/identity/identity.ts';
import type { Log } from './log/log.ts';
import type { JsonObject } from './message/message.ts';
import { beginRehearsal, untold } from './rehearsal.ts';
import type { Engine } from './run/engine.ts';
import { prepareStored } from './run/prepare-stored.ts';
import { stateOf } from './run/shared-mappings.ts';
import { dateIn } from './schedule/calendar.ts';
import { sleep } from './schedule/sleep.ts';
import type { InboxStore } from './store/inbox-store.ts';
import { sharedPaces } from './transport/http/rate-budget.ts';

export { makeFolder } from './config/make-folder.ts';
export { openPluginDoor } from './connector/plugin-door.ts';
export { openLog, silentLog } from './log/log.ts';
export { servingAlone } from './run/leases/serving-alone.ts';
export { BUILT_IN_FOLDER };

export interface HubOptions {
  /** The workspace's folder. */
  readonly folder: string;
  readonly log: Log;
  /** Epoch milliseconds; the machine's clock unless a test says otherwise. */
  readonly now?: () => number;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** What the files are found to say is kept for the next process; default false. */
  readonly keepsJudged?: boolean;
}

/** A running hub: one workspace, its store and broker, and the bus that controls it. */
export interface Hub {
  readonly workspace: Workspace;
  readonly control: ControlBus;
  readonly engine: Engine;
  close(): Promise<void>;
}

/**
 * Opens a workspace and everything it needs. Throws CONFIG_INVALID with all lints if it is faulty.
 */
export async function openHub(options: HubOptions): Promise<Hub> {
  const { folder, keepsJudged = false } = options;
  const load = () => loadOrRefuse(folder);
  return openLoaded(options, await (keepsJudged ? withKeptMemory(folder, load) : load()));
}

async function openLoaded(
  options: HubOptions,
  workspace: Workspace,
  isRehearsal = false,
): Promise<Hub> {
  const place = placeOf(options);
  const broker = await openBroker(workspace.config, place);
  const store = await openStore(workspace.config, place);
  const close = async () => {
    await broker.close();
    await store.close();
  };
  try {
    const identity = await Identity.open(store);
    const isShared = workspace.config.cluster !== null;
    const scratch = await makeScratch(workspace, isShared);
    const parts = { store, broker, identity, owner: newOwner(isShared) };
    const engine = await assemble(options, workspace, parts, scratch, isRehearsal);
    await prepareStored(engine);
    const closeAll = async () => {
      await close();
      if (isShared) await rm(scratch, { recursive: true, force: true });
    };
    return { workspace, engine, control: openControl(engine), close: closeAll };
  } catch (failure) {
    await close();
    throw failure;
  }
}

/** A hub on a copy of what is kept, for trying a sync: when it is closed, nothing has changed. */
export async function openRehearsal(options: HubOptions): Promise<Hub> {
  const loaded = await loadOrRefuse(options.folder);
  const { config, end } = await beginRehearsal(loaded.config, placeOf(options));
  try {
    const hub = await openLoaded(options, { ...loaded, config }, true);
    const close = async () => {
      await hub.close();
      await end();
    };
    return { ...hub, close };
  } catch (failure) {
    await end();
    throw failure;
  }
}

function placeOf({ folder, environment = process.env, now = Date.now }: HubOptions) {
  return { folder, environment, now };
}

async function assemble(
  options: HubOptions,
  workspace: Workspace,
  parts: Pick<Engine, 'store' | 'broker' | 'identity' | 'owner'>,
  scratch: string,
  isRehearsal: boolean,
): Promise<Engine> {
  const log = loggingAs(parts.owner, workspace, options.log);
  const { environment, now } = placeOf(options);
  const resolve = (references: JsonObject) =>
    resolveSecrets(references, workspace.folder, environment);
  const contextOf = contextIn(workspace, scratch, now, log, parts.store.inbox);
  const open = async (module: string) => {
    const { connector, options } = await boundIn(workspace, module, environment);
    const opened = await workspace.connectors.open(connector);
    return { connector: opened, options, context: await contextOf(module) };
  };
  const present = presentOf(workspace, options.folder);
  return {
    get workspace() {
      return present.workspace;
    },
    ...{ now, sleep, log, ...parts },
    openSource: async (module): Promise<Source> => {
      const { connector, options: bound, context } = await open(module);
      if (connector.openSource === undefined) throw lacks(module, 'source');
      const source = await connector.openSource(bound, context);
      return isRehearsal ? untold(source) : source;
    },
    openSink: async (module): Promise<Sink> => {
      const { connector, options, context } = await open(module);
      if (connector.openSink === undefined) throw lacks(module, 'sink');
      return connector.openSink(options, context);
    },
    whereIs: (module, of = workspace) => boundIn(of, module, environment),
    openReceiver: async (module) => receiverOf(await open(module)),
    openServed: async (module) => openServed(module, await open(module), workspace, parts.store),
    secret: async (reference) => String((await resolve({ reference }))['reference']),
    tryOut: (overlay) => loadOrRefuse(options.folder, overlay),
    reloadMappings: present.reload,
  };
}

/** What a module is bound to, with what its references stand for; nothing is opened. */
async function boundIn(
  { config, connectors, folder }: Workspace,
  module: string,
  environment: NonNullable<HubOptions['environment']>,
) {
  const binding = config.modules.get(module);
  if (binding === undefined) {
    throw new HeldFailure('CONFIG_INVALID', `no module "${module}" is bound`);
  }
  const { connector } = binding;
  const schema = connectors.manifest(connector)?.options ?? {};
  const resolved = await resolveOptions(schema, binding.options, folder, environment);
  const options = optionsOrRefuse(module, resolved);
  const missing = await missingFolders(schema, options, folder);
  const folders = missing.map(({ path }) => resolvePath(folder, path));
  return { connector, options, address: addressIn(schema, options), folders };
}

/** The workspace, with its mappings as they were read last. */
function presentOf(workspace: Workspace, folder: string) {
  let asked: string | null = null;
  const present = {
    workspace,
    reload: async (state: string | null) => {
      const isKnown = state === asked || state === stateOf(present.workspace);
      if (state !== null && isKnown) return;
      asked = state;
      const { inbound, outbound, runMappingTests } = await loadOrRefuse(folder);
      present.workspace = { ...present.workspace, inbound, outbound, runMappingTests };
    },
  };
  return present;
}

async function receiverOf({ connector, options, context }: Opening): Promise<Receiver | null> {
  return (await connector.openReceiver?.(options, context)) ?? null;
}

/** Folder for what connectors keep while they work: on a cluster one of this process alone. */
async function makeScratch({ config }: Workspace, isShared: boolean): Promise<string> {
  return isShared ? mkdtemp(join(tmpdir(), 'skolnav-')) : join(config.dataFolder, 'scratch');
}

/** Where several processes write a log, its lines say which one did. */
function loggingAs(owner: string, { config }: Workspace, log: Log): Log {
  return config.cluster === null ? log : log.child({ process: placeOfOwner(owner) });
}

/** What a connector may know of the world; the bindings of one module share a pace. */
function contextIn(
  workspace: Workspace,
  scratchFolder: string,
  now: () => number,
  log: Log,
  inboxes: InboxStore,
) {
  const paces = new Map([...workspace.config.modules.keys()].map((name) => [name, sharedPaces()]));
  return async (module: string): Promise<Context> => {
    const scratch = join(scratchFolder, module);
    await rm(scratch, { recursive: true, force: true });
    await makeFolder(scratch, 0o700);
    const { folder } = workspace;
    const layout = (name: string) => workspace.layout(module, name);
    const paceOf = paces.get(module) ?? sharedPaces();
    const today = () => dateIn(workspace.config.timeZone, now());
    const world = { now, today, sleep, fetch, paceOf, log: log.child({ module }) };
    const sink = workspace.sinkOf(module);
    const objectSchema = (kind: string) => sink?.schemaOf(kind) ?? {};
    return { ...world, inbox: inboxOf(inboxes, module), folder, scratch, layout, objectSchema };
  };
}

function inboxOf(inboxes: InboxStore, module: string): Inbox {
  return {
    after: (number) => inboxes.after(module, number),
    newest: () => inboxes.newest(module),
    empty: (upTo) => inboxes.empty(module, upTo),
    silent: (before) => inboxes.silent(module, before),
    forget: async (before) => {
      await inboxes.purge(before, module);
    },
  };
}

function lacks(module: string, half: 'source' | 'sink'): HeldFailure {
  const text = `the connector of module "${module}" has no ${half}`;
  return new HeldFailure('CONFIG_INVALID', text);
}
