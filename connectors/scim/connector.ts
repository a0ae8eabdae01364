import { define, type ServiceOptions } from '../../core/plugin.ts';
import { ScimClient } from './client.ts';
import type { Lookup } from './known-resources.ts';
import { ScimSink } from './sink.ts';
import { ScimSource } from './source.ts';

export interface Options extends ServiceOptions {
  /** How an object is looked for before it is created. Default `externalId`. */
  readonly lookup: Lookup;
  /** Most members in one request. */
  readonly memberChunk: number;
}

export const connector = define<Options>({
  openSource: ({ client, options }) => new ScimSource(new ScimClient(client, options.url)),
  openSink: ({ client, options }) => new ScimSink(new ScimClient(client, options.url), options),
});
