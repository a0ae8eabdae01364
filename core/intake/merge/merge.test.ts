import assert from 'node:assert/strict';
import { PART_OF_DUPLICATE } from '../../mapping/compiled.ts';
import type { JsonObject } from '../../message/message.ts';
import type { Part } from '../../store/intake-store.ts';
import { mergeParts } from './merge.ts';
import { heardAmong, type Owners } from './owners.ts';

const ENTITY = { kind: 'person', id: 'e1' };
const NOBODY: Owners = new Map();

function part(source: string, stream: string, content: JsonObject): Part {
  return {
    ...{ entity: ENTITY, source, stream, part: '', externalId: 'x' },
    ...{ file: 'f', line: 1, hash: '', content },
  };
}

describe('merging parts into an entity', () => {
  const merge = (parts: readonly Part[], owners = NOBODY) => {
    return mergeParts(ENTITY.id, parts, heardAmong(owners, parts));
  };

  it('gives nothing where nothing speaks of it', () => {
    assert.equal(merge([]), null);
  });

  it('joins the lists of one source, lays objects over one another', () => {
    const merged = merge([
      part('register', 'enrolment', { enrolments: [{ year: 1 }], skolnav: { a: 1 } }),
      part('register', 'person', { enrolments: [{ year: 2 }], skolnav: { b: 2 }, name: 'Kim' }),
    ]);
    assert.deepEqual(merged, {
      id: 'e1',
      enrolments: [{ year: 1 }, { year: 2 }],
      name: 'Kim',
      skolnav: { a: 1, b: 2 },
    });
  });

  it('counts once what two rows of one person say alike', () => {
    const row = (year: number) =>
      part('register', 'person', {
        accounts: ['kim'],
        enrolments: [{ year }],
        more: { list: [1] },
      });
    assert.deepEqual(merge([row(1), row(2), row(1), row(3)]), {
      id: 'e1',
      accounts: ['kim'],
      enrolments: [{ year: 1 }, { year: 2 }, { year: 3 }],
      more: { list: [1] },
    });
  });

  it('counts once what a merged duplicate says as well', () => {
    const own = part('register', 'enrolment', { enrolments: [{ year: 1 }] });
    const duplicates = part('register', 'enrolment', { enrolments: [{ year: 1 }, { year: 2 }] });
    const merged = merge([own, { ...duplicates, part: `${PART_OF_DUPLICATE}t1` }]);
    assert.deepEqual(merged, { id: 'e1', enrolments: [{ year: 1 }, { year: 2 }] });
  });

  it('hears the owner of a field alone, and the owner of all others', () => {
    const owners = new Map([
      ['*', ['register']],
      ['email', ['accounts']],
    ]);
    const parts = [
      part('accounts', 'account', { email: 'a', name: 'Wrong' }),
      part('register', 'person', { email: 'b', name: 'Kim' }),
    ];
    assert.deepEqual(merge(parts, owners), { id: 'e1', email: 'a', name: 'Kim' });
    assert.deepEqual(merge(parts.slice(0, 1), owners), { id: 'e1', email: 'a' });
  });

  it('hears of several owners the first that speaks of the entity, also where it is silent', () => {
    const owners = new Map([['*', ['register', 'arrivals']]]);
    const arrival = part('arrivals', 'pupil', { address: 'Oak Street', name: 'Robin' });
    assert.deepEqual(merge([arrival], owners), { id: 'e1', address: 'Oak Street', name: 'Robin' });
    const taken = part('register', 'person', { name: 'Kim' });
    assert.deepEqual(merge([arrival, taken], owners), { id: 'e1', name: 'Kim' });
  });

  it('hears an owner of some items of a list with these alone, and the owner of the list with the others', () => {
    const owners = new Map([
      ['emails[type="school"]', ['portal', 'register']],
      ['*', ['register']],
    ]);
    const email = (type: string, value: string) => ({ type, value });
    const portal = part('portal', 'account', {
      emails: [email('school', 'p@s'), email('home', 'wrong@p')],
    });
    const register = part('register', 'person', {
      emails: [email('home', 'r@h'), email('school', 'r@s')],
    });
    const emails = (parts: readonly Part[]) => merge(parts, owners)?.['emails'];
    assert.deepEqual(emails([portal, register]), [email('school', 'p@s'), email('home', 'r@h')]);
    // In the same order whoever is heard.
    assert.deepEqual(emails([register]), [email('school', 'r@s'), email('home', 'r@h')]);
    const some = new Map([['emails[type="school"]', ['portal']]]);
    const unowned = merge([portal, register], some)?.['emails'];
    assert.deepEqual(unowned, [email('school', 'p@s'), email('home', 'wrong@p')]);
  });

  it('hears the first source where nobody owns the field, whatever the order of fields', () => {
    const merged = merge([part('a', 's', { z: 1, b: 1 }), part('b', 's', { b: 2, c: 2 })]);
    assert.deepEqual(merged, { id: 'e1', b: 1, c: 2, z: 1 });
    assert.deepEqual(Object.keys(merged ?? {}), ['id', 'b', 'c', 'z']);
  });
});
