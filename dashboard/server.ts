import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ControlBus, Log } from '../core/control/control-bus.ts';
import { appOf } from './app.ts';
import { Inspections } from './inspections.ts';
import { Live } from './live.ts';
import { Retries } from './retries.ts';
import { ROUTES } from './routes.ts';
import { Syncs } from './syncs.ts';
import { Trials } from './trials.ts';
import { Tries } from './tries.ts';

export interface DashboardOptions {
  readonly control: ControlBus;
  readonly log: Log;
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  readonly tls: boolean;
  readonly timeZone: string;
  readonly now?: () => number;
}

export interface Dashboard {
  readonly url: string;
  /** While nobody has an account: where the first one is made, once and within a day. */
  readonly firstLink: string | null;
  stop(): Promise<void>;
}

/** Shows a hub's dashboard. Rejects as `listen` does where the address is not to be had. */
export async function openDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { control, log, host, port, tls: isTls, timeZone, now = Date.now } = options;
  const live = new Live(control);
  const retries = new Retries(log);
  const syncs = new Syncs(log);
  const trials = new Trials(log);
  const inspections = new Inspections(log);
  const tries = new Tries(now);
  const house = { control, now, live, retries, syncs, trials, inspections, tries };
  const server = createServer(appOf({ house, routes: ROUTES, log, timeZone, isTls }));
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  const listening = typeof address === 'object' ? (address?.port ?? port) : port;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${listening}`;
  const first = await control.access.firstInvitation();
  return {
    url,
    firstLink: first === null ? null : `${url}/welcome/${first}`,
    stop: async () => {
      live.stop();
      await Promise.all([retries, syncs, trials, inspections].map((one) => one.stop()));
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
