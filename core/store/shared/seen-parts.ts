/** Which parts a run has seen, one bit each by the part's number. */
export class SeenParts {
  #bits = new Uint8Array(1024);

  add(number: number): void {
    const at = number >>> 3;
    if (at >= this.#bits.length) this.#grow(at + 1);
    this.#bits[at] = (this.#bits[at] ?? 0) | (1 << (number & 7));
  }

  delete(number: number): void {
    const at = number >>> 3;
    this.#bits[at] = (this.#bits[at] ?? 0) & ~(1 << (number & 7));
  }

  has(number: number): boolean {
    return ((this.#bits[number >>> 3] ?? 0) & (1 << (number & 7))) !== 0;
  }

  #grow(least: number): void {
    const bits = new Uint8Array(Math.max(least, this.#bits.length * 2));
    bits.set(this.#bits);
    this.#bits = bits;
  }
}

/** The kept parts that a run has seen, and those of them that it would change. */
export interface SeenByRun {
  readonly all: SeenParts;
  readonly staged: SeenParts;
  /** Those of which the last word is that they go. */
  readonly removed: SeenParts;
}

/** Notes parts as seen, if the run has met none of them. */
export function passOver({ all, staged }: SeenByRun, numbers: readonly number[]): boolean {
  if (numbers.some((number) => all.has(number) || staged.has(number))) return false;
  for (const number of numbers) all.add(number);
  return true;
}

export function seenNothing(): SeenByRun {
  return { all: new SeenParts(), staged: new SeenParts(), removed: new SeenParts() };
}
