import assert from 'node:assert/strict';
import { buildXml, type JsonObject, type XmlDraft } from '../../core/plugin.ts';
import { groupDraft, membershipDraft, personDraft } from './objects.ts';

/** As the public clients of the service write them: names, prefixes, order. */
describe('the elements of IMS-ES', () => {
  /** One element per line, without the XML declaration. */
  const written = (draft: XmlDraft) =>
    buildXml(draft)
      .replace(/^<\?xml[^>]*\?>\s*/, '')
      .replaceAll(/>\s*</g, '>\n<')
      .trim()
      .split('\n');

  it('a person: an empty format name first, common elements under their own prefix', () => {
    const person = personDraft({
      ...{ syncId: 'p1', givenName: 'Kim', familyName: 'Ek', role: 'Carer' },
      ...{ userName: 'kim', email: 'kim@skola.example', birthDate: '1980-01-02', children: ['c1'] },
    });
    assert.deepEqual(
      written(person).filter((line) => !line.startsWith('</')),
      [
        '<m:person>',
        '<d:formatName xsi:nil="true"/>',
        '<d:name>',
        '<d:partName>',
        '<d:namePartType>First</d:namePartType>',
        '<d:namePartValue>Kim</d:namePartValue>',
        '<d:partName>',
        '<d:namePartType>Last</d:namePartType>',
        '<d:namePartValue>Ek</d:namePartValue>',
        '<c:email>kim@skola.example</c:email>',
        '<d:userId>',
        '<c:userIdValue>kim</c:userIdValue>',
        '<d:demographics>',
        '<d:gender>Gender</d:gender>',
        '<d:bday>1980-01-02</d:bday>',
        '<d:institutionRole>',
        '<d:institutionRoleType>Carer</d:institutionRoleType>',
        '<d:primaryRoleType>true</d:primaryRoleType>',
        '<d:extension>',
        '<c:relationship>',
        '<c:relation>Child</c:relation>',
        '<c:sourceId>',
        '<c:identifier>c1</c:identifier>',
      ],
    );
  });

  it('a gender before the birth date, and no demographics where neither is told', () => {
    const kim = { syncId: 'p1', givenName: 'Kim', familyName: 'Ek', role: 'Student' };
    const demographics = (more: JsonObject) =>
      written(personDraft({ ...kim, ...more })).filter((line) => /gender|bday|demog/.test(line));
    const [open, close] = ['<d:demographics>', '</d:demographics>'];
    assert.deepEqual(demographics({}), []);
    assert.deepEqual(demographics({ gender: 'Female' }), [
      ...[open, '<d:gender>Female</d:gender>', close],
    ]);
    assert.deepEqual(demographics({ gender: 'Male', birthDate: '2013-04-12' }), [
      ...[open, '<d:gender>Male</d:gender>', '<d:bday>2013-04-12</d:bday>', close],
    ]);
  });

  it('a course: its parent before its description, made a course by its extension', () => {
    const course = groupDraft('course', {
      syncId: 'g1',
      title: '7A',
      code: '2026/27',
      parent: 'u1',
    });
    assert.deepEqual(
      written(course).filter((line) => !line.startsWith('</')),
      [
        '<m:group>',
        '<d:groupType>',
        '<d:scheme>ItslearningOrganisationTypes</d:scheme>',
        '<d:typeValue>',
        '<d:type>Course</d:type>',
        '<d:level>2</d:level>',
        '<d:relationship>',
        '<d:relation>Parent</d:relation>',
        '<d:sourceId>',
        '<c:identifier>u1</c:identifier>',
        '<d:description>',
        '<d:descShort>7A</d:descShort>',
        '<d:extension>',
        '<c:extensionField>',
        '<c:fieldName>course</c:fieldName>',
        '<c:fieldType>String</c:fieldType>',
        '<c:fieldValue>7A</c:fieldValue>',
        '<c:extensionField>',
        '<c:fieldName>course/code</c:fieldName>',
        '<c:fieldType>String</c:fieldType>',
        '<c:fieldValue>2026/27</c:fieldValue>',
      ],
    );
  });

  it('a membership: the group, then the member with the role', () => {
    const membership = membershipDraft({
      syncId: 'm',
      course: 'g1',
      person: 'p1',
      role: 'Learner',
    });
    assert.deepEqual(
      written(membership).filter((line) => !line.startsWith('</')),
      [
        '<m:membership>',
        '<d:groupSourcedId>',
        '<c:identifier>g1</c:identifier>',
        '<d:member>',
        '<d:memberSourcedId>',
        '<c:identifier>p1</c:identifier>',
        '<d:role>',
        '<d:roleType>Learner</d:roleType>',
      ],
    );
  });
});
