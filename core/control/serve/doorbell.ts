import { Failure } from '../../failure/failure.ts';
import type { OnProgress } from '../../message/progress.ts';
import type { Engine } from '../../run/engine.ts';
import { syncChanged } from '../../run/sync.ts';
import type { SyncReport } from '../control-bus.ts';

/** Whoever rings again meanwhile waits no longer than this for a target that is out. */
const PATIENCE_MS = 60_000;
/** The news of a source that cannot tell: it must be asked once. */
const UNTOLD = 'untold';

/**
 * Modules that may have news. A ring says nothing but "look now": rings that come before the look
 * are one, those that come during it are one more. A ring is not kept over a restart; the next turn
 * of the schedule makes up for it. That a sync of news was begun is kept until it has ended: where
 * the process died, what it had taken in and not delivered is no news to the source any more.
 */
export class Doorbell {
  readonly #engine: Engine;
  readonly #onProgress: OnProgress;
  readonly #rung = new Set<string>();
  /** News that have been looked into, by module: lying there still, they are no reason to run. */
  readonly #tried = new Map<string, string>();

  constructor(engine: Engine, onProgress: OnProgress) {
    this.#engine = engine;
    this.#onProgress = onProgress;
  }

  /** False if no flow reads from such a module. */
  notify(module: string): boolean {
    if (!this.#engine.workspace.flows.some(({ from }) => from.includes(module))) return false;
    this.#tried.delete(module);
    this.#rung.add(module);
    return true;
  }

  poll(module: string): void {
    this.#rung.add(module);
  }

  /** Looks at every module that was rung, as long as there are news. Answers what was run. */
  async answer(signal: AbortSignal): Promise<readonly SyncReport[]> {
    const reports: SyncReport[] = [];
    const unanswered: string[] = [];
    // A module that is rung meanwhile is in the set anew, and comes once more.
    for (const module of this.#rung) {
      if (signal.aborted) break;
      this.#rung.delete(module);
      try {
        const report = await this.#look(module, signal);
        if (report === null) continue;
        reports.push(report);
        this.#rung.add(module);
      } catch (failure) {
        if (signal.aborted) break;
        if (!(failure instanceof Failure)) throw failure;
        this.#engine.log.warn({ module, code: failure.code }, 'a ring waits');
        unanswered.push(module);
      }
    }
    for (const module of unanswered) this.#rung.add(module);
    return reports;
  }

  async #look(module: string, signal: AbortSignal): Promise<SyncReport | null> {
    const { store } = this.#engine;
    const begun = `news begun ${module}`;
    const isNews = async () => {
      const news = await this.#newsOf(module);
      const isNew = news !== null && news !== this.#tried.get(module);
      if (news !== null) this.#tried.set(module, news);
      const isOpen = (await store.getValue(begun)) === true;
      if (isNew && !isOpen) await store.putValue(begun, true);
      return isNew || isOpen;
    };
    const onProgress = this.#onProgress;
    const report = await syncChanged(this.#engine, module, isNews, {
      ...{ flow: null, deliver: true, onProgress, signal, patienceMs: PATIENCE_MS },
    });
    if (report !== null) await store.putValue(begun, null);
    return report;
  }

  async #newsOf(module: string): Promise<string | null> {
    const source = await this.#engine.openSource(module);
    try {
      const since = await this.#engine.store.intake.checkpoint(module, '');
      return source.fingerprint === undefined ? UNTOLD : await source.fingerprint(since);
    } finally {
      await source.close();
    }
  }
}
