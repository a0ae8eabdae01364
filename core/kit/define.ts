import type { Connector, Context, Receiver, Source } from '../connector/connector.ts';
import type { ServedApi, ServedWorld } from '../connector/served/served-api.ts';
import type { Sink } from '../connector/sink.ts';
import { InvalidFailure } from '../failure/failure.ts';
import type { HttpClient } from '../transport/http/http-client.ts';
import { createJsonService, type JsonService } from '../transport/http/json-service.ts';
import { openService, type ServiceOptions } from '../transport/http/service.ts';
import type { SinkOfObjects } from './one-by-one.ts';

/** All that a connector is given when one of its halves is opened. */
export interface ConnectorContext<Options extends object> extends Context {
  /** The binding's options: checked against the manifest, defaults filled in. */
  readonly options: Options;
  /** The web service of the options, which the manifest declares under `service`. */
  readonly client: HttpClient;
  /** The same, where it speaks JSON. */
  readonly http: JsonService;
}

/** All that the half is given that answers a client. */
export type ServedContext = Context & ServedWorld;

/** The halves of a connector; it has at least one. */
export interface Definition<Options extends object> {
  /** Opens what delivers to the system. */
  openSink?(context: ConnectorContext<Options>): Opened<Sink | SinkOfObjects>;
  /** Opens what reads from the system. */
  openSource?(context: ConnectorContext<Options>): Opened<Source>;
  /** Opens what takes what the system sends by itself. */
  openReceiver?(context: ConnectorContext<Options>): Opened<Receiver>;
  /** Opens what answers a client that fetches what the target holds. */
  openServed?(context: ServedContext & { readonly options: Options }): Opened<ServedApi>;
}

/** Something, at once or later. */
export type Opened<T> = T | Promise<T>;

/** A connector from its halves, each of which is given what it needs in one context. */
export function define<Options extends object>({
  openSink,
  openSource,
  openReceiver,
  openServed,
}: Definition<Options>): Connector<Options> {
  return {
    ...(openServed === undefined
      ? {}
      : { openServed: async (options, world) => openServed({ ...world, options }) }),
    ...(openSource === undefined
      ? {}
      : { openSource: async (options, world) => openSource(contextOf(options, world)) }),
    ...(openReceiver === undefined
      ? {}
      : { openReceiver: async (options, world) => openReceiver(contextOf(options, world)) }),
    ...(openSink === undefined
      ? {}
      : {
          openSink: async (options, world) => {
            const sink = await openSink(contextOf(options, world));
            return typeof sink === 'function' ? sink(world) : sink;
          },
        }),
  };
}

function contextOf<Options extends object>(
  options: Options,
  context: Context,
): ConnectorContext<Options> {
  let opened: HttpClient | null = null;
  const client = () => {
    opened ??= openService(serviceIn(options), context);
    return opened;
  };
  return {
    ...{ ...context, options },
    get client() {
      return client();
    },
    get http() {
      return createJsonService(client());
    },
  };
}

function serviceIn(options: object): ServiceOptions {
  if ('url' in options && typeof options.url === 'string') return { ...options, url: options.url };
  throw new InvalidFailure('CONFIG_INVALID', 'the connector has no `service` in its manifest');
}
