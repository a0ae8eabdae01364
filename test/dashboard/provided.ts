import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { type Hub, openHub } from '../../core/hub.ts';
import { openLog } from '../../core/log/log.ts';
import { type Dashboard, openDashboard } from '../../dashboard/server.ts';
import { World } from '../e2e/world.ts';
import { freePort } from '../services/free-port.ts';
import { CLIENT } from '../services/openid.ts';
import { Visitor } from './visitor.ts';

const RIGHTS = {
  'skolnav-all': ['list', 'contents', 'act', 'administer'],
  'skolnav-list': ['list'],
};

/** A hub whose persons sign in at a provider, and its dashboard. */
export class Provided {
  readonly world: World;
  readonly port: number;
  /** What the hub has logged. */
  readonly lines: string[] = [];
  #hub: Hub | null = null;
  #dashboard: Dashboard | null = null;

  private constructor(world: World, port: number) {
    this.world = world;
    this.port = port;
  }

  static async open(): Promise<Provided> {
    return new Provided(await World.open(), await freePort());
  }

  get address(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get hub(): Hub {
    assert.ok(this.#hub !== null);
    return this.#hub;
  }

  get dashboard(): Dashboard {
    assert.ok(this.#dashboard !== null);
    return this.#dashboard;
  }

  /** Starts it, or starts it anew with another configuration. */
  async start(
    issuer: string,
    more: Readonly<Record<string, unknown>> = {},
    passwords = true,
  ): Promise<void> {
    await this.stop();
    const { world } = this;
    const written = await this.configure(issuer, more, passwords);
    const environment = { ...world.environment, CLIENT_SECRET: CLIENT.secret };
    const now = () => world.now;
    const log = openLog(
      new Writable({
        write: (chunk, _encoding, done) => {
          this.lines.push(String(chunk));
          done();
        },
      }),
    );
    this.#hub = await openHub({ folder: world.folder, environment, log, now });
    const { control, workspace } = this.#hub;
    const rules = workspace.config.dashboard;
    assert.ok(rules !== null);
    const timeZone = 'Europe/Stockholm';
    this.#dashboard = await openDashboard({ ...rules, control, log, timeZone, now });
    await world.reconfigure(written, 'modules:');
  }

  /** Writes it into the configuration; answers what is written. */
  async configure(
    issuer: string,
    more: Readonly<Record<string, unknown>>,
    passwords = true,
  ): Promise<string> {
    const { world, address, port } = this;
    const client = { clientId: CLIENT.id, clientSecret: `\${env:CLIENT_SECRET}` };
    const openId = { issuer, address, ...client, rights: RIGHTS, ...more };
    const written = `dashboard: ${JSON.stringify({ port, passwords, openId })}\nmodules:`;
    await world.reconfigure('modules:', written);
    return written;
  }

  async stop(): Promise<void> {
    await this.#dashboard?.stop();
    await this.#hub?.close();
    this.#dashboard = null;
    this.#hub = null;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.world.close();
  }

  visitor(): Visitor {
    return new Visitor(this.address);
  }

  async audited(action: string) {
    return this.hub.control.auditTrail(100, { action });
  }
}

/** Where a visitor is sent to, as a path of that host. */
export function sentTo(answer: Response): URL {
  const to = answer.headers.get('location');
  assert.ok(to !== null, `${answer.status} leads nowhere`);
  return new URL(to, answer.url);
}

/** Why a sign-in came to nothing, by its code; null where it did not. */
export function refusalIn(answer: Response): string | null {
  assert.equal(answer.status, 303);
  return sentTo(answer).searchParams.get('why');
}

/** Goes the whole way to a provider and back; answers what the dashboard says in the end. */
export async function signInAt(issuer: string, visitor: Visitor, login: string): Promise<Response> {
  return visitor.ask(await answerFor(issuer, visitor, login));
}

/** The way to the provider, and the address to which it sends the browser back. */
export async function answerFor(issuer: string, visitor: Visitor, login: string): Promise<string> {
  await visitor.read('/sign-in');
  const there = sentTo(await visitor.ask('/sign-in/provider'));
  const atProvider = new Visitor(issuer);
  const fields = [
    ['prompt', 'login'],
    ['login', login],
    ['password', 'any'],
  ] as const;
  const submitted = async (path: string, form: readonly (readonly [string, string])[]) =>
    pathOf(sentTo(await atProvider.post(path, form)));
  const form = pathOf(sentTo(await atProvider.ask(pathOf(there))));
  const resumed = sentTo(await atProvider.ask(await submitted(form, fields)));
  const back = await submitted(pathOf(resumed), [['prompt', 'consent']]);
  return pathOf(sentTo(await atProvider.ask(back)));
}

function pathOf({ pathname, search }: URL): string {
  return pathname + search;
}
