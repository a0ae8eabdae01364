import type { Command } from 'commander';
import {
  type Access,
  FLOW_RIGHTS,
  type Grant,
  grantsIn,
  isAccountName,
  RIGHTS,
} from '../../core/control/control-bus.ts';
import { withExamples } from '../terminal/examples.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { listOf } from '../terminal/groups.ts';
import { formatTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withHub } from '../terminal/with-hub.ts';
import { noSuch } from '../terminal/wrong-names.ts';

/** `skolnav account`: who may use the dashboard, and what each may do there. */
export function addAccountCommand(program: Command, terminal: Terminal): void {
  const account = program.command('account').description('who may use the dashboard');
  addList(terminal, account);
  addInvite(terminal, account);
  addRights(terminal, account);
  addSignOut(terminal, account);
  addRemove(terminal, account);
}

function addList(terminal: Terminal, account: Command): void {
  listOf(account)
    .description('the accounts and their rights')
    .option('--json', 'machine-readable')
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      await withHub(terminal, command, async ({ control }) => {
        const accounts = await control.access.accounts();
        if (json === true) terminal.printJson(accounts);
        else if (accounts.length === 0) terminal.print('Nobody: skolnav account invite <name>');
        else {
          const rows = accounts.map(({ name, rights, signsIn }) => {
            return [name, rights.join(', '), signsIn];
          });
          terminal.print(formatTable(['name', 'rights', 'signs in'], rows));
        }
        return EXIT.done;
      });
    });
}

function addInvite(terminal: Terminal, account: Command): void {
  withExamples(
    account.command('invite <name>'),
    'account invite kim',
    'account invite robin --rights list,contents:lms',
  )
    .description('a link, good once and for a day, with which a person sets a password')
    .option('--rights <list>', `of ${RIGHTS.join(', ')}`, 'list,contents,act')
    .action(async (name: string, { rights }: { rights: string }, command: Command) => {
      await withHub(terminal, command, async ({ control }) => {
        const known = rightsIn(rights, control.access);
        if (known === null || !isAccountName(name)) return wrongRights(terminal, control.access);
        const secret = await control.access.invite({ name, rights: known }, terminal.user);
        terminal.print(`Behind the dashboard's address, once and within a day: /welcome/${secret}`);
        return EXIT.done;
      });
    });
}

function addRights(terminal: Terminal, account: Command): void {
  withExamples(
    account.command('rights <name> <list>'),
    'account rights kim list,contents,administer',
  )
    .description('gives an account other rights, from the next page on (audited)')
    .action(async (name: string, list: string, _options: unknown, command: Command) => {
      await withHub(terminal, command, async ({ control }) => {
        const rights = rightsIn(list, control.access);
        if (rights === null) return wrongRights(terminal, control.access);
        const isThere = await control.access.setRights({ name, rights }, terminal.user);
        if (!isThere) return noAccount(terminal, control.access, name, GROUPS_GIVE);
        terminal.print(`${name}: ${rights.join(', ')}`);
        return EXIT.done;
      });
    });
}

function addSignOut(terminal: Terminal, account: Command): void {
  account
    .command('sign-out <name>')
    .description('ends the sessions of an account (audited)')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withHub(terminal, command, async ({ control }) => {
        const known = await control.access.accounts();
        if (!known.some((one) => one.name === name))
          return noAccount(terminal, control.access, name);
        const count = await control.access.endSessions(name, terminal.user, null);
        terminal.print(`${count} sessions of ${name} have ended.`);
        return EXIT.done;
      });
    });
}

const GROUPS_GIVE = 'The rights of who signs in at the provider are given by groups there.';

async function noAccount(
  terminal: Terminal,
  access: Access,
  name: string,
  where = 'All: skolnav account',
): Promise<number> {
  const known = (await access.accounts()).map((one) => one.name);
  return noSuch(terminal, 'account', name, known, where);
}

/** Null where one of the words is no right. */
function rightsIn(list: string, { flows }: Access): readonly Grant[] | null {
  return grantsIn(
    list.split(',').map((one) => one.trim()),
    flows,
  );
}

function wrongRights(terminal: Terminal, { flows }: Access): number {
  terminal.printError(`a name without spaces, and rights of ${RIGHTS.join(', ')}`);
  terminal.printError(
    `${FLOW_RIGHTS.join(', ')} may be of one flow (${flows.join(', ')}): act:lms`,
  );
  return EXIT.usage;
}

function addRemove(terminal: Terminal, account: Command): void {
  account
    .command('remove <name>')
    .description('takes an account away and ends its sessions (audited)')
    .action(async (name: string, _options: unknown, command: Command) => {
      await withHub(terminal, command, async ({ control }) => {
        const isGone = await control.access.remove(name, terminal.user);
        if (!isGone) return noAccount(terminal, control.access, name);
        terminal.print(`${name} may not sign in any more.`);
        return EXIT.done;
      });
    });
}
