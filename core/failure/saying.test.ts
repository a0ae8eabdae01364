import assert from 'node:assert/strict';
import { HeldFailure } from './failure.ts';
import { inWords, SENTENCES, saying, sayPlaces, valuesOf } from './saying.ts';
import { SENTENCES_CONFIG } from './sentences-config.ts';
import { SENTENCES_FILES } from './sentences-files.ts';
import { SENTENCES_OUTSIDE } from './sentences-outside.ts';
import { SENTENCES_SYSTEMS } from './sentences-systems.ts';

describe('a saying', () => {
  const lacks = [saying('streamEmpty', { stream: 'pupils', kept: 1200 })];
  const said = saying('tooLittle', { module: 'register', lacks, allowed: 0.125 });

  it('is said with its values, shares and the sayings in it', () => {
    const english =
      'register delivered too little: pupils: nothing where the last good run left 1200 (maxDelete allows 12.5 %)';
    assert.equal(inWords(said), english);
  });

  it('is said in another language, with its way to write numbers', () => {
    const other = { ...SENTENCES, streamEmpty: '{stream}: inget, {kept}', tooLittle: '{lacks}' };
    const number = (value: number) => value.toLocaleString('en');
    assert.equal(inWords(said, other, number), 'pupils: inget, 1,200');
  });

  it('gives the values of a sentence within it, however the sentences are worded', () => {
    const what = saying('noRow', { what: saying('thisCode', { code: 'X' }), table: 'sex.csv' });
    const whole = saying('byRule', { what, rule: 'mappings/a.yaml:7' });
    assert.deepEqual(valuesOf('thisCode', whole), { code: 'X' });
    assert.deepEqual(valuesOf('streamEmpty', said), lacks[0]?.values);
    assert.equal(valuesOf('noRowOf', whole), null);
  });

  it('has a name that no other sentence has: the last of two would be said for both', () => {
    const rooms = [SENTENCES_CONFIG, SENTENCES_FILES, SENTENCES_OUTSIDE, SENTENCES_SYSTEMS];
    const names = rooms.flatMap((one) => Object.keys(one));
    const twice = names.filter((name, index) => names.indexOf(name) < index);
    const elsewhere = rooms.flatMap((one) =>
      Object.entries(one).filter(([name, text]) => Object(SENTENCES)[name] !== text),
    );
    assert.deepEqual([twice, elsewhere], [[], []]);
  });

  it('of another version is not guessed at', () => {
    assert.equal(inWords({ name: 'toString', values: {} }), null);
  });

  it('goes with the problem of a failure, beside the text that is kept', () => {
    const hint = saying('refusedHint', { hold: 'h1' });
    const problem = new HeldFailure('SOURCE_EMPTY', said, { hint }).toProblem();
    assert.equal(problem.text, inWords(said));
    assert.equal(problem.hint, inWords(hint));
    assert.deepEqual([problem.said, problem.hintSaid], [said, hint]);
    const plain = new HeldFailure('SOURCE_EMPTY', 'nothing').toProblem();
    assert.deepEqual(Object.keys(plain), ['code', 'text', 'hint', 'place']);
  });

  it('of places names some and counts the others', () => {
    const places = [
      { file: 'a.csv', line: 2 },
      { file: 'b.csv', line: null },
    ];
    assert.equal(sayPlaces(places, 2), 'a.csv:2, b.csv');
    assert.deepEqual(
      sayPlaces(places, 5),
      saying('someAndMore', { named: 'a.csv:2, b.csv', more: 3 }),
    );
  });
});
