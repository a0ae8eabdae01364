import type { Blockage, Message, MessageGroup } from '../../core/control/control-bus.ts';
import { formatTable } from './table.ts';
import type { Terminal } from './terminal.ts';

/** What has failed: in groups, what waits for it, and one by one. */
export interface FailureList {
  readonly groups: readonly MessageGroup[];
  readonly blockages: readonly Blockage[];
  readonly messages: readonly Message[];
}

/** The first `limit` messages are in the list. */
export function printList(
  terminal: Terminal,
  { groups, blockages, messages }: FailureList,
  limit: number,
): void {
  const rows = groups.map(({ count, target, objectKind, state, code }) => {
    return [count, target, objectKind, state, code ?? ''];
  });
  terminal.print(formatTable(['count', 'target', 'kind', 'state', 'code'], rows));
  terminal.print();
  terminal.print(formatMessages(messages));
  if (blockages.length > 0) terminal.print();
  for (const blockage of blockages.slice(0, MOST_BLOCKAGES)) printBlockage(terminal, blockage);
  if (messages.length === limit) {
    terminal.print(`\nThe first ${limit} are listed: --limit, --target, --code.`);
  }
  terminal.print('\nskolnav failed show <id> tells what happened and what to do.');
}

/** What all of them have in common stands in their groups. */
function formatMessages(messages: readonly Message[]): string {
  const head = ['id', 'target', 'kind', 'state', 'code', 'place'];
  const rows = messages.map(rowOf);
  const isTold = head.map((name, column) => {
    const isAlike = rows.every((row) => row[column] === rows[0]?.[column]);
    return !isAlike || rows.length === 1 || !(name === 'target' || name === 'state');
  });
  const told = (row: readonly string[]) => row.filter((_, column) => isTold[column]);
  return formatTable(told(head), rows.map(told));
}

const MOST_BLOCKAGES = 20;

function printBlockage(terminal: Terminal, { cause, waiting }: Blockage): void {
  terminal.print(`${waiting} ${waiting === 1 ? 'waits' : 'wait'} for ${nameOf(cause)}`);
}

/** What cannot be delivered: by its entity, since a key may say who it is. */
export function nameOf({ id, objectKind, origin, state, problem }: Message): string {
  const why = problem === null ? '' : ` with ${problem.code}`;
  return `${objectKind} of ${origin.kind} ${origin.id}, ${state}${why} (${id})`;
}

function rowOf({ id, target, objectKind, state, problem }: Message): string[] {
  return [id, target, objectKind, state, problem?.code ?? '', placeOf(problem)];
}

/** `<file>:<line> <field>`, as far as they are known. */
export function placeOf(problem: Message['problem']): string {
  if (problem === null || problem.place === null) return '';
  const { file, line, field } = problem.place;
  return `${file}${line === null ? '' : `:${line}`}${field === null ? '' : ` ${field}`}`;
}
