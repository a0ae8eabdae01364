import assert from 'node:assert/strict';
import { isMeant, parseFilter, Refused } from './filter.ts';

const KNOWN = new Set(['role', 'roles', 'status', 'givenName', 'dateLastModified']);
const USER = {
  ...{ givenName: "Kim O'Ek", status: 'active', dateLastModified: '2026-09-01T01:00:00.000Z' },
  roles: [{ role: 'student', org: { sourcedId: 'u1' } }, { role: 'teacher' }],
};

describe('a filter of OneRoster', () => {
  const means = (text: string) => isMeant(parseFilter(text, KNOWN), USER);

  it('compares by each operator, in lists too', () => {
    for (const text of [
      ...[
        "status='active'",
        "status != 'tobedeleted'",
        "roles.role='teacher'",
        "givenName~'kim o'",
      ],
      ...["roles.org.sourcedId='u1'", "givenName='Kim O''Ek'", "givenName>='Kim'", "role!='x'"],
      ...["status='x' OR roles.role='student'", "status='active' AND givenName<'Kin'"],
    ]) {
      assert.ok(means(text), text);
    }
    for (const text of ["status='x'", "roles.role!='student'", "status='x' AND givenName~'kim'"]) {
      assert.ok(!means(text), text);
    }
  });

  it('compares times as times, whatever their zone', () => {
    assert.ok(means("dateLastModified>'2026-09-01T02:59:59+02:00'"));
    assert.ok(means("dateLastModified='2026-09-01T03:00:00+02:00'"));
    assert.ok(means("dateLastModified>'2026-09-01'"));
    assert.ok(!means("dateLastModified>'never'"));
  });

  it('is refused where it cannot be read, or names what nobody knows', () => {
    const wrong = [
      ...['', 'status', 'status=active', "status='a", "shoe='1'", "constructor='1'", "='x'"],
      ...["status='a' AND", "status='a' and role='b'", "status='a' OR role='b' OR role='c'"],
      `status='${'x'.repeat(2000)}'`,
    ];
    for (const text of wrong) assert.throws(() => parseFilter(text, KNOWN), Refused, text);
  });
});
