import { once } from 'node:events';
import { HeldFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { systemFault } from '../../failure/system-fault.ts';
import { createServer } from '../node-http.ts';
import { type ServedAppOptions, servedApp } from './served-app.ts';

export interface ServedServer {
  /** Where it listens, without a path. */
  readonly url: string;
  stop(): Promise<void>;
}

/** How long a request may take to come in, and how often that is looked at. */
const USUAL_LIMITS = {
  requestTimeout: 30_000,
  headersTimeout: 10_000,
  connectionsCheckingInterval: 5000,
};
const IDLE_MS = 60_000;
const MOST_CONNECTIONS = 200;

/** Answers clients at an address, port 0 for a free one. Throws HeldFailure SERVED_UNUSABLE. */
export async function listenServed(
  { host, port }: { readonly host: string; readonly port: number },
  options: ServedAppOptions,
  limits = USUAL_LIMITS,
): Promise<ServedServer> {
  const server = createServer(limits, servedApp(options));
  server.maxConnections = MOST_CONNECTIONS;
  // Whoever neither sends nor reads is gone.
  server.setTimeout(IDLE_MS);
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const why = systemFault(cause) ?? '';
    const said = saying('servedDeaf', { address: `${host}:${port}`, why });
    throw new HeldFailure('SERVED_UNUSABLE', said, { cause });
  }
  const address = server.address();
  const listening = typeof address === 'object' ? (address?.port ?? port) : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${listening}`,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
