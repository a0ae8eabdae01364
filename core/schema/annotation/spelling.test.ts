import assert from 'node:assert/strict';
import { compileSpelling } from './spelling.ts';

const spell = compileSpelling({ 'x-spelling': [{ path: 'civicNo.value', born: 'birthDate' }] });
const TODAY = '2026-11-27';

describe('an identity number', () => {
  const spelled = (value: string, birthDate?: string) => {
    const born = birthDate === undefined ? {} : { birthDate };
    const { civicNo } = spell({ id: 'p1', civicNo: { value }, ...born }, TODAY);
    return (civicNo as { value: string }).value;
  };

  it('is one however it is written', () => {
    for (const written of [
      '201304122399',
      '20130412-2399',
      '130412-2399',
      '1304122399',
      '20130412\u20132399',
      '130412 2399',
    ]) {
      assert.equal(spelled(written), '201304122399', written);
    }
    assert.equal(spelled('20130412-tf12'), '20130412TF12');
    assert.equal(spelled('130412-T123'), '20130412T123');
  });

  it('has the century of the birth date, else of the last day that has come', () => {
    assert.equal(spelled('261127-2399'), '202611272399');
    assert.equal(spelled('261128-2399'), '192611282399');
    assert.equal(spelled('261187-2399'), '202611872399', 'a coordination number of today');
    assert.equal(spelled('130412+2399'), '191304122399');
    assert.equal(spelled('130412-2399', '1913-04-12'), '191304122399');
  });

  it('stays as it is where it is none, with whatever else is said', () => {
    for (const written of ['', '20130412', '20130412-XXXX', '2.01304E+11', '201304122399.0']) {
      assert.equal(spelled(written), written);
    }
    const person = { id: 'p1', givenName: 'Kim' };
    assert.equal(spell(person, TODAY), person);
  });
});
