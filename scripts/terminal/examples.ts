import type { Command } from 'commander';

/** Ends a command's help with examples, since what it takes is not obvious from its name. */
export function withExamples(command: Command, ...examples: readonly string[]): Command {
  const lines = examples.map((example) => `  skolnav ${example}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}
