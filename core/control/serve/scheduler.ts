import { Failure, TransientFailure } from '../../failure/failure.ts';
import type { Flow } from '../../flow/compiled.ts';
import type { Engine } from '../../run/engine.ts';
import { sync } from '../../run/sync.ts';
import { wallClockIn } from '../../schedule/calendar.ts';
import { latestTurn } from '../../schedule/cron.ts';
import { pausesOf } from '../../schedule/pauses.ts';
import type { SyncReport } from '../control-bus.ts';
import { countToday } from '../failed/stories.ts';
import type { UnderWay } from '../overview/under-way.ts';
import { Doorbell } from './doorbell.ts';
import { purge } from './purge.ts';
import type { Scheduler } from './serving.ts';
import { tellFindings } from './tell-findings.ts';

/** How long a delivery waits for retries that become due. */
const PATIENCE_MS = 3_600_000;
/** A turn that failed as a whole (a source not reached) is tried again so often, so far apart. */
const MOST_ATTEMPTS = 12;
const PAUSE_MS = 600_000;
const PURGE_AT = '07:00';

interface Attempts {
  readonly turn: string;
  readonly count: number;
  readonly notBefore: number;
}

/**
 * Runs each flow at its turns. A turn is a time on the wall clock: it is due once the clock has
 * passed it and the store does not know it as done. So a turn that was missed is made up for once,
 * whether the hub was down or summer time skipped the hour, and none comes twice.
 */
export class TurnScheduler implements Scheduler {
  readonly #engine: Engine;
  readonly #underWay: UnderWay;
  readonly #doorbell: Doorbell;
  readonly #attempts = new Map<string, Attempts>();

  constructor(engine: Engine, underWay: UnderWay) {
    this.#engine = engine;
    this.#underWay = underWay;
    this.#doorbell = new Doorbell(
      engine,
      underWay.noting(() => undefined),
    );
  }

  notify(module: string): boolean {
    return this.#doorbell.notify(module);
  }

  poll(module: string): void {
    this.#doorbell.poll(module);
  }

  /**
   * Runs what was rung for and what is due now, one after another. Answers what was run. While the
   * store is out nothing is known to be due: it is looked again with the next turn.
   */
  async turn(signal: AbortSignal): Promise<readonly SyncReport[]> {
    const reports: SyncReport[] = [];
    try {
      await this.#runDue(reports, signal);
    } catch (failure) {
      if (!(failure instanceof TransientFailure)) throw failure;
      this.#engine.log.warn({ code: failure.code }, 'turns wait');
    }
    return reports;
  }

  async #runDue(reports: SyncReport[], signal: AbortSignal): Promise<void> {
    reports.push(...(await this.#doorbell.answer(signal)));
    for (const flow of this.#engine.workspace.flows) {
      if (signal.aborted) return;
      const turn = await this.#due(flow);
      if (turn === null || (await this.#isPaused(flow))) continue;
      const report = await this.#run(flow, signal);
      if (report !== null) reports.push(report);
      if (!signal.aborted) await this.#settle(flow, turn, report);
    }
    if (reports.length > 0) await countToday(this.#engine);
    await this.#purgeDaily();
  }

  /** Purges once a day, after the night. */
  async #purgeDaily(): Promise<void> {
    const { store, workspace, now } = this.#engine;
    const [today = '', time = ''] = wallClockIn(workspace.config.timeZone, now()).split('T');
    if (time < PURGE_AT || (await store.getValue('purged')) === today) return;
    await purge(this.#engine);
    await store.putValue('purged', today);
  }

  /** Mails what is new among the findings; a mail server that is out is tried again next time. */
  async watch(): Promise<void> {
    try {
      await tellFindings(this.#engine);
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      this.#engine.log.warn({ code: failure.code }, 'findings were not mailed');
    }
  }

  /** The turn of a flow that is due and not done; null if there is none. */
  async #due({ name, schedule }: Flow): Promise<string | null> {
    const { store, workspace, now } = this.#engine;
    if (schedule === null) return null;
    const turn = latestTurn(schedule, wallClockIn(workspace.config.timeZone, now()));
    if (turn === null) return null;
    const done = await store.getValue(`turn ${name}`);
    if (done === null) {
      // A flow that is new here begins with its next turn.
      await store.putValue(`turn ${name}`, turn);
      return null;
    }
    const attempts = this.#attempts.get(name);
    const waits = attempts?.turn === turn && now() < attempts.notBefore;
    return turn > String(done) && !waits ? turn : null;
  }

  async #isPaused({ name }: Flow): Promise<boolean> {
    return (await pausesOf(this.#engine.store, [name])).has(name);
  }

  async #run({ name: flow }: Flow, signal: AbortSignal): Promise<SyncReport | null> {
    const onProgress = this.#underWay.noting(() => undefined);
    const request = { flow, deliver: true, onProgress, signal, patienceMs: PATIENCE_MS };
    try {
      return await sync(this.#engine, request);
    } catch (failure) {
      if (signal.aborted) return null;
      if (!(failure instanceof Failure)) throw failure;
      this.#engine.log.warn({ flow, code: failure.code }, 'turn not begun');
      return null;
    } finally {
      this.#underWay.forget();
    }
  }

  /** Notes a turn as done, unless something failed as a whole and may go better in a while. */
  async #settle({ name }: Flow, turn: string, report: SyncReport | null): Promise<void> {
    const { store, now } = this.#engine;
    const before = this.#attempts.get(name);
    const count = (before?.turn === turn ? before.count : 0) + 1;
    const runs = report === null ? [] : [...report.intakes, ...report.flows];
    const hasFailed = report === null || runs.some(({ outcome }) => outcome === 'failed');
    if (hasFailed && count < MOST_ATTEMPTS) {
      this.#attempts.set(name, { turn, count, notBefore: now() + PAUSE_MS });
      return;
    }
    this.#attempts.delete(name);
    await store.putValue(`turn ${name}`, turn);
  }
}
