import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { publish, type SimulatedBatch } from '../../connectors/barn-och-elevregister/simulator.ts';
import { smallTown } from './small-town.ts';
import { World } from './world.ts';

const FAULTS = ['busy', 'error-before', 'error-after', 'html', 'slow'] as const;
type Fault = (typeof FAULTS)[number];

/** One night: who is in the register, whose record is bad, what the targets do wrong meanwhile. */
interface Night {
  readonly pupils: readonly number[];
  readonly bad: readonly number[];
  readonly lms: readonly Fault[];
  readonly identity: readonly Fault[];
}

const night: fc.Arbitrary<Night> = fc.record({
  pupils: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
  bad: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }),
  lms: fc.array(fc.constantFrom(...FAULTS), { maxLength: 4 }),
  identity: fc.array(fc.constantFrom(...FAULTS), { maxLength: 4 }),
});

describe('the algebra of plan and ledger', () => {
  it('whatever the nights and the targets do, all targets end as the last good records say, no failing record deletes, and the plan is empty', async () => {
    const nights = fc.array(night, { minLength: 1, maxLength: 4 });
    await fc.assert(fc.asyncProperty(nights, live), { numRuns: 6, endOnFailure: true });
  }).timeout(120_000);
});

async function live(nights: readonly Night[]): Promise<void> {
  const world = await World.open();
  try {
    await world.quicken();
    await world.impatient();
    let known: readonly number[] = [];
    for (const [at, { pupils, bad, lms, identity }] of nights.entries()) {
      const town = spoilt(smallTown(`ber-2026090${at + 1}`, pupils), bad);
      await publish(join(world.folder, 'data', 'register'), town);
      known = pupils.filter((one) => !bad.includes(one) || known.includes(one));
      world.lms.failNext(...lms.map(faultOf));
      world.identity.failNext(...identity.map(faultOf));
      await world.sync();
    }
    await untilQuiet(world);
    // What was shut is deleted when its grace is over.
    world.now += 31 * 86_400_000;
    await untilQuiet(world);
    const wanted = known.map((number) => `p${number}@skola.example`);
    assert.deepEqual(identityUsers(world), wanted.sort());
    assert.equal(lmsPersons(world), wanted.length);
    assert.equal(world.lms.site.memberships.size, wanted.length);
    const users = (await world.delivered('users.csv')).trim().split('\r\n').length - 1;
    assert.equal(users, wanted.length);
    const confirmed = (target: string, kind: string) =>
      world.withHub((hub) => hub.engine.store.ledger.count(target, kind));
    assert.equal(await confirmed('identity:scim', 'User'), wanted.length);
    assert.equal(await confirmed('lms:itslearning', 'person'), wanted.length);
  } finally {
    await world.close();
  }
}

/** These persons' records have no name: they are set aside. */
function spoilt(town: SimulatedBatch, bad: readonly number[]): SimulatedBatch {
  const isBad = (one: string) =>
    bad.some((number) => one.startsWith(`<person><sourcedid><id>p${number}<`));
  const elements = town.elements?.map((one) => (isBad(one) ? one.replace(/<n>.*<\/n>/, '') : one));
  return { ...town, elements: elements ?? [] };
}

function faultOf(kind: Fault) {
  if (kind === 'busy') return { kind, retryAfter: 0 };
  return kind === 'slow' ? { kind, ms: 700 } : { kind };
}

/** As the following nights would: until nothing is left to deliver. */
async function untilQuiet(world: World): Promise<void> {
  for (let time = 0; time < 6; time++) {
    const plans = await world.plan();
    const open = plans.map(({ counts }) => counts.create + counts.update + counts.delete);
    if (open.every((count) => count === 0)) return;
    await world.sync();
  }
  assert.fail('the plan does not become empty');
}

function identityUsers({ identity: { directory } }: World): readonly string[] {
  return [...directory.of('Users').values()].map(({ userName }) => String(userName)).sort();
}

function lmsPersons({ lms: { site } }: World): number {
  return [...site.persons.values()].filter(({ inTrash }) => !inTrash).length;
}
