import { Failure } from '../../failure/failure.ts';
import type { OnProgress } from '../../message/progress.ts';
import { syncChanged } from '../../night/sync.ts';
import type { Engine } from '../../run/engine.ts';
import { holding } from '../../run/leases/lease.ts';
import { keptValue } from '../../store/store.ts';
import type { SyncReport } from '../control-bus.ts';

/** Whoever rings again meanwhile waits no longer than this for a target that is out. */
const PATIENCE_MS = 60_000;
/** What could not be looked at is left alone for so long, unless somebody rings again. */
const PAUSE_MS = 30_000;
/** What a target did not take meanwhile is tried again after this, where somebody looks. */
const AGAIN_MS = 300_000;
/** The news of a source that cannot tell: it must be asked once. */
const UNTOLD = 'untold';

/** A module that was rung for, until somebody looks: not before then, in epoch milliseconds. */
const RINGS = keptValue<{ readonly notBefore: number }>('ring');
/** The news of a module that a sync was begun for. */
const TRIED = keptValue<string>('news tried');
/** A sync of a module's news that has not ended, or has left something: when to try it again. */
const BEGUN = keptValue<true | number>('news begun');

/**
 * Modules that may have news. A ring says nothing but "look now": rings that come before the look
 * are one, those that come during it are one more. They are kept with all else, for whichever
 * process looks; one that is lost with its process is made up for by the next turn of the schedule.
 * That a sync of news was begun is kept until it has ended, and until nothing is left: where the
 * process died or a target was out, what was taken in and not delivered is no news to the source.
 */
export class Doorbell {
  readonly #engine: Engine;
  readonly #onProgress: OnProgress;
  /** Heard, and not kept yet; true: whatever was looked into before. */
  readonly #heard = new Map<string, boolean>();

  constructor(engine: Engine, onProgress: OnProgress) {
    this.#engine = engine;
    this.#onProgress = onProgress;
  }

  /** False if no flow reads from such a module. */
  notify(module: string): boolean {
    if (!this.#modules().has(module)) return false;
    this.#heard.set(module, true);
    return true;
  }

  poll(module: string): void {
    this.#heard.set(module, this.#heard.get(module) ?? false);
  }

  /** Keeps what was heard, so that others can answer it. */
  async keep(): Promise<void> {
    for (const [module, isClaim] of this.#heard) {
      if (isClaim) await TRIED.write(this.#engine.store, module, null);
      await this.#ring(module, 0);
      this.#heard.delete(module);
    }
  }

  /** Looks at every module that was rung, as long as there are news. Answers what was run. */
  async answer(signal: AbortSignal): Promise<readonly SyncReport[]> {
    const reports: SyncReport[] = [];
    const unanswered = new Set<string>();
    for (;;) {
      await this.keep();
      const module = await this.#next(unanswered);
      if (module === null || signal.aborted) return reports;
      const name = `ring ${module}`;
      const done = await holding(name, this.#engine, { signal }, (held) =>
        this.#answerOne(module, held.signal),
      );
      if (done !== null && done.result !== null) reports.push(done.result);
      else unanswered.add(module);
    }
  }

  /** Null where there is nothing new, or it must wait. */
  async #answerOne(module: string, signal: AbortSignal): Promise<SyncReport | null> {
    const { store, log, now } = this.#engine;
    if ((await RINGS.read(store, module)) === null) return null;
    await RINGS.write(store, module, null);
    try {
      const report = await this.#look(module, signal);
      // There may be more: it is looked once more, until there is not.
      if (report !== null) await this.#ring(module, 0);
      return report;
    } catch (failure) {
      if (signal.aborted) {
        await this.#ring(module, 0);
        return null;
      }
      if (!(failure instanceof Failure)) throw failure;
      log.warn({ module, code: failure.code }, 'a ring waits');
      await this.#ring(module, now() + PAUSE_MS);
      return null;
    }
  }

  async #next(without: ReadonlySet<string>): Promise<string | null> {
    const { store, now } = this.#engine;
    for (const module of this.#modules()) {
      if (without.has(module)) continue;
      const ring = await RINGS.read(store, module);
      if (ring !== null && ring.notBefore <= now()) return module;
    }
    return null;
  }

  #ring(module: string, notBefore: number): Promise<void> {
    return RINGS.write(this.#engine.store, module, { notBefore });
  }

  #modules(): ReadonlySet<string> {
    return new Set(this.#engine.workspace.flows.flatMap(({ from }) => from));
  }

  async #look(module: string, signal: AbortSignal): Promise<SyncReport | null> {
    const { store, now } = this.#engine;
    const isNews = async () => {
      const news = await this.#newsOf(module);
      const isNew = news !== null && news !== (await TRIED.read(store, module));
      const open = await BEGUN.read(store, module);
      const isDue = open === true || (typeof open === 'number' && open <= now());
      // First: whoever dies between the two is not to have tried what nobody has begun.
      if (isNew || isDue) await BEGUN.write(store, module, true);
      // Lying there still, it is no reason to run again.
      if (news !== null) await TRIED.write(store, module, news);
      return isNew || isDue;
    };
    const onProgress = this.#onProgress;
    const report = await syncChanged(this.#engine, module, isNews, {
      ...{ flow: null, deliver: true, onProgress, signal, patienceMs: PATIENCE_MS },
    });
    if (report === null) return null;
    const isLeft = report.flows.some(({ outcome }) => outcome === 'failed');
    await BEGUN.write(store, module, isLeft ? now() + AGAIN_MS : null);
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
