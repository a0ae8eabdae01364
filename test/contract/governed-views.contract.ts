import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ViewNeeds, Views } from '../../core/view/views.ts';
import { idOf, NEEDS, seenIn, TOWNS, type Town, towns } from './views.contract.ts';

const UNIT_OF = [
  ['organisation', 'id'],
  ['group', 'organisation'],
  ['duty', 'dutyAt'],
  ['placement', 'placedAt'],
  ['activity', 'organisation'],
] as const;

/** What views promise of school units that others govern, for whatever reads around an entity. */
export function describeGovernedViews(
  name: string,
  open: (town: Town, needs: ViewNeeds) => Promise<Views>,
): void {
  describe(`the contract of views: ${name}`, () => {
    it('shows a flow of the city’s own schools nothing of those that others govern, and the other way round', async () => {
      const property = fc.asyncProperty(towns, async (town) => {
        const [ours, others] = await Promise.all(
          (['ours', 'others'] as const).map(async (schools) =>
            seenIn(town, await open(town, { ...NEEDS, schools })),
          ),
        );
        for (const [kind, field] of UNIT_OF) {
          for (const entity of town[kind] ?? []) {
            const isOurs = isOurUnit(
              kind === 'organisation' ? entity.id : idOf(entity[field]),
              town,
            );
            const seen = (isOurs ? others : ours)?.get(`${kind} ${entity.id}`);
            assert.deepEqual(seen, { view: null, lookedUp: null }, `${kind} ${entity.id}`);
          }
        }
        for (const [all, isWanted] of [
          [ours, true],
          [others, false],
        ] as const) {
          for (const { view } of all?.values() ?? []) {
            for (const { enroledAt } of Object(view?.['enrolments'] ?? [])) {
              assert.equal(isOurUnit(enroledAt.id, town), isWanted);
            }
          }
        }
      });
      await fc.assert(property, { numRuns: TOWNS / 4 });
    });
  });
}

/** By the unit's own word, or that of the nearest above it; two that are above each other have none. */
function isOurUnit(id: string, town: Town): boolean {
  const units = new Map((town['organisation'] ?? []).map((one) => [one.id, one]));
  let at = units.get(id);
  for (let step = 0; step < 2 && at !== undefined; step++) {
    const word = Object(at['skolnav'] ?? {})['governedBy'];
    if (word !== undefined) return word === 'Municipal';
    const above = at['parentOrganisation'];
    at = above === undefined ? undefined : units.get(idOf(above));
  }
  return true;
}
