import assert from 'node:assert/strict';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import type { SyncReport } from '../../core/control/control-bus.ts';
import { World } from '../e2e/world.ts';
import { batchOf, type Town } from './town.ts';

const GUARDED = { anna: 'custody="joint"', bo: 'custody="joint"' };
export const PUPIL = { born: '2013-04-12', guardians: GUARDED };
/** A pupil with two guardians, in a class. */
export const TOWN: Town = {
  persons: { kim: PUPIL, anna: { account: null }, bo: { given: 'Bo', account: null } },
  enrolments: [{ person: 'kim' }],
  classes: { '7a': { members: { kim: ['2026-08-18'] } } },
};

/** The town, with something else about the pupil. */
export function person(patch: Partial<Town['persons'][string]>): Town {
  return { ...TOWN, persons: { ...TOWN.persons, kim: { ...PUPIL, ...patch } } };
}

/** A town's nights, and what the targets hold after them. */
export class SituationTown {
  readonly world: World;

  private constructor(world: World) {
    this.world = world;
  }

  static async open(): Promise<SituationTown> {
    const world = await World.open();
    await world.waitForMissing();
    return new SituationTown(world);
  }

  close(): Promise<void> {
    return this.world.close();
  }

  sync(): Promise<SyncReport> {
    return this.world.sync();
  }

  /** A night: what the register sends that day, at three o'clock. */
  async night(day: string, town: Town | null): Promise<void> {
    if (town !== null) await this.send(day, town);
    await this.at(`${day}T03:00:00+02:00`);
  }

  /** What the register sends that day, and the clock at three; nothing is read yet. */
  async send(day: string, town: Town): Promise<void> {
    await publish(join(this.world.folder, 'data', 'register'), batchOf(day, town));
    this.world.now = Date.parse(`${day}T03:00:00+02:00`);
  }

  /** A sync at that time: everything is done, and then nothing is left to do. */
  async at(time: string): Promise<void> {
    const { world } = this;
    world.now = Date.parse(time);
    const report = await this.sync();
    for (const { subject, outcome, counts, problem } of [...report.intakes, ...report.flows]) {
      assert.deepEqual([subject, outcome, problem], [subject, 'done', null]);
      assert.equal((counts['failed'] ?? 0) + (counts['blocked'] ?? 0), 0, subject);
    }
    for (const { flow, counts } of await world.plan()) {
      assert.deepEqual(counts, { create: 0, update: 0, delete: 0 }, flow);
    }
  }

  users() {
    return [...this.world.identity.directory.of('Users').values()];
  }

  user(name: string) {
    return this.users().find((one) => one['userName'] === `${name}@skola.example`);
  }

  living() {
    return [...this.world.lms.site.persons].filter(([, { inTrash }]) => !inTrash);
  }

  roleOf(given: string, role: string) {
    return this.living().filter(([, one]) => one.givenName === given && one.role === role);
  }

  childrenOf(given: string): readonly string[] {
    return this.roleOf(given, 'Carer').flatMap(([, one]) => one.children);
  }

  courses() {
    return [...this.world.lms.site.groups.values()].filter(({ type }) => type === 'Course');
  }

  /** The hub's id of what the register calls so. */
  idOf(kind: string, externalId: string): Promise<string> {
    return this.world.withHub(async ({ engine }) =>
      engine.identity.idOf('register', kind, externalId),
    );
  }

  /** Our keys of the courses of that title. */
  coursesCalled(title: string): readonly string[] {
    const groups = [...this.world.lms.site.groups];
    return groups.flatMap(([key, one]) => (one.title === title ? [key] : []));
  }

  memberships() {
    return [...this.world.lms.site.memberships.values()];
  }
}
