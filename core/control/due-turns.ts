import type { Flow } from '../flow/compiled.ts';
import type { Engine } from '../run/engine.ts';
import { wallClockIn } from '../schedule/calendar.ts';
import { latestTurn } from '../schedule/cron.ts';
import { keptValue } from '../store/store.ts';

/** A turn of a flow that is to be run; kept until it is, for whichever process does. */
export interface DueTurn {
  /** On the clock on the wall, `YYYY-MM-DDTHH:MM`. */
  readonly turn: string;
  /** Epoch milliseconds: since when, or since when once more. */
  readonly since: number;
  /** Attempts that have failed as a whole. */
  readonly failed: number;
  /** Epoch milliseconds. */
  readonly notBefore: number;
}

/** By flow. */
const DUE = keptValue<DueTurn>('due');
/**
 * A turn that is done and comes so much later was done by a clock that was ahead and has been set
 * right: it is forgotten, or nothing would run until then. The end of summer time is one hour.
 */
const AHEAD_MS = 7_200_000;
const NEVER = '';

/** By flow: its newest turn that is done; a flow that is new here begins with its next one. */
export const DONE = keptValue<string>('turn');

/**
 * Notes what is due. A turn is a time on the wall clock: it is due once the clock has passed it and
 * the store does not know it as done. Noted by two schedulers, it is the same note.
 */
export async function noteDueTurns({ store, workspace, now }: Engine): Promise<void> {
  for (const { name, schedule } of workspace.flows) {
    if (schedule === null) continue;
    const { timeZone } = workspace.config;
    const turn = latestTurn(schedule, wallClockIn(timeZone, now()));
    if (turn === null) continue;
    let done = await DONE.read(store, name);
    if (done !== null && done > wallClockIn(timeZone, now() + AHEAD_MS)) {
      await DONE.write(store, name, NEVER);
      done = NEVER;
    }
    if (done === null) await DONE.offer(store, name, turn);
    else if (turn > done && (await DUE.read(store, name))?.turn !== turn) {
      await DUE.write(store, name, { turn, since: now(), failed: 0, notBefore: 0 });
    }
  }
}

/** The turn of a flow that may be run now; null if there is none. */
export async function dueTurn({ store, now }: Engine, { name }: Flow): Promise<DueTurn | null> {
  const due = await DUE.read(store, name);
  if (due === null || now() < due.notBefore) return null;
  // A scheduler may have noted it while it was ending.
  return due.turn > ((await DONE.read(store, name)) ?? '') ? due : null;
}

export async function endTurn({ store }: Engine, { name }: Flow, { turn }: DueTurn): Promise<void> {
  await DONE.write(store, name, turn);
  await DUE.write(store, name, null);
}

/** Leaves a turn for a while, after which it is tried again. */
export async function putOffTurn(
  { store, now }: Engine,
  { name }: Flow,
  { turn, failed }: DueTurn,
  pauseMs: number,
): Promise<void> {
  const notBefore = now() + pauseMs;
  await DUE.write(store, name, { turn, since: notBefore, failed: failed + 1, notBefore });
}
