import assert from 'node:assert/strict';
import { CATALOGUE, type CauseAndRemedy } from '../../core/control/control-bus.ts';
import { en } from './en.ts';
import { sv } from './sv.ts';

const COMMAND = /`[^`]+`/g;

describe('the failures in the languages of the dashboard', () => {
  const codes = Object.entries<CauseAndRemedy>(CATALOGUE);

  for (const words of [sv, en]) {
    it(`all have a cause and a remedy: ${words.name}`, () => {
      const known = Object.entries<CauseAndRemedy>(words.failures);
      assert.deepEqual(known.map(([code]) => code).sort(), codes.map(([code]) => code).sort());
      for (const [code, { meaning, hint }] of known) {
        assert.ok(meaning.length > 15 && hint.length > 15, code);
      }
    });
  }

  it('name the same commands, options and fields in all of them', () => {
    for (const [code, entry] of codes) {
      const own: CauseAndRemedy = sv.failures[code as keyof typeof CATALOGUE];
      for (const part of ['meaning', 'hint', 'targetHint'] as const) {
        assert.deepEqual(namedIn(own[part]), namedIn(entry[part]), `${code} ${part}`);
      }
    }
  });

  it('are not said in English to those who read Swedish', () => {
    for (const [code, { meaning }] of codes) {
      assert.notEqual(sv.failures[code as keyof typeof CATALOGUE].meaning, meaning, code);
    }
  });
});

/** Null where there is no such sentence. */
function namedIn(text: string | undefined): readonly string[] | null {
  return text === undefined ? null : [...text.matchAll(COMMAND)].map(([one]) => one).sort();
}
