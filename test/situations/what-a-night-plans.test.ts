import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { daysAfter } from '../../core/message/dates.ts';
import { SituationTown } from './situation-town.ts';
import type { Town, TownEnrolment, TownPerson } from './town.ts';

const NAMES = ['ada', 'bo', 'cy', 'di', 'eva', 'finn'] as const;
const UNITS = ['school', 'other'] as const;
const CLASSES = ['7a', '7b', '7c'] as const;

const name = fc.constantFrom(...NAMES);
const day = (from: string, days: number) =>
  fc.integer({ min: 0, max: days }).map((add) => daysAfter(from, add));
const span = fc.tuple(day('2026-08-01', 60), fc.option(day('2026-09-15', 60), { nil: undefined }));

/** A responsibility may begin or end on one of the nights, or be none. */
const responsibility = fc.constantFrom(
  ...['custody="joint"', 'custody="sole"', 'custody="none"'],
  ...['custody="joint" end="2026-09-02"', 'custody="joint" begin="2026-09-04"'],
  'custody="joint" end="9999-12-31"',
);

const personCalled = (own: string): fc.Arbitrary<TownPerson> =>
  fc.record(
    {
      family: fc.constantFrom('Ek', 'Al'),
      // Eighteen on one of the nights, or a child, or grown up.
      born: fc.oneof(day('2008-09-01', 60), fc.constantFrom('2013-04-12', '1980-01-01')),
      // Nobody is the guardian of somebody who is a guardian of theirs.
      guardians: fc
        .dictionary(name, responsibility, { maxKeys: 3 })
        .map((all) => Object.fromEntries(Object.entries(all).filter(([who]) => who > own))),
      status: fc.constantFrom('Normal', 'Normal', 'Normal', 'Deceased', 'Emigrated'),
      privacy: fc.constantFrom(0, 0, 0, 2),
      street: fc.constantFrom('Storgatan 1', 'Lillgatan 2'),
    },
    { requiredKeys: ['family', 'born'], noNullPrototype: true },
  );
const enrolment: fc.Arbitrary<TownEnrolment> = fc
  .tuple(name, fc.constantFrom(...UNITS), span)
  .map(([who, unit, [begin, end]]) => ({ person: who, unit, begin, ...ended(end) }));

/** What the register may say one night; the more of it, the more refers to one another. */
const town: fc.Arbitrary<Town> = fc
  .record({
    persons: fc.record(Object.fromEntries(NAMES.map((one) => [one, personCalled(one)]))),
    enrolments: fc.uniqueArray(enrolment, {
      maxLength: 5,
      selector: ({ person: who, unit, begin }) => `${who} ${unit} ${begin}`,
    }),
    members: fc.array(fc.tuple(fc.constantFrom(...CLASSES), name, span), { maxLength: 8 }),
    duties: fc.uniqueArray(fc.tuple(name, fc.constantFrom(...UNITS), span), { maxLength: 3 }),
    taught: fc.uniqueArray(fc.tuple(fc.constantFrom(...CLASSES), fc.nat({ max: 2 })), {
      maxLength: 4,
      selector: String,
    }),
  })
  .map(({ persons, enrolments, members, duties, taught }) => ({
    ...{ persons, enrolments, units: UNITS },
    classes: Object.fromEntries(
      CLASSES.map((id) => [
        id,
        {
          members: Object.fromEntries(
            members.flatMap(([of, who, [begin, end]]) =>
              of === id
                ? [[who, end === undefined ? ([begin] as const) : ([begin, end] as const)]]
                : [],
            ),
          ),
        },
      ]),
    ),
    duties: duties.map(([who, unit, [begin, end]], at) => {
      return { id: `d${at}`, person: who, unit, begin, ...ended(end) };
    }),
    activities: taught.flatMap(([group, at]) =>
      at < duties.length ? [{ group, duty: `d${at}` }] : [],
    ),
  }));

function ended(end: string | undefined): { readonly end?: string } {
  return end === undefined ? {} : { end };
}

/** A night in which nothing happens plans nobody, whatever chance makes of the others. */
const QUIET: [Town, [null, number][]] = [
  {
    persons: Object.fromEntries(NAMES.map((who) => [who, { family: 'Ek', born: '2013-04-12' }])),
    enrolments: NAMES.map((person) => ({ person, unit: 'school' })),
    units: UNITS,
  },
  [[null, 1]],
];

/** A night plans what may have changed; a plan of everything, made after it, finds no more. */
describe('what a night plans', () => {
  it('is all that has changed, whatever the register says and however many days pass', async () => {
    const nights = fc.array(fc.tuple(fc.option(town), fc.integer({ min: 1, max: 5 })), {
      minLength: 2,
      maxLength: 4,
    });
    const seen = { some: 0, all: 0 };
    await fc.assert(
      fc.asyncProperty(town, nights, (first, later) => live(first, later, seen)),
      { numRuns: 5, examples: [QUIET], endOnFailure: true },
    );
    assert.ok(seen.some > 0 && seen.some < seen.all, 'some nights did not plan everybody');
  }).timeout(180_000);
});

async function live(
  first: Town,
  nights: readonly (readonly [Town | null, number])[],
  seen: { some: number; all: number },
): Promise<void> {
  const place = await SituationTown.open();
  try {
    // Half the town comes and goes from night to night.
    const open = 'sources: { register: { guards: { maxDelete: 1, perUnit: { maxDelete: 1 } } } }\n';
    await place.world.reconfigure('modules:\n', `${open}modules:\n`);
    await place.world.write('mappings/scim/user.yaml', await showingHomes());
    let date = Date.parse('2026-09-01');
    for (const [said, days] of [[first, 1] as const, ...nights]) {
      date += days * 86_400_000;
      // Whoever no record calls protected any more is released by a person.
      await release(place);
      // Each night ends with a plan of everything, which must be empty.
      await place.night(new Date(date).toISOString().slice(0, 10), said);
      const runs = await place.world.withHub(({ control }) => control.runs(1, 'identity'));
      seen.all += 1;
      if ((runs[0]?.counts['considered'] ?? 0) < NAMES.length) seen.some += 1;
    }
  } finally {
    await place.close();
  }
}

async function release({ world }: SituationTown): Promise<void> {
  await world.withHub(async ({ control }) => {
    for (const { id, subject } of await control.holds('open')) {
      if (!subject.startsWith('protection')) continue;
      const decision = { approve: true, units: null, who: 'Kim', reason: 'they have said so' };
      await control.decideHolds([id], decision);
    }
  });
}

/** The mapping of accounts, with where somebody lives: of a protected person's household, nothing. */
async function showingHomes(): Promise<string> {
  const file = join(import.meta.dirname, '..', '..', 'mappings', 'scim', 'user.yaml');
  const text = await readFile(file, 'utf8');
  const shown = 'title: { take: "addresses[0].streetAddress", missing: omit }';
  const [rules = ''] = text.split('\ntests:');
  assert.ok(rules.includes('  active:'));
  return `${rules.replace('  active:', `  ${shown}\n  active:`)}\n`;
}
