import assert from 'node:assert/strict';
import fc from 'fast-check';
import { judgedUntil } from '../mapping/language/dates.ts';
import { daysAfter, FOREVER } from '../message/dates.ts';
import type { Entity } from '../message/message.ts';
import { inForceRules } from '../schema/annotation/in-force.ts';
import { inForce, restsOn, standing, untilOf } from './in-force.ts';

const RULES = inForceRules({
  properties: {
    responsibles: {
      'x-in-force': {
        ...{ first: 'skolnav.validFrom', last: 'skolnav.validTo' },
        unless: { relationType: 'Vårdnadshavare', 'skolnav.custody': 'none' },
      },
    },
  },
});

function child(...skolnav: readonly Readonly<Record<string, string>>[]): Entity {
  const responsibles = skolnav.map((one, at) => {
    return { person: { id: `g${at}` }, relationType: 'Vårdnadshavare', skolnav: one };
  });
  return { id: 'c', responsibles };
}

function shown(entity: Entity, today: string): number {
  return Object(inForce(entity, RULES, today)['responsibles']).length;
}

describe('what holds in a view', () => {
  it('begins on its first day and ends after its last', () => {
    const kim = child({ validFrom: '2026-09-02', validTo: '2026-09-03' });
    const days = ['2026-09-01', '2026-09-02', '2026-09-03', '2026-09-04'];
    assert.deepEqual(
      days.map((day) => shown(kim, day)),
      [0, 1, 1, 0],
    );
    assert.deepEqual(
      days.map((day) => untilOf(inForce(kim, RULES, day))),
      ['2026-09-02', '2026-09-04', '2026-09-04', FOREVER],
    );
  });

  it('is no guardian without custody, but whoever else is responsible', () => {
    assert.equal(shown(child({ custody: 'none' }, { custody: 'unknown' }, {}), '2026-09-01'), 2);
    const foster = { relationType: 'Annan ansvarig', skolnav: { custody: 'none' } };
    assert.equal(shown({ id: 'c', responsibles: [foster] }, '2026-09-01'), 1);
  });

  it('stays the same entity where all holds, and for other days', () => {
    const kim = child({}, { custody: 'joint', validTo: '9999-12-31' });
    assert.equal(inForce(kim, RULES, '2026-09-01'), kim);
    const bo = child({ validTo: '2026-09-30' });
    inForce(bo, RULES, '2026-09-01');
    assert.equal(untilOf(bo), FOREVER);
    assert.equal(untilOf(standing({ ...bo }, '2026-10-01')), '2026-10-01');
  });

  it('stands until the day that is told to whatever rests on it', () => {
    const span = fc.record(
      {
        validFrom: fc.nat({ max: 60 }).map((days) => daysAfter('2026-09-01', days)),
        validTo: fc.nat({ max: 60 }).map((days) => daysAfter('2026-09-01', days)),
        custody: fc.constantFrom('joint', 'none'),
      },
      { requiredKeys: [], noNullPrototype: true },
    );
    fc.assert(
      fc.property(fc.array(span), fc.nat({ max: 70 }), fc.nat({ max: 70 }), (spans, at, later) => {
        const entity = child(...spans);
        const today = daysAfter('2026-09-01', at);
        const { result, until } = judgedUntil(() => restsOn(inForce(entity, RULES, today)));
        const other = daysAfter(today, later);
        if (other < until) assert.deepEqual(inForce(entity, RULES, other), result);
      }),
    );
  });
});
