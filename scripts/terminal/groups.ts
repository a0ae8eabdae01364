import type { Command } from 'commander';
import { didYouMean } from '../../core/control/control-bus.ts';

/** The command of a group that runs where none is named. */
export function listOf(group: Command): Command {
  return refusingOthers(group, group.command('list', { isDefault: true }));
}

/** A word that is no command of the group is told as such, not as one argument too many. */
export function refusingOthers(group: Command, command: Command): Command {
  return command.allowExcessArguments(true).hook('preAction', (_, called) => {
    const [word] = called === command ? command.args : [];
    if (word === undefined) return;
    const known = group.commands.map((one) => one.name());
    const hint = didYouMean(word, known) || `There are: ${[...new Set(known)].join(', ')}.`;
    group.error(`error: no command '${group.name()} ${word}'. ${hint}`);
  });
}
