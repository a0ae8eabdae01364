import {
  type ObjectTrace,
  type Prerequisite,
  type Problem,
  sayTime,
  type TargetTrace,
} from '../../core/control/control-bus.ts';

/** "Why is Anna not in Teams?" in one line; what is to be known first stands first. */
export function answerOf(told: TargetTrace, timeZone: string): string {
  const { verdict, because, begins, objects, module, foremost } = told;
  const held = objects.filter(({ confirmed }) => confirmed !== null);
  const later = begins === null ? '' : `; begins ${begins}`;
  if (verdict === 'protected') {
    const rest = held.length === 0 ? '' : `; ${held.length} of its objects are still to be removed`;
    return `Protected: ${because.join('; ')}${rest}`;
  }
  if (verdict !== 'sent') {
    const [shut] = held;
    if (shut !== undefined && held.every((one) => one.state === 'suspended')) {
      return `Shut in ${module}: ${sayState(shut, timeZone)}: ${because.join('; ')}${later}`;
    }
    const state = held.length === 0 ? 'Not in' : 'To be removed from';
    return `${state} ${module}: ${because.join('; ')}${later}`;
  }
  const { isIn, object, also, obstacle } = foremost;
  if (object === null) return `Not in ${module}`;
  const more = also === null ? '' : `; ${sayState(also, timeZone)}`;
  const why = `${sayState(object, timeZone)}${more}${sayProblem(obstacle)}`;
  return `${isIn ? 'In' : 'Not in'} ${module}: ${why}`;
}

/** What became of one object, in words; times are those of the clock on the wall. */
export function sayState(object: ObjectTrace, timeZone: string): string {
  const { objectKind, state, at, run, attempts, problem, waitsFor, hold } = object;
  const when = at === null ? '' : ` ${sayTime(timeZone, at)}`;
  switch (state) {
    case 'delivered':
      return `${objectKind} delivered${when}, run ${run}`;
    case 'failed':
      return `${objectKind} failed at attempt ${attempts}${sayProblem(problem)}`;
    case 'retrying':
      return `${objectKind} is tried again${when} after ${attempts} attempts${sayProblem(problem)}`;
    case 'blocked':
    case 'waits':
      return `${objectKind} is blocked${sayPrerequisite(waitsFor)}`;
    case 'held':
      return `${objectKind} waits for a person: skolnav hold show ${hold}`;
    case 'parked':
      return `${objectKind} cannot be made${sayProblem(problem)}${sayPlace(problem)}`;
    case 'superseded':
      return `${objectKind}: newer data made its delivery void`;
    case 'suspended':
      return `${objectKind} was shut${when}, and is deleted after its grace`;
    case 'to go':
      return `${objectKind} goes with the next run`;
    default:
      return `${objectKind} is delivered with the next run`;
  }
}

function sayPrerequisite(cause: Prerequisite | null): string {
  if (cause === null) return '';
  const { objectKind, key, state, problem } = cause;
  return ` by ${objectKind} ${key}, ${state ?? 'which is not wanted there'}${sayProblem(problem)}`;
}

function sayProblem(problem: Problem | null): string {
  return problem === null ? '' : `: ${problem.code} ${problem.text}`;
}

function sayPlace(problem: Problem | null): string {
  if (problem?.place == null) return '';
  const { file, line } = problem.place;
  return ` (${line === null ? file : `${file}:${line}`})`;
}
