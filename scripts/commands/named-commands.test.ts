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
    const named = [...texts, ...hints].flatMap(commandsIn);
    assert.ok(new Set(named).size > 40);
    assert.deepEqual(
      [...new Set(named)].flatMap((line) => faultsOf(program, line)),
      [],
    );
  });

  it('is missed where it is not there', () => {
    const faults = commandsIn('`skolnav fialed`, `skolnav hold approve <id>`').flatMap((line) =>
      faultsOf(program, line),
    );
    assert.deepEqual(faults, ['fialed: no such command', 'hold approve <id>: needs --reason']);
  });
});

/** What follows `skolnav` in code, or in a line of a shell. */
function commandsIn(text: string): readonly string[] {
  const inCode = [...text.matchAll(/`(?:npx )?skolnav ([^`]+)`/g)];
  const inShell = [...text.matchAll(/^npx skolnav ([^#\n]+)/gm)];
  return [...inCode, ...inShell].map(([, line = '']) => line.trim().replaceAll(/\s+/g, ' '));
}

function faultsOf(program: Command, line: string): readonly string[] {
  const words = line.replace(/"[^"]*"/g, 'quoted').split(' ');
  if (words[0] === '-C') words.splice(0, 2);
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
  const few = words.filter((word) => !word.startsWith('--')).length < needed;
  return [
    ...unknown.map((word) => `${line}: has no ${word}`),
    ...(isWhole ? lacking.map(({ long }) => `${line}: needs ${long}`) : []),
    ...(isWhole && few ? [`${line}: needs ${needed} arguments`] : []),
  ];
}

function within(command: Command, name: string | undefined): Command | undefined {
  return command.commands.find((one) => one.name() === name);
}

function known(command: Command): readonly string[] {
  return ['--help', ...command.options.map(({ long }) => long ?? '')];
}
