import assert from 'node:assert/strict';
import {
  type ScimSimulator,
  type SimulatorOptions,
  startScim,
} from '../../connectors/scim/simulator.ts';
import type { Answer, StoredResource } from '../../connectors/scim/simulator-directory.ts';
import type {
  Failure,
  Json,
  JsonObject,
  ObjectSink,
  Operation,
  Outcome,
} from '../../core/plugin.ts';
import { openScim } from './scim-sink.ts';

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
  readonly ifMatch: string | null;
}

/** What a service does in its own way; `usual` answers as the simulator does. */
export type Manner = (request: Request, usual: () => Answer) => Answer;

export const SIGNAL = new AbortController().signal;

export const operation = (
  action: 'create' | 'update',
  object: JsonObject,
  own: Partial<Operation> = {},
) => ({
  ...{ action, objectKind: 'User', key: String(object['externalId']), formerKey: null },
  ...{ object, previous: null, remoteId: null, references: {} },
  fields: ['externalId', 'userName', 'name.givenName', 'name.familyName', 'active'],
  ...own,
});
export const groupOf = (key: string, members: readonly string[]) => ({
  ...{ externalId: key, displayName: '7A' },
  members: members.map((value) => ({ value })),
});
export const groupOperation = (
  action: 'create' | 'update',
  key: string,
  members: readonly string[],
  own: Partial<Operation> = {},
) =>
  operation(action, groupOf(key, members), {
    ...{ objectKind: 'Group', fields: ['externalId', 'displayName', 'members', 'members.value'] },
    references: Object.fromEntries(members.map((value) => [`User/${value}`, `id-${value}`])),
    ...own,
  });

/** A simulated SCIM service that has manners of its own, and a sink for it. */
export class ForeignScim {
  #service: ScimSimulator | null = null;
  #sink: ObjectSink | null = null;
  /** What the service was asked. */
  readonly requests: Request[] = [];

  async serve(
    manner: Manner = (_request, usual) => usual(),
    options: Omit<SimulatorOptions, 'token'> = {},
    own: Parameters<typeof openScim>[1] = {},
  ): Promise<void> {
    await this.stop();
    this.#service = await startScim({ token: 'right', ...options });
    const { directory, url } = this.#service;
    const usual = directory.handle.bind(directory);
    directory.handle = (method, address, body, ifMatch) => {
      const path = address.pathname.replace('/scim/v2/', '');
      const request = { method, path, query: address.searchParams, body: Object(body), ifMatch };
      this.requests.push(request);
      return manner(request, () => usual(method, address, body, ifMatch));
    };
    this.#sink = await openScim(url, { token: 'right', ...own });
  }

  get sink(): ObjectSink {
    assert.ok(this.#sink !== null);
    return this.#sink;
  }

  of(endpoint: string): Map<string, StoredResource> {
    assert.ok(this.#service !== null);
    return this.#service.directory.of(endpoint);
  }

  get users(): Map<string, StoredResource> {
    return this.of('Users');
  }

  get groups(): Map<string, StoredResource> {
    return this.of('Groups');
  }

  put(id: string, attributes: JsonObject, endpoint = 'Users'): void {
    this.of(endpoint).set(id, Object.assign({ id, version: 1 }, attributes));
  }

  apply(...operations: readonly Operation[]): Promise<readonly Outcome[]> {
    return this.sink.apply(operations, SIGNAL);
  }

  async one(given: Operation): Promise<Outcome> {
    const [outcome] = await this.sink.apply([given], SIGNAL);
    assert.ok(outcome !== undefined);
    return outcome;
  }

  async refusal(given: Operation): Promise<Failure> {
    const outcome = await this.one(given);
    assert.ok(outcome.kind === 'failed');
    return outcome.failure;
  }

  async stop(): Promise<void> {
    await this.#service?.stop();
    this.#service = null;
    this.requests.length = 0;
  }
}

export function membersOf(group: StoredResource | undefined): readonly string[] {
  const members = group?.['members'];
  return Array.isArray(members) ? members.map((one: Json) => String(Object(one).value)).sort() : [];
}

/** The operations of a PATCH; none of another body. */
export function operationsOf(body: JsonObject): readonly JsonObject[] {
  return Object(body).Operations ?? [];
}

/** Makes others of them, as a service that does another thing than it is asked. */
export function editOperations(
  body: JsonObject,
  how: (all: readonly JsonObject[]) => readonly JsonObject[],
): void {
  Object.assign(body, { Operations: how(operationsOf(body)) });
}
