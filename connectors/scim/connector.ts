import { type Connector, clientCredentials } from '../../core/plugin.ts';
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
  };
  /** How an object is looked for before it is created. Default `externalId`. */
  readonly lookup: Lookup;
  readonly requestsPerSecond: number;
  readonly timeoutMs: number;
  /** Most members in one request. */
  readonly memberChunk: number;
}

export const connector: Connector<Options> = {
  async openSink(options, surroundings) {
    const { token, oauth } = options;
    const headers =
      oauth === undefined
        ? async () => (token === undefined ? {} : { authorization: `Bearer ${token}` })
        : clientCredentials({ ...oauth, ...surroundings });
    const client = new ScimClient({ ...options, headers }, surroundings);
    const { lookup, memberChunk } = options;
    return new ScimSink(client, { lookup, memberChunk });
  },
};
