import { type Inspection, sayTime } from '../../core/control/control-bus.ts';
import { EXIT } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** What the last look into a target has found; the exit code. */
export function printLast<R>(
  terminal: Terminal,
  last: Inspection<R> | null,
  { json }: { readonly json?: boolean },
  timeZone: string,
  print: (report: R) => void,
): number {
  if (json === true) {
    terminal.printJson(last);
    return EXIT.done;
  }
  if (last === null) {
    terminal.print('Nobody has looked yet.');
    return EXIT.failed;
  }
  const { state, problem, found } = last;
  if (state === 'running') terminal.print('A look is under way.');
  if (state === 'broken') {
    terminal.print(`It broke off${problem === null ? '' : `: ${problem.code} ${problem.text}`}`);
  }
  if (found === null) return EXIT.failed;
  terminal.print(`Found ${sayTime(timeZone, found.at)}, asked by ${found.who}:`);
  print(found.report);
  return EXIT.done;
}
