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
  close(): Promise<void>;
}

export async function hosted(world: World): Promise<Hosted> {
  const { folder, environment } = world;
  const hub = await openHub({ folder, environment, log: silentLog, now: () => world.now });
  const dashboard = await openFor(hub, () => world.now);
  const close = async () => {
    await dashboard.stop();
    await hub.close();
    await world.close();
  };
  return { world, hub, dashboard, close };
}

/** A town of which some pupils' account names are taken in the portal by somebody else. */
export async function withTakenNames(pupils: number, taken: number): Promise<Hosted> {
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
  return hosted(world);
}

/** Whoever had the names gives them back. */
export function freeNames({ world }: Hosted, taken: number): void {
  for (const number of numbers(1, taken)) world.identity.directory.of('Users').delete(`x${number}`);
}
