import type { OnProgress, Progress } from '../../message/progress.ts';

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
