import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

/**
 * Chance that depends on nothing but its names: each thing of the city has a stream of its own, so
 * that a change of one does not reshuffle the others.
 */
export class Chance {
  readonly #seed: string;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** A number in [0, 1) for these names, the same for ever. */
  of(...names: readonly (string | number)[]): number {
    // FNV-1a over the names, then splitmix32's finish: no secret, only spread.
    let hash = 0x811c9dc5;
    for (const character of `${this.#seed}|${names.join('|')}`) {
      hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
    hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
    return ((hash ^ (hash >>> 15)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from 0 to below `bound`. */
  below(bound: number, ...names: readonly (string | number)[]): number {
    return Math.floor(this.of(...names) * bound);
  }

  pick<T>(list: readonly T[], ...names: readonly (string | number)[]): T {
    const picked = list[this.below(list.length, ...names)];
    assert(picked !== undefined, 'there is something to pick from');
    return picked;
  }

  /** A UUID for these names: version 8 (own content) of RFC 9562. */
  uuid(...names: readonly (string | number)[]): string {
    const hex = createHash('md5')
      .update(`${this.#seed}|${names.join('|')}`)
      .digest('hex');
    const [a, b, c, d] = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(13, 16), hex.slice(17, 20)];
    return `${a}-${b}-8${c}-a${d}-${hex.slice(20)}`;
  }
}
