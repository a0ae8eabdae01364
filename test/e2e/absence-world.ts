import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { AbsenceApp, newSecret, type SimulatedAbsence } from '../../connectors/events/simulator.ts';
import type { Hub } from '../../core/hub.ts';
import type { Log } from '../../core/log/log.ts';
import { serve } from '../../scripts/commands/serve.ts';
import { freePort } from '../services/free-port.ts';
import { numbers, smallTown } from './small-town.ts';
import { World } from './world.ts';

const EXAMPLE = join(import.meta.dirname, '..', '..', 'examples', 'absence-app');
/** This pupil's whereabouts nobody may learn. */
export const PROTECTED = 3;

/** The example's workspace after a night: twelve pupils of one school, and an app that calls. */
export class AbsenceWorld {
  readonly world: World;
  readonly app: AbsenceApp;
  readonly port: number;
  readonly secret: string;

  private constructor(world: World, port: number, secret: string) {
    this.world = world;
    this.port = port;
    this.secret = secret;
    const url = `http://127.0.0.1:${port}/events/absence`;
    this.app = new AbsenceApp({ url, secret, now: () => world.now });
  }

  static async open(): Promise<AbsenceWorld> {
    const world = await World.open(EXAMPLE);
    const port = await freePort();
    const secret = newSecret();
    world.environment['ABSENCE_SECRET'] = secret;
    await world.reconfigure('doorbell: { port: 8765 }', `doorbell: { port: ${port} }`);
    await world.write('data/attendance/.keep', '');
    const town = smallTown('ber-20260901', numbers(1, 12));
    const id = `<id>p${PROTECTED}</id></sourcedid>`;
    const mark = (text: string) =>
      text.startsWith(`<person><sourcedid>${id}`)
        ? text.replace('</person>', '<extension><privacy level="1"/></extension></person>')
        : text;
    const elements = town.elements?.map(mark) ?? [];
    await publish(join(world.folder, 'data', 'register'), { ...town, elements });
    await world.sync();
    world.now = Date.parse('2026-09-01T07:40:00+02:00');
    return new AbsenceWorld(world, port, secret);
  }

  /** A whole day, reported now, of a pupil of the register. */
  absence(id: string, more: Partial<SimulatedAbsence> = {}): SimulatedAbsence {
    return {
      ...{ id, elev: 'p7', skolenhet: 'school', heldag: true, slag: 'anmald', status: 'gallande' },
      ...{ fran: '2026-09-01T08:00:00+02:00', till: '2026-09-01T15:00:00+02:00' },
      andrad: new Date(this.world.now).toISOString(),
      ...more,
    };
  }

  /** Does something while the hub is served, and stops it as a signal does. */
  served<T>(work: (hub: Hub) => Promise<T>, log?: Log): Promise<T> {
    return this.world.withHub(async (hub) => {
      const stop = new AbortController();
      const listening = Promise.withResolvers<void>();
      const ended = serve(hub, stop.signal, (line) => {
        if (line.startsWith('Waiting')) listening.resolve();
      });
      try {
        await Promise.race([listening.promise, ended]);
        return await work(hub);
      } finally {
        stop.abort(new Error('interrupted'));
        await ended;
      }
    }, log);
  }

  /** All lines of all sets of changes that the target was given, in their order. */
  async delivered(): Promise<readonly string[]> {
    const folder = join(this.world.folder, 'data', 'attendance');
    const names = (await readdir(folder)).filter((name) => name.endsWith('.csv')).sort();
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
    return texts.flatMap((text) => text.trim().split('\r\n').slice(1));
  }

  /**
   * Sends absences until one is at its target in under a second: others may work beside it, and the
   * first one finds nothing compiled yet.
   */
  async arrivesSoon(send: (id: string) => Promise<unknown>): Promise<void> {
    const took: number[] = [];
    while (took.length < 5 && !took.some((ms) => ms < 1000)) {
      const startedAt = performance.now();
      await send(`f${took.length}`);
      await until(async () => (await this.told()).length > took.length);
      took.push(performance.now() - startedAt);
    }
    if (!took.some((ms) => ms < 1000)) throw new Error(`${took.join(' ms, ')} ms`);
  }

  /** What the target was told of absences: what became of each, and from when. */
  async told(): Promise<readonly string[]> {
    return (await this.delivered()).map((line) => {
      const [what, , , , from = ''] = line.split(';');
      return `${what} ${from.slice(11, 16)}`;
    });
  }

  close(): Promise<void> {
    return this.world.close();
  }
}

/** How many absences the hub has. */
export async function absencesIn({ engine }: Hub): Promise<number> {
  let count = 0;
  for await (const page of engine.store.entities.scan('absence')) count += page.length;
  return count;
}

/** Waits until it is so; fails after ten seconds. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 5) {
    if (await isSo()) return;
    await sleep(5);
  }
  throw new Error(`it did not come about: ${isSo}`);
}
