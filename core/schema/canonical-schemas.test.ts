import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { inEnglish } from '../failure/saying.ts';
import type { Entity } from '../message/message.ts';
import { migrate, migrateStored } from '../run/prepare-stored.ts';
import { loadCanonicalSchemas } from './canonical-schemas.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'schemas', 'canonical');
const schemas = await loadCanonicalSchemas([FOLDER]);
const ID = '0b8f6a53-6f0e-4f7e-9d2f-0a1b2c3d4e5f';
const TODAY = '2026-09-01';
const OTHER = '1b8f6a53-6f0e-4f7e-9d2f-0a1b2c3d4e5f';

describe('the canonical schemas', () => {
  it('say which fields nothing but rules and conditions reads', () => {
    const plain = schemas.get('person')?.plainFields ?? new Set();
    assert.ok(plain.has('externalIdentifiers') && plain.has('givenName') && plain.has('emails'));
    const others = ['id', 'responsibles', 'enrolments', 'securityMarking', 'personStatus'];
    for (const name of [...others, 'skolnav', 'eduPersonPrincipalNames']) {
      assert.ok(!plain.has(name), name);
    }
  });

  it('are read in an order in which what is referred to comes first', () => {
    const at = (kind: string) => schemas.kinds.indexOf(kind);
    assert.deepEqual([...schemas.kinds].sort(), [
      'absence',
      'action-programme',
      'activity',
      'assignment',
      'attendance',
      'attendance-schedule',
      'calendar-event',
      'duty',
      'grade',
      'group',
      'organisation',
      'person',
      'placement',
      'programme',
      'queue-application',
      'result',
      'school-duty',
      'syllabus',
    ]);
    assert(at('organisation') < at('person') && at('person') < at('group'));
    assert(at('group') < at('duty') && at('duty') < at('activity'));
  });

  it('take the highest version of a kind', () => {
    assert.equal(schemas.get('programme')?.version, 2);
    assert.equal(schemas.get('person')?.version, 1);
  });

  it('derive every reference, with lists and requirement', () => {
    const person = schemas.get('person');
    const found = person?.references.map(
      (one) => `${one.path.join('.')} ${one.kind} ${one.required}`,
    );
    assert.deepEqual(found, [
      'enrolments.[].enroledAt organisation true',
      'enrolments.[].programme programme false',
      'responsibles.[].person person true',
      'skolnav.mergedInto person false',
    ]);
    assert.deepEqual(
      schemas.get('activity')?.references.find((one) => one.path[0] === 'groups'),
      { path: ['groups', '[]'], kind: 'group', required: true },
    );
  });

  it('list what an entity refers to, each once', () => {
    const group: Entity = {
      id: ID,
      organisation: { id: OTHER },
      groupMemberships: [{ person: { id: ID } }, { person: { id: ID }, startDate: '2026-08-01' }],
    };
    assert.deepEqual(schemas.get('group')?.referencesOf(group), [
      { kind: 'organisation', id: OTHER },
      { kind: 'person', id: ID },
    ]);
  });

  it('derive inverse relations', () => {
    const names = schemas.get('person')?.inverses.map((one) => one.name);
    assert.deepEqual(names, ['duties', 'placements', 'groupMemberships', 'responsibleFor']);
    const guardians = schemas.get('person')?.inverses.at(-1);
    assert.deepEqual(guardians?.path, ['responsibles', '[]', 'person']);
  });

  it('call a person protected by either marking, and nobody else', () => {
    const isProtected = (fields: object) =>
      schemas.get('person')?.isProtected({ id: ID, ...fields });
    assert.equal(isProtected({}), false);
    assert.equal(isProtected({ securityMarking: 'Ingen' }), false);
    assert.equal(isProtected({ securityMarking: 'Sekretessmarkering' }), true);
    assert.equal(isProtected({ securityMarking: 'Skyddad folkbokföring' }), true);
    assert.equal(isProtected({ skolnav: { protection: { level: 'båda' } } }), true);
    assert.equal(schemas.get('group')?.isProtected({ id: ID }), false);
  });

  it('name field and rule of a fault', () => {
    const enrolments = [{ enroledAt: { id: OTHER }, schoolType: 'XX', startDate: '2026-08-01' }];
    const kim = { id: ID, givenName: 'Kim', familyName: 'Ek', enrolments };
    const fault = schemas.get('person')?.validate(kim, TODAY);
    assert.equal(fault?.field, 'enrolments[0].schoolType');
    assert.match(inEnglish(fault?.what ?? ''), /must be one of "FS"/);
  });

  it('refuse a birth that is to come, or was before anyone who lives', () => {
    const fault = (birthDate: string) => {
      const kim = { id: ID, givenName: 'Kim', familyName: 'Ek', birthDate };
      return schemas.get('person')?.validate(kim, TODAY) ?? null;
    };
    for (const day of ['1900-01-01', '2013-04-12', TODAY]) assert.equal(fault(day), null, day);
    for (const day of ['1899-12-31', '2026-09-02', '9999-12-31', '0001-01-01']) {
      const { field, what } = fault(day) ?? {};
      assert.equal(field, 'birthDate', day);
      assert.equal(
        inEnglish(what ?? ''),
        'must be a day on which one can be born: from 1900-01-01 to today',
      );
    }
    assert.match(inEnglish(fault('0000-00-00')?.what ?? ''), /must be a date, YYYY-MM-DD/);
  });

  it('refuse days that cannot be, and take those since ever and for ever', () => {
    const fault = (startDate: string, endDate: string) => {
      const group = { displayName: '7A', groupType: 'Klass', organisation: { id: OTHER } };
      const found = schemas.get('group')?.validate({ id: ID, ...group, startDate, endDate }, TODAY);
      return found === null || found === undefined ? '' : `${found.field} ${inEnglish(found.what)}`;
    };
    for (const first of ['0001-01-01', '1620-08-01', '2026-08-20', '2899-12-31'])
      for (const last of ['1999-06-11', '2999-12-31', '9999-12-31'])
        assert.equal(fault(first, last), '', `${first} ${last}`);
    for (const first of ['0001-01-02', '0999-12-31', '2900-01-01', '9000-01-01', '9999-12-31'])
      assert.match(fault(first, '2027-06-11'), /^startDate must be a day that can be/);
    assert.match(fault('2026-08-20', '0001-01-01'), /^endDate must be a day that can be/);
    const queued = schemas
      .get('queue-application')
      ?.validatePart({ queueDate: '0001-01-01' }, TODAY);
    assert.equal(queued?.field, 'queueDate');
  });

  it('take no moment that cannot be, and none that lies before its beginning', () => {
    const fault = (startTime: string, endTime: string) => {
      const found = schemas.get('absence')?.validatePart({ startTime, endTime }, TODAY) ?? null;
      return found === null ? null : `${found.field} ${inEnglish(found.what)}`;
    };
    const [eight, three] = ['2026-08-20T08:00:00+02:00', '2026-08-20T15:00:00+02:00'];
    assert.equal(fault(eight, three), null);
    assert.equal(fault(eight, '2026-08-20T06:00:00Z'), null, 'taken back: away for no time');
    assert.equal(fault(three, eight), 'endTime must not be before startTime');
    assert.match(
      fault('0001-01-01T00:00:00Z', three) ?? '',
      /^startTime must be a day that can be/,
    );
    assert.match(fault(eight, '9999-12-31T23:59:59Z') ?? '', /^endTime must be a day that can be/);
  });

  it('say of every date of a record which days it can be', () => {
    const without: string[] = [];
    const look = (at: string, node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      const isDay = 'format' in node && ['date', 'date-time'].includes(String(node.format));
      if (isDay && !('x-day' in node) && !('x-last-day' in node)) without.push(at);
      for (const [name, inner] of Object.entries(node)) look(`${at}.${name}`, inner);
    };
    for (const kind of schemas.kinds) look(kind, schemas.get(kind)?.schema['properties']);
    // Their words are the hub's own.
    assert.deepEqual(without.map((at) => at.split('.').at(-1)).sort(), ['since', 'until', 'until']);
  });

  it('never quote the value of a fault', () => {
    const secret = fc.string({ minLength: 6 }).map((text) => `hemlig-${text}`);
    fc.assert(
      fc.property(
        secret,
        fc.constantFrom('sex', 'birthDate', 'civicNo', 'emails'),
        (text, field) => {
          const entity = { id: ID, givenName: 'Kim', familyName: 'Ek', [field]: text };
          const fault = schemas.get('person')?.validate(entity, TODAY);
          assert(fault !== null && fault !== undefined);
          assert(!inEnglish(fault.what).includes(text));
        },
      ),
    );
  });
});

