import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { inEnglish } from '../failure/saying.ts';
import type { Entity } from '../message/message.ts';
import { migrate, migrateStored } from '../run/stored/prepare-stored.ts';
import { loadCanonicalSchemas } from './canonical-schemas.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'schemas', 'canonical');
const schemas = await loadCanonicalSchemas([FOLDER]);
const ID = '0b8f6a53-6f0e-4f7e-9d2f-0a1b2c3d4e5f';
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
    const fault = schemas.get('person')?.validate({
      id: ID,
      givenName: 'Kim',
      familyName: 'Ek',
      enrolments: [{ enroledAt: { id: OTHER }, schoolType: 'XX', startDate: '2026-08-01' }],
    });
    assert.equal(fault?.field, 'enrolments[0].schoolType');
    assert.match(inEnglish(fault?.what ?? ''), /must be one of "FS"/);
  });

  it('never quote the value of a fault', () => {
    const secret = fc.string({ minLength: 6 }).map((text) => `hemlig-${text}`);
    fc.assert(
      fc.property(
        secret,
        fc.constantFrom('sex', 'birthDate', 'civicNo', 'emails'),
        (text, field) => {
          const entity = { id: ID, givenName: 'Kim', familyName: 'Ek', [field]: text };
          const fault = schemas.get('person')?.validate(entity);
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
    assert.equal(schemas.get('programme')?.validate(once), null);
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
