import { windowOn } from '../../config/rules/windows.ts';
import { HeldFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { markOf } from '../../mapping/siblings.ts';
import { digestOf } from '../../message/digest.ts';
import type { Saying } from '../../message/message.ts';
import type { Store } from '../../store/store.ts';
import type { IntakeTask } from '../intake-task.ts';
import { lastOrder, numberOf } from '../stream/delivery-order.ts';
import { HANDFUL, type Shortfall } from './completeness.ts';
import type { Missing, MissingPart } from './missing.ts';

/** A run of what is missing, in the order of the last delivery. */
interface Cut {
  readonly isTail: boolean;
  readonly parts: readonly MissingPart[];
}

/**
 * Persons do not leave by line number. Where the end of the last delivery is missing, or most of
 * what is missing stood in one block of it, something was cut off or left out, however little it
 * is. What units hold already is not looked at. Null where nothing looks so, and on days on which
 * much is meant to go.
 */
export async function cutAmong(
  { module, rules }: Pick<IntakeTask, 'module' | 'rules'>,
  today: string,
  store: Store,
  missing: ReadonlyMap<string, Missing>,
  free: (parts: readonly MissingPart[]) => Promise<readonly MissingPart[]>,
): Promise<Shortfall | null> {
  if (rules.passesCuts || windowOn(rules.guards.windows, today) !== null) return null;
  const said: Saying[] = [];
  const kinds: Record<string, Record<string, number>> = {};
  const names: (readonly [string, readonly number[]])[] = [];
  for (const [stream, { count, batches }] of missing) {
    if (count <= HANDFUL) continue;
    const news = new Map<number, MissingPart>();
    for await (const batch of batches()) {
      const first = batch.filter(({ missedRuns }) => missedRuns === 0);
      for (const part of await free(first)) news.set(numberOf(part), part);
    }
    const cut = cutOf(await lastOrder(store, module, stream), news);
    if (cut === null) continue;
    said.push(await sayCut(stream, cut, module, store));
    kinds[stream] = { missing: cut.parts.length };
    names.push([stream, cut.parts.map(numberOf)]);
  }
  if (said.length === 0) return null;
  const text = saying('ofModule', { module, what: said });
  return { failure: new HeldFailure('SOURCE_CUT', text), kinds, digest: digestOf(names) };
}

/** The end of the order, as far as it is missing; else the longest block inside it that is. */
function cutOf(order: Uint32Array, missing: ReadonlyMap<number, MissingPart>): Cut | null {
  if (missing.size <= HANDFUL) return null;
  let block: readonly MissingPart[] = [];
  let run: MissingPart[] = [];
  for (const [index, number] of order.entries()) {
    const part = missing.get(number);
    if (part !== undefined) run.push(part);
    if (part !== undefined && index < order.length - 1) continue;
    const isTail = part !== undefined;
    if (isTail && run.length > HANDFUL && run.length < order.length) return { isTail, parts: run };
    // What came first is not cut off: a transfer ends too early, it does not begin too late.
    if (run.length > block.length && index > run.length) block = run;
    run = [];
  }
  return isWide(block) && 2 * block.length > missing.size ? { isTail: false, parts: block } : null;
}

/** Not what one group has of members, or one person of groups: those end together. */
function isWide(block: readonly MissingPart[]): boolean {
  const entities = new Set(block.map(({ entity }) => entity.id));
  const parts = new Set(block.map(({ part }) => part.slice(markOf(part).length)));
  const isUnnamed = parts.size === 1 && parts.has('');
  return entities.size > HANDFUL && (parts.size > HANDFUL || isUnnamed);
}

async function sayCut(
  stream: string,
  { isTail, parts }: Cut,
  module: string,
  store: Store,
): Promise<Saying> {
  const from = await placeOf(parts[0], module, stream, store);
  const to = await placeOf(parts.at(-1), module, stream, store);
  const name = isTail ? 'cutTail' : 'cutBlock';
  return saying(name, { count: parts.length, stream, from, to });
}

async function placeOf(
  missing: MissingPart | undefined,
  module: string,
  stream: string,
  store: Store,
): Promise<string> {
  const parts = missing === undefined ? [] : await store.entities.parts(missing.entity);
  const own = parts.find((one) => {
    return one.source === module && one.stream === stream && one.part === missing?.part;
  });
  return own === undefined ? '' : `${own.file}:${own.line}`;
}
