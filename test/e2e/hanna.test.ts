import assert from 'node:assert/strict';
import { isObject } from '../../core/message/digest.ts';
import { FileSystemWorld } from './file-system-world.ts';

describe('Hanna: adult education, by XML', () => {
  let hanna: FileSystemWorld;

  before(async () => {
    hanna = await FileSystemWorld.open('hanna');
  });
  after(() => hanna?.close());

  const count = async (element: string) => (await hanna.text('hanna')).split(element).length - 1;

  it('is taken in whole: courses with their students, teachers and results', async () => {
    await hanna.assertQuiet();
    const groups = (await hanna.entities('group')).filter((one) => one['schoolType'] === 'VUXGY');
    assert.equal(groups.length, await count('<kurs '));
    const members = groups.flatMap(({ groupMemberships }) =>
      Array.isArray(groupMemberships) ? groupMemberships : [],
    );
    assert.equal(members.length, await count('<deltagare '));
    const grades = await hanna.entities('grade');
    assert.equal(grades.length, await count('<betyg '));
    assert.ok(grades.length > 0 && grades.every(({ finalGrade }) => finalGrade === true));
    const syllabuses = (await hanna.entities('syllabus')).map(({ courseCode }) => courseCode);
    assert.deepEqual(syllabuses.filter((code) => code !== undefined).sort(), [
      'MATMAT01a',
      'SVESVE01',
    ]);
  });

  it('is taken in with its assignments, and with what each student has reached in them', async () => {
    const assignments = await hanna.entities('assignment');
    assert.equal(assignments.length, await count('<uppgift '));
    const groups = new Set((await hanna.entities('group')).map(({ id }) => id));
    for (const { group } of assignments) {
      assert.ok(isObject(group) && groups.has(String(group['id'])));
    }
    const results = await hanna.entities('result');
    assert.equal(results.length, await count('<resultat '));
    const graded = results.filter(({ score }) => typeof score === 'number');
    assert.equal(graded.length, await count(' poang="'));
    assert.ok(graded.length > 0);
  });

  it('gives its grades and results to no target: no flow names the kinds', async () => {
    const found = [...(await hanna.entities('grade')), ...(await hanna.entities('result'))];
    const values = found.map(({ id }) => id);
    const picture = JSON.stringify(await hanna.world.picture());
    assert.deepEqual(
      values.filter((id) => picture.includes(id)),
      [],
    );
    assert.doesNotMatch(picture, /gradeValue|betyg|Inledande prov/);
  });

  it('gives its courses to the learning platform, with their members', async () => {
    const names = [...hanna.world.lms.site.groups.values()].map((group) => JSON.stringify(group));
    assert.ok(names.some((text) => text.includes('Matematik 1a')));
  });

  it('sets a result aside that its scale does not have, and keeps the one before', async () => {
    const before = await hanna.entities('grade');
    await hanna.change('hanna', />[A-F]<\/betyg>/, '>MVG</betyg>');
    const { counts } = hanna.runOf(await hanna.world.sync());
    assert.deepEqual([counts['quarantined'], counts['removed']], [1, 0]);
    assert.deepEqual(await hanna.entities('grade'), before);
  });
});
