import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CATALOGUE, type CauseAndRemedy, SENTENCES } from '../../core/control/control-bus.ts';
import { saying } from '../../core/failure/saying.ts';
import { blame } from '../../core/intake/stream/blame.ts';
import { Parked } from '../../core/mapping/language/parked.ts';
import { overrideFaults } from '../../core/plan/override/given.ts';
import { languageFor } from '../language.ts';
import { textOf } from '../pages/problem.ts';
import { en } from './en.ts';
import { sv } from './sv.ts';

/** The words of an option, and of a condition in a file. */
const IN_BOTH = new Set(['conditionNotMet']);
const COMMAND = /`[^`]+`/g;

/** A failure whose text is written where it is thrown: it has no sentence. */
const IN_ENGLISH = /new \w+Failure\(\s*'([A-Z_]+)',\s*[`']/g;
/** Who starts, moves or serves a hub reads these in a terminal or a log; a caller in an answer. */
const UNSHOWN = /^(?:CONFIG_INVALID|STORE_UNUSABLE|BACKUP_REFUSED|BUSY|(?:SIGN_IN|PROVIDER)_\w+)$/;

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

describe('the sentences in the languages of the dashboard', () => {
  it('are made of the same values in all of them', () => {
    for (const [name, sentence] of Object.entries(SENTENCES)) {
      const own = sv.sentences[name as keyof typeof SENTENCES];
      assert.deepEqual(valuesIn(own), valuesIn(sentence), name);
      assert.deepEqual(namedIn(own), namedIn(sentence), name);
    }
  });

  it('are not said in English to those who read Swedish', () => {
    for (const [name, sentence] of Object.entries(SENTENCES)) {
      const hasWords = /[a-z]{2,}/.test(sentence.replaceAll(/\{[^}]+\}/g, ''));
      const own = sv.sentences[name as keyof typeof SENTENCES];
      if (hasWords && !IN_BOTH.has(name)) assert.notEqual(own, sentence, name);
    }
  });

  it('say all that fails in the core, but for what no page shows', async () => {
    const root = join(import.meta.dirname, '..', '..', 'core');
    const english: string[] = [];
    for await (const file of glob('**/*.ts', { cwd: root, exclude: ['**/*.test.ts'] })) {
      const text = await readFile(join(root, file), 'utf8');
      for (const [, code = ''] of text.matchAll(IN_ENGLISH)) {
        if (!UNSHOWN.test(code)) english.push(`${file} ${code}`);
      }
    }
    assert.deepEqual(english, []);
  });

  it('say in Swedish what a rule could not make of a record', () => {
    const place = { file: 'mappings/pupils/person.yaml', line: 18, field: 'sex' };
    const what = saying('noRowOf', {
      what: saying('thisCode', { code: 'F' }),
      table: saying('theTable', {}),
      rows: 'Female, Male',
    });
    const problem = blame(new Parked('CODE_UNMAPPED', what, place).problem, {
      file: 'pupils.csv',
      line: 1200,
    });
    assert.equal(
      problem.text,
      'sex: the code "F" has no row in the table, which has Female, Male (rule mappings/pupils/person.yaml:18)',
    );
    assert.equal(
      String(textOf({ language: languageFor('sv', '', 'UTC') }, problem)),
      'sex: koden &quot;F&quot; har ingen rad i tabellen, där Female, Male finns (regeln mappings/pupils/person.yaml:18)',
    );
  });

  it('say in Swedish what a schema would not take of what a person has set', () => {
    const type = { enum: ['Skola', 'Privat'] };
    const emails = { type: 'array', items: { type: 'object', properties: { type } } };
    const schema = { type: 'object', properties: { emails } };
    const fields = [{ field: 'emails', path: ['emails'] }];
    const [fault] = overrideFaults(schema, { emails: [{ type: 'Skole' }] }, fields);
    assert.equal(
      fault?.text,
      'item 1, type must be one of "Skola", "Privat". Did you mean "Skola"?',
    );
    const shown = textOf({ language: languageFor('sv', '', 'UTC') }, fault);
    assert.equal(
      String(shown).replaceAll('&quot;', '"'),
      'nummer 1, type måste vara något av "Skola", "Privat". Menade du "Skola"?',
    );
  });

  it('are said in Swedish, with what stands in them', () => {
    const swedish = { language: languageFor('sv', '', 'UTC') };
    const where = saying('someAndMore', { named: 'a.csv:2', more: 1200 });
    const what = [saying('leaversUnsure', { count: 3, stream: 'pupils', where })];
    const text = 'as it was kept';
    const shown = textOf(swedish, { text, said: saying('ofModule', { module: 'register', what }) });
    assert.equal(
      String(shown),
      'register: 3 av pupils saknas och blir kvar, för a.csv:2 och 1\u00a0200 till kan vara en av dem',
    );
  });

  it('give way to what was kept, where another version said it', () => {
    const swedish = { language: languageFor('sv', '', 'UTC') };
    const kept = '<span lang="en">as it was kept</span>';
    const said = { name: 'saidByAnother', values: {} };
    assert.equal(String(textOf(swedish, { text: 'as it was kept' })), kept);
    assert.equal(String(textOf(swedish, { text: 'as it was kept', said })), kept);
  });
});

/** What stands between braces, in any order. */
function valuesIn(sentence: string): readonly string[] {
  return [...new Set([...sentence.matchAll(/\{[^}]+\}/g)].map(([one]) => one))].sort();
}

/** Null where there is no such sentence. */
function namedIn(text: string | undefined): readonly string[] | null {
  return text === undefined ? null : [...text.matchAll(COMMAND)].map(([one]) => one).sort();
}
