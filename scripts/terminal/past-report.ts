import {
  knownFailure,
  type Past,
  type PastObject,
  type PastTarget,
  type Problem,
  type Run,
  sayTime,
} from '../../core/control/control-bus.ts';
import { printProblem } from './problem.ts';
import type { Terminal } from './terminal.ts';

/** How somebody was on an earlier day, as far as that is kept. */
export function printPast(terminal: Terminal, past: Past, timeZone: string): void {
  const { entity, day, isProtected, groups, intakes, targets } = past;
  terminal.print(`${entity.kind} ${entity.id} at the end of ${day}`);
  terminal.print(
    `  Runs and failures are kept from ${past.keptFrom} on; what an object held is not.`,
  );
  if (isProtected) {
    terminal.print('  Protected: nothing else is shown.');
    return;
  }
  for (const run of intakes.filter(({ outcome }) => outcome !== 'done')) {
    terminal.print(`  ${run.subject} was not taken in: ${sayRun(run, timeZone)}`);
  }
  for (const { id, name, type } of groups) terminal.print(`  member of ${name} (${type}, ${id})`);
  for (const one of targets) printTarget(terminal, one, timeZone);
}

function printTarget(terminal: Terminal, told: PastTarget, timeZone: string): void {
  const { flow, target, verdict, because, run, held, objects } = told;
  terminal.print(`\n${target} (flow ${flow}): by what is known today, ${verdict} that day`);
  for (const reason of because) terminal.print(`  ${reason}`);
  terminal.print(
    run === null
      ? '  no run until then is kept'
      : `  the last run until then: ${sayRun(run, timeZone)}`,
  );
  for (const problem of held) printProblem(terminal, 'the plan waited', problem);
  for (const object of objects) printObject(terminal, object, timeZone);
}

function printObject(terminal: Terminal, object: PastObject, timeZone: string): void {
  const { objectKind, key, was, confirmedAt, problem, ended } = object;
  const when = confirmedAt === null ? '' : sayTime(timeZone, confirmedAt);
  const said = {
    there: `was there as now, confirmed ${when}`,
    changed: `what was there is not kept: what is there now was confirmed later, ${when}`,
    unknown: 'is not there now; whether it was is not kept',
  }[was];
  terminal.print(`  ${objectKind} ${key} ${said}`);
  if (problem === null) return;
  const end = ended === null ? 'still open' : `${ended.how} ${sayTime(timeZone, ended.at)}`;
  printProblem(terminal, `it had failed (${end})`, problem);
}

function sayRun({ id, startedAt, outcome, problem }: Run, timeZone: string): string {
  return `${outcome}, ${sayTime(timeZone, startedAt)}, run ${id}${sayWhy(problem)}`;
}

function sayWhy(problem: Problem | null): string {
  if (problem === null) return '';
  return `: ${problem.code} ${knownFailure(problem.code)?.meaning ?? problem.text}`;
}
