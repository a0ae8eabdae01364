import { Failure } from '../../../failure/failure.ts';
import type { Engine } from '../../../run/engine.ts';
import { holding } from '../../../run/leases/lease.ts';
import type { ServedServer } from '../../../transport/served/listen-served.ts';
import type { ServedClient } from '../../../transport/served/served-app.ts';

/** Answers the clients of a hub until it is stopped. */
export interface ServingClients {
  /** Where it listens, without a path; null where it only tells. */
  readonly url: string | null;
  stop(): Promise<void>;
}

/** What a process does: of several that may tell, one at a time does. */
interface ServingOptions {
  readonly listens: boolean;
  readonly tells: boolean;
  readonly tellMs?: number;
}

/** How often it is looked whether clients have something to be told of. */
const TELL_MS = 5000;

/**
 * Answers the clients of all served modules, and tells those that asked for it when there is
 * something new; null where no module is served. Throws SERVED_UNUSABLE, and SECRET_MISSING.
 */
export async function serveClients(
  engine: Engine,
  { listens, tells, tellMs = TELL_MS }: ServingOptions,
): Promise<ServingClients | null> {
  const { config } = engine.workspace;
  const modules = [...config.modules.keys()].filter(
    (module) => engine.workspace.sinkOf(module)?.mode === 'served',
  );
  if (modules.length === 0 || !(listens || tells)) return null;
  const clients = new Map<string, ServedClient>();
  for (const module of modules) clients.set(module, await engine.openServed(module));
  const server = listens ? await listen(engine, clients) : null;
  const stop = new AbortController();
  const telling = tells ? tellNow(engine, clients, tellMs, stop.signal) : null;
  return {
    url: server?.url ?? null,
    stop: async () => {
      stop.abort();
      await telling;
      await server?.stop();
    },
  };
}

async function listen(
  { workspace, log, now }: Engine,
  clients: ReadonlyMap<string, ServedClient>,
): Promise<ServedServer> {
  // What answers is loaded where somebody asks, and no other command waits for it.
  const { listenServed } = await import('../../../transport/served/listen-served.ts');
  const { served } = workspace.config;
  return listenServed(served, { clients, url: served.url, now, log });
}

async function tellNow(
  engine: Engine,
  clients: ReadonlyMap<string, ServedClient>,
  tellMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { log, sleep } = engine;
  while (!signal.aborted) {
    for (const { module, api } of clients.values()) {
      try {
        await holding(`tell ${module}`, engine, { signal }, async (held) =>
          api.tell?.(held.signal),
        );
      } catch (failure) {
        if (signal.aborted) return;
        // A fault of ours ends the telling of this client for now, and nobody's night.
        const code = failure instanceof Failure ? failure.code : 'DEFECT';
        log.warn({ module, code }, 'a client was not told');
      }
    }
    await sleep(tellMs, signal).catch(() => undefined);
  }
}