describe('a migration of stored entities', () => {
  const misspelt: Entity = { id: ID, name: 'IM', type: 'Intruduktionsprogram', schoolType: 'GY' };

  it('gives the same when it is repeated', () => {
    const once = migrate(misspelt, schemas.migrations('programme'));
    assert.equal(once['type'], 'Introduktionsprogram');
    assert.deepEqual(migrate(once, schemas.migrations('programme')), once);
    assert.equal(schemas.get('programme')?.validate(once, TODAY), null);
  });

  it('rewrites what an older version stored, and only then notes the new version', async () => {
    const values = new Map<string, unknown>([['schema:programme', 1]]);
    const written: Entity[] = [];
    const store = {
      entities: {
        async *scan(kind: string) {
          if (kind === 'programme') yield [{ entity: misspelt, hash: 'old' }];
        },
        rewrite: async (batch: readonly { entity: Entity }[]) => {
          assert.equal(values.get('schema:programme'), 1);
          written.push(...batch.map((one) => one.entity));
        },
      },
      getValue: async (name: string) => (values.get(name) ?? null) as never,
      putValue: async (name: string, value: unknown) => void values.set(name, value),
    };
    await migrateStored(store, schemas);
    assert.deepEqual(
      written.map((one) => one['type']),
      ['Introduktionsprogram'],
    );
    assert.equal(values.get('schema:programme'), 2);
  });
});
