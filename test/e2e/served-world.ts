import assert from 'node:assert/strict';
import {
  type ServingClients,
  serveClients,
} from '../../core/control/serve/clients/serve-clients.ts';
import { type Hub, openHub } from '../../core/hub.ts';
import { silentLog } from '../../core/log/log.ts';
import type { JsonObject } from '../../core/message/message.ts';
import type { World } from './world.ts';

/** The secret of one client; another one has another. */
export const CLIENT_SECRET = 'a-secret-that-nobody-can-guess-at-all';

/** A hub that answers clients while the test looks; its syncs are commands of their own. */
export class Serving {
  readonly url: string;
  readonly #hub: Hub;
  readonly #clients: ServingClients;

  private constructor(hub: Hub, clients: ServingClients) {
    this.#hub = hub;
    this.#clients = clients;
    this.url = clients.url ?? '';
  }

  static async open(world: World, tellMs = 50): Promise<Serving> {
    const { folder, environment } = world;
    const log = silentLog;
    const hub = await openHub({ folder, log, environment, now: () => world.now });
    const clients = await serveClients(hub.engine, { listens: true, tells: true, tellMs });
    assert.ok(clients !== null);
    return new Serving(hub, clients);
  }

  async token(module: string, id = module, secret = CLIENT_SECRET): Promise<string> {
    const answer = await this.askToken(module, {
      grant_type: 'client_credentials',
      ...{ client_id: id, client_secret: secret },
    });
    assert.equal(answer.status, 200);
    const { access_token: token } = (await answer.json()) as { access_token: string };
    return token;
  }

  askToken(module: string, form: Readonly<Record<string, string>>): Promise<Response> {
    const body = new URLSearchParams(form);
    return fetch(`${this.url}/${module}/token`, { method: 'POST', body });
  }

  /** Asks with a token; `path` begins below the module's own. */
  ask(path: string, token: string, init: RequestInit = {}): Promise<Response> {
    const headers = { authorization: `Bearer ${token}`, ...init.headers };
    return fetch(`${this.url}/${path}`, { ...init, headers });
  }

  post(path: string, token: string, body: unknown): Promise<Response> {
    const headers = { 'content-type': 'application/json' };
    return this.ask(path, token, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  async get(path: string, token: string): Promise<JsonObject> {
    const answer = await this.ask(path, token);
    assert.equal(answer.status, 200, path);
    return (await answer.json()) as JsonObject;
  }

  async close(): Promise<void> {
    await this.#clients.stop();
    await this.#hub.close();
  }
}
