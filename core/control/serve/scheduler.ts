import { Failure, TransientFailure } from '../../failure/failure.ts';
import type { Flow } from '../../flow/compiled.ts';
import type { Engine } from '../../run/engine.ts';
import { holding } from '../../run/leases/lease.ts';
import { takeUpMappings } from '../../run/shared-mappings.ts';
import { stillKnown } from '../../run/stored/form.ts';
import { sync } from '../../run/sync.ts';
import { wallClockIn } from '../../schedule/calendar.ts';
import { pausesOf } from '../../schedule/pauses.ts';
import type { SyncReport } from '../control-bus.ts';
import { countToday } from '../failed/stories.ts';
import type { UnderWay } from '../overview/under-way.ts';
import { mailDigest } from './digest.ts';
import { Doorbell } from './doorbell.ts';
import { type DueTurn, dueTurn, endTurn, noteDueTurns, putOffTurn } from './due-turns.ts';
import { purge } from './purge.ts';
import type { Role, Scheduler } from './serving.ts';
import type { Speech } from './speech.ts';
import { tellFindings } from './tell-findings.ts';

/** How long a delivery waits for retries that become due. */
const PATIENCE_MS = 3_600_000;
/** A turn that failed as a whole (a source not reached) is tried again so often, so far apart. */
const MOST_ATTEMPTS = 12;
const PAUSE_MS = 600_000;
const PURGE_AT = '07:00';
/** Of the one scheduler that purges and mails. */
const UPKEEP = 'scheduler';

/**
 * Runs each flow at its turns. A turn that was missed is made up for once, whether the hub was down
 * or summer time skipped the hour, and none comes twice. What is due is noted by schedulers and run
 * by workers; a process that is both does both.
 */
export class TurnScheduler implements Scheduler {
  readonly #engine: Engine;
  readonly #underWay: UnderWay;
  readonly #doorbell: Doorbell;
  readonly #speech: Speech;
  readonly #plans: boolean;
  readonly #works: boolean;

  /** `speech` is how mails say things. */
  constructor(engine: Engine, underWay: UnderWay, role: Role, speech: Speech) {
    this.#engine = engine;
    this.#speech = speech;
    this.#underWay = underWay;
    this.#plans = role === 'all' || role === 'scheduler';
    this.#works = role === 'all' || role === 'worker';
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
   * store is out nothing is known to be due: it is looked again with the next turn. Throws
   * STORE_NEWER where a newer version has brought what is stored up to date.
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
    await stillKnown(this.#engine);
    // Who only shows explains by them, too.
    await takeUpMappings(this.#engine);
    await this.#doorbell.keep();
    if (this.#plans) await noteDueTurns(this.#engine);
    if (this.#works) await this.#work(reports, signal);
    if (this.#plans && !signal.aborted) await this.#purgeDaily();
  }

  async #work(reports: SyncReport[], signal: AbortSignal): Promise<void> {
    reports.push(...(await this.#doorbell.answer(signal)));
    for (const flow of this.#engine.workspace.flows) {
      if (signal.aborted) return;
      if ((await dueTurn(this.#engine, flow)) === null) continue;
      // One turn of a flow at a time: who comes second finds it done.
      const done = await holding(`flow ${flow.name}`, this.#engine, { signal }, (held) =>
        this.#takeTurn(flow, held.signal),
      );
      if (done !== null && done.result !== null) reports.push(done.result);
    }
    if (reports.length > 0) await countToday(this.#engine);
  }

  async #takeTurn(flow: Flow, signal: AbortSignal): Promise<SyncReport | null> {
    const due = await dueTurn(this.#engine, flow);
    if (due === null || (await this.#isPaused(flow))) return null;
    const report = await this.#run(flow, due, signal);
    if (!signal.aborted) await this.#settle(flow, due, report);
    return report;
  }

  /** Purges once a day, after the night. */
  async #purgeDaily(): Promise<void> {
    const { store, workspace, now } = this.#engine;
    const [today = '', time = ''] = wallClockIn(workspace.config.timeZone, now()).split('T');
    const isDue = async () => time >= PURGE_AT && (await store.getValue('purged')) !== today;
    if (!(await isDue())) return;
    await this.#alone(async () => {
      if (!(await isDue())) return;
      await purge(this.#engine);
      await store.putValue('purged', today);
    });
  }

  /** What one scheduler does for all; the others need not. */
  async #alone(work: () => Promise<unknown>): Promise<void> {
    const { signal } = new AbortController();
    await holding(UPKEEP, this.#engine, { signal }, work);
  }

  /**
   * Mails what is new among the findings, and once a day the digest; a mail server that is out is
   * tried again next time.
   */
  async watch(): Promise<void> {
    for (const mail of [tellFindings, mailDigest]) {
      try {
        await this.#alone(() => mail(this.#engine, this.#speech));
      } catch (failure) {
        if (!(failure instanceof Failure)) throw failure;
        this.#engine.log.warn({ code: failure.code }, 'a mail was not sent');
      }
    }
  }

  async #isPaused({ name }: Flow): Promise<boolean> {
    return (await pausesOf(this.#engine.store, [name])).has(name);
  }

  async #run(
    { name: flow }: Flow,
    { since: dueSince }: DueTurn,
    signal: AbortSignal,
  ): Promise<SyncReport | null> {
    const onProgress = this.#underWay.noting(() => undefined);
    const request = { flow, deliver: true, onProgress, signal };
    try {
      return await sync(this.#engine, { ...request, dueSince, patienceMs: PATIENCE_MS });
    } catch (failure) {
      if (signal.aborted) return null;
      // The turn is not ours to put off: who knows what is stored takes it.
      if (!(failure instanceof Failure) || failure.code === 'STORE_NEWER') throw failure;
      this.#engine.log.warn({ flow, code: failure.code }, 'turn not begun');
      return null;
    } finally {
      this.#underWay.forget();
    }
  }

  /** Notes a turn as done, unless something failed as a whole and may go better in a while. */
  async #settle(flow: Flow, due: DueTurn, report: SyncReport | null): Promise<void> {
    const runs = report === null ? [] : [...report.intakes, ...report.flows];
    const hasFailed = report === null || runs.some(({ outcome }) => outcome === 'failed');
    const isLast = due.failed + 1 >= MOST_ATTEMPTS;
    if (hasFailed && !isLast) await putOffTurn(this.#engine, flow, due, PAUSE_MS);
    else await endTurn(this.#engine, flow, due);
  }
}
