import { Failure, TransientFailure } from '../../failure/failure.ts';
import type { Flow } from '../../flow/compiled.ts';
import { syncFlows } from '../../night/sync.ts';
import type { Engine } from '../../run/engine.ts';
import { stillKnown } from '../../run/form.ts';
import { holding } from '../../run/leases/lease.ts';
import { sharingOf } from '../../run/leases/sharing.ts';
import { takeUpMappings } from '../../run/shared-mappings.ts';
import { wallClockIn } from '../../schedule/calendar.ts';
import { pausesOf } from '../../schedule/pauses.ts';
import type { Run } from '../../store/run-store.ts';
import type { SyncReport } from '../control-bus.ts';
import { type DueTurn, dueTurn, endTurn, noteDueTurns, putOffTurn } from '../due-turns.ts';
import { countToday } from '../failed/stories.ts';
import type { UnderWay } from '../overview/presence.ts';
import { mailDigest } from './digest.ts';
import { Doorbell } from './doorbell.ts';
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

/** A turn that this process has taken, and its flow. */
interface Turn {
  readonly flow: Flow;
  readonly due: DueTurn;
}

/**
 * Runs each flow at its turns, those that are due together as one sync where one process conducts
 * them. A turn that was missed is made up for once, whether the hub was down or summer time skipped
 * the hour, and none comes twice. What is due is noted by schedulers and run by workers; a process
 * that is both does both.
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
   * Runs what was rung for, and then what is due now. Answers what was run. While the
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
    const { conducted } = sharingOf(this.#engine);
    for (const { those } of conducted(this.#engine.workspace.flows)) {
      if (signal.aborted) return;
      const report = await this.#takeTurns(those, [], signal);
      if (report !== null) reports.push(report);
    }
    if (reports.length > 0) await countToday(this.#engine);
  }

  /**
   * Runs those of the flows that are due as one sync, so that they share what they read. One turn
   * of a flow at a time: who comes second finds it done. Null where none is due, or the sync came
   * to nothing.
   */
  async #takeTurns(
    flows: readonly Flow[],
    taken: readonly Turn[],
    signal: AbortSignal,
  ): Promise<SyncReport | null> {
    const [flow, ...rest] = flows;
    if (flow === undefined) return taken.length === 0 ? null : this.#run(taken, signal);
    if ((await dueTurn(this.#engine, flow)) === null) return this.#takeTurns(rest, taken, signal);
    const name = `flow ${flow.name}`;
    const done = await holding(name, this.#engine, { signal }, async (held) => {
      const due = await dueTurn(this.#engine, flow);
      const isOff = due === null || (await this.#isPaused(flow));
      const all = isOff ? taken : [...taken, { flow, due }];
      return this.#takeTurns(rest, all, held.signal);
    });
    return done === null ? this.#takeTurns(rest, taken, signal) : done.result;
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

  /** Each turn is settled when its flow has ended, whatever becomes of the others. */
  async #run(turns: readonly Turn[], signal: AbortSignal): Promise<SyncReport | null> {
    const left = new Map(turns.map((turn) => [turn.flow.name, turn]));
    const intakes: Run[] = [];
    const onEnded = async (run: Run) => {
      if (run.type === 'intake') intakes.push(run);
      const turn = run.type === 'flow' ? left.get(run.subject) : undefined;
      if (turn === undefined || signal.aborted) return;
      left.delete(run.subject);
      const own = intakes.filter(({ subject }) => turn.flow.from.includes(subject));
      await this.#settle(turn, [...own, run]);
    };
    const report = await this.#sync(turns, onEnded, signal);
    if (report === null && !signal.aborted) {
      for (const turn of left.values()) await this.#settle(turn, null);
    }
    return report;
  }

  async #sync(
    turns: readonly Turn[],
    onEnded: (run: Run) => Promise<void>,
    signal: AbortSignal,
  ): Promise<SyncReport | null> {
    const onProgress = this.#underWay.noting(() => undefined);
    const dueSince = Math.max(...turns.map(({ due }) => due.since));
    const asked = { flow: null, deliver: true, dueSince, patienceMs: PATIENCE_MS };
    const flows = turns.map(({ flow }) => flow);
    try {
      return await syncFlows(this.#engine, flows, { ...asked, onProgress, onEnded, signal });
    } catch (failure) {
      if (signal.aborted) return null;
      // The turns are not ours to put off: who knows what is stored takes them.
      if (!(failure instanceof Failure) || failure.code === 'STORE_NEWER') throw failure;
      const names = flows.map(({ name }) => name).join(', ');
      this.#engine.log.warn({ flows: names, code: failure.code }, 'turns not begun');
      return null;
    } finally {
      this.#underWay.forget();
    }
  }

  /**
   * Notes a turn as done, unless something failed as a whole and may go better in a while; null:
   * nothing was run.
   */
  async #settle({ flow, due }: Turn, runs: readonly Run[] | null): Promise<void> {
    const hasFailed = runs === null || runs.some(({ outcome }) => outcome === 'failed');
    const isLast = due.failed + 1 >= MOST_ATTEMPTS;
    if (hasFailed && !isLast) await putOffTurn(this.#engine, flow, due, PAUSE_MS);
    else await endTurn(this.#engine, flow, due);
  }
}
