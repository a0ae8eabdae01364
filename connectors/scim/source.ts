import {
  type Json,
  type JsonObject,
  ListedRecords,
  type RecordBatch,
  type Source,
} from '../../core/plugin.ts';
import type { ScimClient } from './client.ts';
import { PagedList, type Resource } from './paged-list.ts';

/** What of an account comes back; what the service knows beside it stays there. */
const COME_BACK = ['id', 'externalId', 'userName', 'active', 'emails'] as const;

/** Everything is read: in few requests, where the service gives so many at once. */
const PAGE_SIZE = 500;

/** Reads what the service says of accounts: the whole list of users, each time. */
export class ScimSource implements Source {
  readonly #client: ScimClient;

  constructor(client: ScimClient) {
    this.#client = client;
  }

  async *read(_since: Json, signal: AbortSignal): AsyncGenerator<RecordBatch> {
    signal.throwIfAborted();
    const listed = new ListedRecords('Users', 'id');
    const list = new PagedList('Users');
    for await (const page of this.#client.pages('Users', null, signal, list, PAGE_SIZE)) {
      signal.throwIfAborted();
      yield { ...batch(false), ...listed.recordsOf(page.map(accountOf)) };
    }
    yield batch(true);
  }

  async close(): Promise<void> {}
}

function batch(last: boolean): RecordBatch {
  const nothing = { records: [], faults: [], checkpoint: null };
  return { stream: 'account', mode: 'full', last, ...nothing };
}

/** Null and absent are the same (RFC 7643, 2.5). */
function accountOf(resource: Resource): JsonObject {
  const known = COME_BACK.flatMap((name) => {
    const value = resource[name] ?? null;
    return value === null ? [] : [[name, value] as const];
  });
  return Object.fromEntries(known);
}
