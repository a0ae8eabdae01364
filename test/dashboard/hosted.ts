import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { type Hub, openHub } from '../../core/hub.ts';
import { silentLog } from '../../core/log/log.ts';
import type { Dashboard } from '../../dashboard/server.ts';
import { numbers, smallTown } from '../e2e/small-town.ts';
import { World } from '../e2e/world.ts';
import { openFor } from './visitor.ts';

/** A world whose hub stays open, with its dashboard. */
export interface Hosted {
  readonly world: World;
  readonly hub: Hub;
  readonly dashboard: Dashboard;
  /** The same after a restart, with what stands in the workspace now. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

export async function hosted(world: World): Promise<Hosted> {
  const { folder, environment } = world;
  const open = async () => {
    const hub = await openHub({ folder, environment, log: silentLog, now: () => world.now });
    return { hub, dashboard: await openFor(hub, () => world.now) };
  };
  let opened = await open();
  const stop = async () => {
    await opened.dashboard.stop();
    await opened.hub.close();
  };
  return {
    world,
    get hub() {
      return opened.hub;
    },
    get dashboard() {
      return opened.dashboard;
    },
    reopen: async () => {
      await stop();
      opened = await open();
    },
    close: async () => {
      await stop();
      await world.close();
    },
  };
}

/** The id of any group. */
export async function someGroup({ hub }: Pick<Hosted, 'hub'>): Promise<string> {
  for await (const [first] of hub.engine.store.entities.scan('group')) {
    if (first !== undefined) return first.entity.id;
  }
  return '';
}

export async function withTakenNames(pupils: number, taken: number): Promise<Hosted> {
  return hosted(await takenWorld(pupils, taken));
}

/** A town of which some pupils' account names are taken in the portal by somebody else. */
export async function takenWorld(pupils: number, taken: number): Promise<World> {
  const world = await World.open();
  await world.quicken();
  for (const number of numbers(1, taken)) {
    const userName = `p${number}@skola.example`;
    const other = { id: `x${number}`, version: 1, userName, externalId: 'else' };
    world.identity.directory.of('Users').set(`x${number}`, other);
  }
  const folder = join(world.folder, 'data', 'register');
  await publish(folder, smallTown('ber-20260901', numbers(1, pupils)));
  await world.sync('identity');
  return world;
}

/** Whoever had the names gives them back. */
export function freeNames({ world }: Pick<Hosted, 'world'>, taken: number): void {
  for (const number of numbers(1, taken)) world.identity.directory.of('Users').delete(`x${number}`);
}

/** What is not delivered there, by the words of the page that shows it. */
export const TAKEN_GROUP = {
  target: 'identity:scim',
  type: 'deliver',
  state: 'failed',
  code: 'KEY_TAKEN',
  kind: 'User',
} as const;

/** The page of those messages, or of what more says of them. */
export function takenGroupAt(more: Record<string, string> = {}): string {
  return `/failed/group?${new URLSearchParams({ ...TAKEN_GROUP, ...more })}`;
}

/** What its forms send, of all that was there until an instant. */
export function takenGroupFields(until: number) {
  return [...Object.entries(TAKEN_GROUP), ['until', String(until)]] as const;
}
