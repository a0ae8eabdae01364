import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Entity } from '../../message/message.ts';
import { loadCanonicalSchemas } from '../canonical-schemas.ts';
import { lookupTerms } from './lookup.ts';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'schemas', 'canonical');

describe('what a person can be found by', () => {
  let termsOf: (person: Omit<Entity, 'id'>) => readonly string[];
  before(async () => {
    const schema = (await loadCanonicalSchemas([FOLDER])).get('person');
    termsOf = (person) =>
      (schema?.lookupTerms({ id: 'p', ...person }) ?? []).map(({ as, text }) => `${as} ${text}`);
  });
  const answers = (person: Omit<Entity, 'id'>, word: string) => {
    const terms = termsOf(person);
    return lookupTerms(word).some(({ as, text }) => terms.includes(`${as} ${text}`));
  };

  it('is a number however it is written: separators, century, letters, former ones', () => {
    const person = {
      civicNo: { value: '20130101TF01' },
      skolnav: { identifiers: [{ type: 'SAMNR', value: '201301610000' }] },
    };
    for (const word of ['20130101TF01', '20130101-tf01', '130101-TF01', '130101tf01']) {
      assert.ok(answers(person, word), word);
    }
    assert.ok(answers(person, '130161-0000'), 'a former number');
    assert.ok(!answers(person, '130101-TF02'));
    const old = { civicNo: { value: '191201010000' } };
    assert.ok(answers(old, '120101+0000'));
    assert.ok(!answers({ civicNo: { value: '201201010000' } }, '120101+0000'), 'a hundred years');
  });

  it('is looked for as what it may be alone: each way of reading it takes its time', () => {
    const ways = (word: string) => lookupTerms(word).map(({ as }) => as);
    assert.deepEqual(ways('kim@skola.example'), ['account']);
    assert.deepEqual(ways('Kim Ek'), ['name']);
    assert.deepEqual(ways('20130101-0000'), ['number', 'account']);
    assert.deepEqual(ways('20130101 TF01'), ['number', 'name']);
    assert.deepEqual(ways('kim'), ['number', 'account', 'name']);
  });

  it('is an account or an address, in any case', () => {
    const person = {
      eduPersonPrincipalNames: ['Kim.Ek@skola.example'],
      emails: [{ value: 'kim@elev.skola.example', type: 'Skola elev' }],
    };
    assert.ok(answers(person, ' kim.ek@SKOLA.example '));
    assert.ok(answers(person, 'Kim@elev.skola.example'));
    assert.ok(!answers(person, 'kim.ek'));
  });

  it('is compared without case by the right folding, however letters are composed', () => {
    const person = {
      givenName: 'İlkay',
      familyName: 'Groß',
      eduPersonPrincipalNames: ['Jürgen.Groß@skola.example'],
    };
    for (const word of ['ilkay gross', 'İLKAY GROSS', 'I\u0307lkay GROẞ']) {
      assert.ok(answers(person, word), word);
    }
    assert.ok(answers(person, 'JU\u0308RGEN.GROSS@skola.example'));
    assert.ok(!answers({ eduPersonPrincipalNames: ['ılkay@x.example'] }, 'ilkay@x.example'));
  });

  it('is a whole name in either order, with one of several given names', () => {
    const person = { givenName: 'Anna-Karin Bea', familyName: 'von Ek' };
    for (const word of [
      'anna-karin bea VON EK',
      'von Ek, Anna Karin Bea',
      'Anna von Ek',
      'bea von ek',
    ]) {
      assert.ok(answers(person, word), word);
    }
    for (const word of ['Anna Ek', 'Anna', 'von Ek', '']) assert.ok(!answers(person, word), word);
    const more = { givenName: 'Kim', middleName: 'Lo', familyName: 'Ek' };
    assert.ok(answers(more, 'Kim Ek') && answers(more, 'Kim Lo Ek'));
  });

  it('is a name with one of two family names, but with no word that is none', () => {
    const person = { givenName: 'José María', familyName: 'García-Lorca Ek' };
    const words = ['Jose Garcia', 'maria lorca', 'ek, José María', 'jose maria garcia lorca ek'];
    const decomposed = 'José García'.normalize('NFD');
    for (const word of [...words, decomposed]) assert.ok(answers(person, word), word);
    for (const word of ['garcia lorca', 'jose', 'Jos* Ek', 'Jose %', '*', '_', 'j e']) {
      assert.ok(!answers(person, word), word);
    }
    const noble = { givenName: 'Anna', familyName: 'von der Ek' };
    for (const word of ['anna von', 'anna der', 'anna ek']) assert.ok(!answers(noble, word), word);
    assert.ok(answers(noble, 'von der ek anna'));
  });

  it('leaves out marks on letters, but takes å, ä and ö for letters of their own', () => {
    assert.ok(answers({ givenName: 'André', familyName: 'Müller' }, 'andre muller'));
    assert.ok(answers({ givenName: 'Åsa', familyName: 'Öhman' }, 'åsa öhman'));
    assert.ok(answers({ givenName: 'A\u030Asa', familyName: 'Ek' }, 'Åsa Ek'), 'however encoded');
    assert.ok(!answers({ givenName: 'Åsa', familyName: 'Ek' }, 'asa ek'));
    assert.ok(answers({ givenName: 'Mo', familyName: "O'Hara" }, 'mo ohara'));
  });

  it('is each thing once', () => {
    const account = 'kim@skola.example';
    const emails = [{ value: account, type: 'Skola elev' }];
    assert.deepEqual(termsOf({ eduPersonPrincipalNames: [account], emails }), [
      `account ${account}`,
    ]);
  });
});
