import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { runOf, World } from './world.ts';

const CHILDREN = ['c1', 'c2', 'c3', 'c4'];
const GUARDIANS = ['g1', 'g2', 'g3', 'g4'];
/** Nobody else ever changes protection: a change of that is a plan of everything. */
const PROTECTED = ['c1', 'g4'];
/** Enough of those who live elsewhere that a plan of some is told from one of all. */
const OTHERS = Array.from({ length: 30 }, (_, at) => `o${at}`);

const OF_A_CHILD = 'responsibleFor.exists(r, has(r.person.phoneNumbers))';

/** One night: the guardians of each; null for a child of whom the register does not speak. */
type Homes = Readonly<Record<string, readonly string[] | null>>;

describe('who lives with a protected person', () => {
  let world: World;
  let day = 0;

  beforeEach(async () => {
    day = 0;
    world = await World.open();
    const mappings = join(import.meta.dirname, '..', '..', 'mappings', 'scim', 'user.yaml');
    const [rules = ''] = (await readFile(mappings, 'utf8')).split('tests:');
    // Of oneself, and of a child.
    const telling = rules
      .replace(/displayName: .*/, 'displayName: { take: "phoneNumbers[0].value", missing: omit }')
      .replace(/userType: .*/, `userType: { cel: "${OF_A_CHILD} ? 'staff' : 'student'" }`);
    await world.write('mappings/scim/user.yaml', telling);
    await world.write(
      'flows/identity.yaml',
      `purpose: Everybody, with a number where it may be told.
legalBasis: public-task
from: register
to: identity
entities:
  person: {}
guards: { minimum: 1000 }
`,
    );
    await world.reconfigure(
      'modules:',
      'sources: { register: { guards: { maxDelete: 100%, perUnit: { maxDelete: 100% } } } }\nmodules:',
    );
  });
  afterEach(() => world.close());

  /** A night of these homes. */
  const night = async (homes: Homes, names: Readonly<Record<string, string>> = {}) => {
    day += 1;
    const person = (id: string, guardians: readonly string[]) =>
      `<person><sourcedid><id>${id}</id></sourcedid><name><n><family>${names[id] ?? 'Ek'}</family>
<given>Kim</given></n></name><tel teltype="Mobile">+4670174060${id}</tel>
<extension>${PROTECTED.includes(id) ? '<privacy level="1"/>' : ''}${guardians
        .map(
          (guardian) =>
            `<contactperson relation="Guardian" custody="joint"><sourcedid><id>${guardian}</id></sourcedid></contactperson>`,
        )
        .join('')}</extension></person>`;
    const persons = [...CHILDREN, ...GUARDIANS, ...OTHERS].flatMap((id) => {
      const guardians = homes[id] === undefined ? [] : homes[id];
      return guardians === null ? [] : [person(id, guardians)];
    });
    const date = `2026-09-${String(day).padStart(2, '0')}`;
    await publish(join(world.folder, 'data', 'register'), {
      name: `ber-${date.replaceAll('-', '')}`,
      datetime: `${date}T02:00:00+02:00`,
      elements: persons,
      rows: {
        konto: [...CHILDREN, ...GUARDIANS, ...OTHERS].map(
          (id) => `${id};${id}@skola.example;;Elev`,
        ),
      },
    });
    world.now = Date.parse(`${date}T03:00:00+02:00`);
    return runOf(await world.sync('identity'), 'identity');
  };
  const told = () =>
    new Map(
      [...world.identity.directory.of('Users').values()].map((user) => [
        String(user['userName']).replace('@skola.example', ''),
        user['displayName'] !== undefined,
      ]),
    );
  /** Of whose child a number is told. */
  const parents = () =>
    [...world.identity.directory.of('Users').values()].flatMap(({ userName, userType }) =>
      userType === 'staff' ? [String(userName).replace('@skola.example', '')] : [],
    );
  const withheld = () => [...told()].flatMap(([id, isTold]) => (isTold ? [] : [id])).sort();

  it('is planned without looking at everybody, and right as soon as somebody moves', async () => {
    const homes: Homes = { c1: ['g1'], c2: ['g1', 'g2'], c3: ['g3'], c4: ['g3'] };
    await night(homes);
    assert.deepEqual(withheld(), ['c2', 'g1']);
    const renamed = await night(homes, { c2: 'Nyman' });
    assert.deepEqual([renamed.counts['update'], renamed.outcome], [1, 'done']);
    assert.ok(Number(renamed.counts['considered']) < OTHERS.length);
    // The protected child moves from one guardian to another: siblings on both sides.
    await night({ ...homes, c1: ['g3'] });
    assert.deepEqual(withheld(), ['c3', 'c4', 'g3']);
    // A parent who is somebody's child as well shares a child with a protected one, and no longer.
    await night({ c1: ['g3'], c2: ['g2', 'g4'], g2: ['g1'] });
    assert.deepEqual([withheld(), parents()], [['c2', 'g2', 'g3'], []]);
    await night({ c1: ['g3'], c2: ['g4'], g2: ['g1'] });
    assert.deepEqual([withheld(), parents()], [['c2', 'g3'], ['g1']]);
    await night({ c1: ['g3'], c2: null });
    assert.deepEqual(withheld(), ['g3']);
  });

  it('shows no number any more in the same night, although guards hold all else', async () => {
    const before: Homes = { c1: null, c2: ['g1'], c3: ['g3'] };
    await night(before);
    assert.deepEqual(withheld(), []);
    const flow = await readFile(join(world.folder, 'flows', 'identity.yaml'), 'utf8');
    const limits = '{ maxCreate: 0%, maxUpdate: 0%, maxDelete: 0%, maxReplace: 0%, minimum: 0 }';
    await world.write('flows/identity.yaml', flow.replace('{ minimum: 1000 }', limits));
    const run = await night({ ...before, c1: ['g1'] }, { c2: 'Nyman', c3: 'Nyman' });
    assert.equal(run.outcome, 'held');
    assert.deepEqual(withheld(), ['c2', 'g1']);
    const families = [...world.identity.directory.of('Users').values()].map((user) =>
      String(Object(user['name'])['familyName']),
    );
    assert.ok(!families.includes('Nyman'), 'all else waits for a person');
  });

  it('is the same as if everything were planned anew, whoever moves to whom', async () => {
    const home = fc.option(fc.subarray(GUARDIANS, { maxLength: 2 }), { freq: 8 });
    const guardians = fc.subarray(GUARDIANS, { maxLength: 2 });
    const [c2, c3, c4] = [home, home, home];
    const homes = fc.record({ c1: guardians, c2, c3, c4, g2: fc.subarray(['g1', 'g3']) });
    const nights = fc.array(homes, { minLength: 12, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(nights, async (all) => {
        for (const one of all) {
          if (day > 28) return;
          await night(one);
          const [plan] = await world.plan('identity');
          assert.deepEqual(plan?.counts, { create: 0, update: 0, delete: 0 }, JSON.stringify(all));
        }
      }),
      { numRuns: 2, endOnFailure: true },
    );
  }).timeout(120_000);
});
