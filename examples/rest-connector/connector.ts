import { type Connector, createHttpClient } from '../../core/plugin.ts';
import { RestSink } from './sink.ts';

/** What a binding says; checked against manifest.json before it comes here, defaults filled in. */
export interface Options {
  readonly url: string;
  readonly token: string;
  readonly requestsPerSecond: number;
  readonly timeoutMs: number;
}

export const connector: Connector<Options> = {
  async openSink({ url: baseUrl, token, ...limits }, { fetch, now, sleep, paceOf }) {
    const headers = async () => ({ authorization: `Bearer ${token}` });
    const world = { fetch, now, sleep, paceOf };
    return new RestSink(createHttpClient({ ...world, baseUrl, headers, ...limits }));
  },
};
