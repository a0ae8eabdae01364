import type { EntityRef, Problem } from '../../message/message.ts';
import { sayTime } from '../../schedule/calendar.ts';
import type { ObjectTrace, Prerequisite } from './trace-object.ts';

/** What a flow makes of an entity, and why. */
export interface TargetOutcome {
  readonly verdict: 'sent' | 'protected' | 'not selected' | 'nothing wanted';
  /** Where that was decided: the flow's condition, or the mappings that give nothing. */
  readonly because: readonly string[];
  /** `YYYY-MM-DD` on which it will be otherwise, within a year, if nothing changes; or null. */
  readonly begins: string | null;
  /** What keeps the target as a whole from being told: a hold, how the last run ended. */
  readonly obstacles: readonly Problem[];
  readonly objects: readonly ObjectTrace[];
  /** Object kinds that are the entity itself in the target; all others only speak of it. */
  readonly itself: readonly string[];
}

/** States from the one that most needs a person to the one that needs nobody. */
const URGENCY: readonly ObjectTrace['state'][] = [
  ...(['failed', 'parked', 'held', 'blocked', 'retrying', 'waits', 'waiting', 'open'] as const),
  ...(['to go', 'superseded', 'suspended', 'delivered'] as const),
];

/** What is under way, unless the target as a whole is not told. */
const GOES_BY_ITSELF: ReadonlySet<string> = new Set(['retrying', 'waiting', 'open', 'to go']);

/** "Why is Anna not in Teams?" in one line; what is to be known first stands first. */
export function answerOf(
  { verdict, because, begins, obstacles, objects, itself }: TargetOutcome,
  module: string,
  of: EntityRef,
  timeZone: string,
): string {
  const held = objects.filter(({ confirmed }) => confirmed !== null);
  const later = begins === null ? '' : `; begins ${begins}`;
  if (verdict === 'protected') {
    const rest = held.length === 0 ? '' : `; ${held.length} of its objects are still to be removed`;
    return `Protected: ${because.join('; ')}${rest}`;
  }
  if (verdict !== 'sent') {
    const state = held.length === 0 ? 'Not in' : 'To be removed from';
    return `${state} ${module}: ${because.join('; ')}${later}`;
  }
  const own = objects.filter(({ origin }) => origin.kind === of.kind && origin.id === of.id);
  const being = own.filter(({ objectKind }) => itself.includes(objectKind));
  const [worst, ...rest] = byUrgency(being.length > 0 ? being : own.length > 0 ? own : objects);
  if (worst === undefined) return `Not in ${module}`;
  const isIn = [worst, ...rest].some(({ confirmed }) => confirmed !== null);
  const [other] = byUrgency(objects.filter((one) => one !== worst && needsSaying(one)));
  const isTold = other !== undefined && worst.state === 'delivered';
  const also = isTold ? `; ${sayState(other, timeZone)}` : '';
  const why = GOES_BY_ITSELF.has(worst.state) ? (obstacles[0] ?? null) : null;
  return `${isIn ? 'In' : 'Not in'} ${module}: ${sayState(worst, timeZone)}${also}${sayProblem(why)}`;
}

/** What speaks of somebody who is not wanted in the target is left out there, and well so. */
function needsSaying({ state, waitsFor }: ObjectTrace): boolean {
  return state !== 'delivered' && !(state === 'waits' && waitsFor?.state === null);
}

function byUrgency(objects: readonly ObjectTrace[]): readonly ObjectTrace[] {
  return [...objects].sort((a, b) => URGENCY.indexOf(a.state) - URGENCY.indexOf(b.state));
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
