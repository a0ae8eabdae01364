import { versionOfProgram } from '../../flow/known/workspace-print.ts';
import type { OnProgress, Progress } from '../../message/progress.ts';
import type { Engine } from '../../run/engine.ts';

/** What this process is doing now, for those who look on. */
export class UnderWay {
  readonly #steps = new Map<string, Progress>();

  /** Notes each step until it has ended, and passes it on. */
  noting(onProgress: OnProgress): OnProgress {
    return (progress) => {
      if (progress.ended) this.#steps.delete(progress.step);
      else this.#steps.set(progress.step, progress);
      onProgress(progress);
    };
  }

  /** What was begun and broke off does not stay. */
  forget(): void {
    this.#steps.clear();
  }

  steps(): readonly Progress[] {
    return [...this.#steps.values()];
  }
}

const EVERY_MS = 2000;
/** Who has said nothing for so long is not there any more. */
export const SILENT_MS = 20_000;
/** Who died without a word is shown as silent for a day. */
const FORGOTTEN_MS = 86_400_000;

/** Says from time to time that this process is there, and what it does, until it is stopped. */
export function bePresent(
  { store, broker, owner, now }: Engine,
  role: string,
  underWay: UnderWay,
): { stop(): Promise<void> } {
  const startedAt = now();
  const version = versionOfProgram();
  const say = async () => {
    const steps = underWay.steps();
    const said = { owner, role, version, startedAt, seenAt: now(), steps };
    await store.runs.putWorker({ ...said, inHand: broker.inHand() });
  };
  const forget = async () => {
    for (const worker of await store.runs.workers()) {
      if (now() - worker.seenAt > FORGOTTEN_MS) await store.runs.removeWorker(worker.owner);
    }
  };
  // A store that is out shows at the work; what is said next is as good.
  const tried = (work: () => Promise<void>) => work().catch(() => undefined);
  let last = tried(say).then(() => tried(forget));
  const timer = setInterval(() => {
    last = tried(say);
  }, EVERY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await last;
      await tried(() => store.runs.removeWorker(owner));
    },
  };
}
