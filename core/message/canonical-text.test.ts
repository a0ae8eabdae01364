import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canonicalText, foldCase, isFormula } from './canonical-text.ts';

const NEVER =
  /[\p{Cc}\u200b\u200c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]| {2}|^\s|\s$/u;
const odd = fc.constantFrom(
  '\u0308',
  'A',
  ' ',
  '\t',
  '\r\n',
  '\u200b',
  '\u202e',
  '\u200d',
  '👩',
  '\u00a0',
  '\ud800',
);
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.array(odd).map((signs) => signs.join('')),
);

describe('canonical text', () => {
  it('is one spelling: composed, without control and invisible signs, one space between words', () => {
    assert.equal(canonicalText('A\u030asa'), 'Åsa');
    assert.equal(canonicalText('Ann\n   Marie'), 'Ann Marie');
    assert.equal(canonicalText('Eva\tLi\u00a0 Ek'), 'Eva Li Ek');
    assert.equal(canonicalText(' 17 \u00a0'), '17');
    assert.equal(canonicalText('Ki\u200bm\u202e'), 'Kim');
    assert.equal(canonicalText('Ki\u200dm'), 'Kim');
    assert.equal(canonicalText('Anna\u00adKarin'), 'AnnaKarin');
  });

  it('leaves the parts of an emoji together', () => {
    for (const emoji of ['👩\u200d🏫', '👩🏽\u200d🚀', '👨\u200d👩\u200d👧', '❤️\u200d🔥']) {
      assert.equal(canonicalText(emoji), emoji);
    }
  });

  it('is the same applied twice, whatever the text, and never holds what it takes away', () => {
    fc.assert(
      fc.property(text, (written) => {
        const once = canonicalText(written);
        assert.equal(canonicalText(once), once);
        assert.equal(once, once.normalize('NFC'));
        assert.doesNotMatch(once, NEVER);
        assert.ok(once.isWellFormed());
      }),
    );
  });

  it('is the same for every way of writing the same letters', () => {
    fc.assert(
      fc.property(text, (written) => {
        const whole = written.toWellFormed();
        assert.equal(canonicalText(whole.normalize('NFD')), canonicalText(whole.normalize('NFC')));
      }),
    );
  });

  it('compares without case by the right folding', () => {
    assert.equal(foldCase('Straße'), foldCase('STRASSE'));
    assert.equal(foldCase('STRAẞE'), foldCase('strasse'));
    assert.equal(foldCase('ÅSA'), foldCase('A\u030asa'));
    assert.equal(foldCase('ΟΔΟΣ'), foldCase('οδοσ'));
    assert.equal(foldCase('İlkay'), foldCase('i\u0307lkay'));
    assert.notEqual(foldCase('ilkay'), foldCase('ılkay'));
    assert.notEqual(foldCase('ilkay'), foldCase('İlkay'));
    fc.assert(fc.property(text, (one) => foldCase(foldCase(one)) === foldCase(one)));
  });

  it('knows what a spreadsheet would run', () => {
    for (const one of ['=1+1', '@SUM(A1)', '+cmd|x', '-2+3+cmd', ' =1'])
      assert.ok(isFormula(one), one);
    for (const one of ['Kim', '+46 70-123 45 67', '-', '-12,5', 'a=b', 'a@b.example', '']) {
      assert.ok(!isFormula(one), one);
    }
  });
});
