import { define } from '../../core/plugin.ts';
import { ImsEsClient } from './client.ts';
import { ReadClient } from './read-client.ts';
import { GradebookSource } from './results.ts';
import { ItslearningSink } from './sink.ts';

export interface Options {
  /** Base of the services, without a slash at the end. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly requestsPerSecond: number;
  readonly timeoutMs: number;
  /** Sync id of the site's main organisation. */
  readonly site?: string;
  /** Delete hierarchy nodes, with everything below them. Default false. */
  readonly removeSchools: boolean;
}

export const connector = define<Options>({
  openSource: ({ client, options }) => new GradebookSource(new ReadClient(client, options)),
  openSink: ({ client, options }) => new ItslearningSink(new ImsEsClient(client, options), options),
});
