import {
  type Connector,
  clientCredentials,
  fetchOverTls,
  type TlsOptions,
} from '../../core/plugin.ts';
import { ScimClient } from './client.ts';
import type { Lookup } from './known-resources.ts';
import { ScimSink } from './sink.ts';

export interface Options {
  /** Base of the service: `https://idp.example/scim/v2`. */
  readonly url: string;
  readonly token?: string;
  readonly oauth?: {
    readonly tokenUrl: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly scope?: string;
    /** Unless said, first the one and then the other. */
    readonly secretIn?: 'body' | 'header';
  };
  /** Headers of one's own, such as an API key. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls?: TlsOptions;
  /** How an object is looked for before it is created. Default `externalId`. */
  readonly lookup: Lookup;
  readonly requestsPerSecond: number;
  readonly timeoutMs: number;
  /** Most members in one request. */
  readonly memberChunk: number;
}

export const connector: Connector<Options> = {
  async openSink(options, surroundings) {
    const { token, oauth, tls } = options;
    const login =
      oauth === undefined
        ? async () => (token === undefined ? {} : { authorization: `Bearer ${token}` })
        : clientCredentials({ ...oauth, ...surroundings });
    const headers = async (renew?: boolean) => ({ ...options.headers, ...(await login(renew)) });
    const fetch = tls === undefined ? surroundings.fetch : fetchOverTls(tls);
    const client = new ScimClient({ ...options, headers }, { ...surroundings, fetch });
    const { lookup, memberChunk } = options;
    return new ScimSink(client, { lookup, memberChunk });
  },
};
