/** Answers by the names that were asked for; a name that is missing has none. */
export type Answers<T> = ReadonlyMap<string, T>;

/**
 * Questions that are asked at the same time go to the server as one: a way there and back takes
 * a hundred times as long as the look-up itself, and those who ask are many, and know nothing of
 * one another.
 */
export class Gathering<T> {
  readonly #ask: (names: readonly string[]) => Promise<Answers<T>>;
  #asked: Set<string> | null = null;
  #answers: Promise<Answers<T>> = Promise.resolve(new Map());

  constructor(ask: (names: readonly string[]) => Promise<Answers<T>>) {
    this.#ask = ask;
  }

  /** The answers to these and to whatever else is asked in the same turn of the event loop. */
  async of(names: readonly string[]): Promise<Answers<T>> {
    if (this.#asked === null) {
      const asked = new Set<string>();
      this.#asked = asked;
      this.#answers = new Promise((resolve) => setImmediate(resolve)).then(() => {
        this.#asked = null;
        return this.#ask([...asked]);
      });
    }
    for (const name of names) this.#asked.add(name);
    return this.#answers;
  }
}
