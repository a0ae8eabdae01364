import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { CATALOGUE } from '../../core/failure/catalogue.ts';
import { paperTerminal } from '../../test/e2e/skolnav.ts';
import { addCommands } from './all.ts';

const ROOT = join(import.meta.dirname, '..', '..');

describe('a command that a hint or a document names', () => {
  const program = new Command('skolnav').option('-C, --folder <folder>', 'the workspace');
  before(() => addCommands(program, paperTerminal().terminal, []));

  it('is there, with its options, and with every argument that it needs', async () => {
    const docs = (await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md'));
    const paths = ['README.md', ...docs.map((name) => join('docs', name))];
    const texts = await Promise.all(paths.map((path) => readFile(join(ROOT, path), 'utf8')));
    const entries: readonly { hint: string; targetHint?: string }[] = Object.values(CATALOGUE);
    const hints = entries.flatMap(({ hint, targetHint = '' }) => [hint, targetHint]);
    const named = [...texts, ...hints, ...(await sentencesInCode())].flatMap(commandsIn);
    assert.ok(new Set(named).size > 40);
    assert.deepEqual(
      [...new Set(named)].flatMap((line) => faultsOf(program, line)),
      [],
    );
  });

  it('is missed where it is not there', () => {
    const named = '`skolnav fialed`, `skolnav hold approve <id>`, `skolnav sync <flow>`';
    assert.deepEqual(
      commandsIn(named).flatMap((line) => faultsOf(program, line)),
      [
        'fialed: no such command',
        'hold approve <id>: needs --reason',
        'sync <flow>: takes no more than 0 arguments',
      ],
    );
  });
});

/** Sentences stand in the core, in what connectors say, and in the words of the dashboard. */
async function sentencesInCode(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const folder of ['core', 'connectors', 'dashboard']) {
    const names = await readdir(join(ROOT, folder), { recursive: true });
    for (const name of names.filter((one) => /(?<!\.test)\.ts$/.test(one))) {
      const whole = await readFile(join(ROOT, folder, name), 'utf8');
      const text = whole.replaceAll(/\/\*[\s\S]*?\*\//g, '');
      // Within a template the quotes are escaped, and values are filled in.
      found.push(text.replaceAll('\\`', '`').replaceAll(/\$\{[^}]*\}|\{\w+,?\}/g, '<value>'));
    }
  }
  return found;
}

/** What follows `skolnav` in code, or in a line of a shell. */
function commandsIn(text: string): readonly string[] {
  const inCode = [...text.matchAll(/`(?:npx )?skolnav ([^`]+)`/g)];
  const inShell = [...text.matchAll(/^npx skolnav ([^#\n]+)/gm)];
  return [...inCode, ...inShell].map(([, line = '']) => line.trim().replaceAll(/\s+/g, ' '));
}

function faultsOf(program: Command, line: string): readonly string[] {
  const plain = line.replace(/"[^"]*"|<[^>]*>/g, 'one').replaceAll(/ \| \S+/g, '');
  const words = plain.split(' ');
  if (words[0] === '-C') words.splice(0, 2);
  // The folder alone is named where one is missing.
  if (words.length === 0) return [];
  let command = program;
  for (let next = within(command, words[0]); next !== undefined; next = within(next, words[0])) {
    command = next;
    words.shift();
  }
  if (command === program) return [`${line}: no such command`];
  const given = words.filter((word) => word.startsWith('--'));
  const unknown = given.filter((word) => !known(command).includes(word));
  const mandatory = command.options.filter((option) => option.mandatory);
  const lacking = mandatory.filter(({ long }) => !given.includes(long ?? ''));
  // A command that is only spoken of, `skolnav trace`, need not be whole.
  const isWhole = words.length > 0 && !given.includes('--help');
  const needed = command.registeredArguments.filter(({ required }) => required).length;
  const count = argumentsIn(command, words);
  const few = count < needed;
  const isOpen = command.registeredArguments.some(({ variadic }) => variadic);
  const most = isOpen ? Number.POSITIVE_INFINITY : command.registeredArguments.length;
  return [
    ...unknown.map((word) => `${line}: has no ${word}`),
    ...(isWhole ? lacking.map(({ long }) => `${line}: needs ${long}`) : []),
    ...(isWhole && few ? [`${line}: needs ${needed} arguments`] : []),
    ...(count > most ? [`${line}: takes no more than ${most} arguments`] : []),
  ];
}

/** How many words are neither options nor values of options. */
function argumentsIn(command: Command, words: readonly string[]): number {
  return words.filter((word, index) => {
    const before = command.options.find(({ long }) => long === words[index - 1]);
    const isValue = before?.required === true || before?.optional === true;
    return !word.startsWith('--') && !isValue;
  }).length;
}

function within(command: Command, name: string | undefined): Command | undefined {
  return command.commands.find((one) => one.name() === name);
}

function known(command: Command): readonly string[] {
  return ['--help', ...command.options.map(({ long }) => long ?? '')];
}
