import type { Casting } from './casting.ts';
import type { RegisterNight } from './register-night.ts';

/** One night of a situation: what the register says otherwise than the night before. */
export type Scene = (night: RegisterNight) => void;

/** A situation with its cast: to whom it happens, and what the register sends, night by night. */
export interface Staged {
  /** Who or what, by the register's ids. */
  readonly who: Readonly<Record<string, string>>;
  /** The first is how things were. */
  readonly scenes: readonly [Scene, ...Scene[]];
}

/** What each target shows afterwards; beginning with `nothing` where it is told nothing. */
export interface Shown {
  readonly collaboration: string;
  readonly lms: string;
  readonly identity: string;
}

/** One of the situations of school life, 7.1 to 7.34. */
export interface Situation {
  readonly number: number;
  readonly name: string;
  readonly what: string;
  readonly shown: Shown;
  /** What happens only when the next day has come, with no word from the register. */
  readonly isNextDay?: true;
  /** A person must look before anything is told. */
  readonly isHeld?: true;
  readonly stage: (casting: Casting) => Staged;
}

/** A situation that the register alone cannot bring about, and what to do instead. */
export interface ByHand {
  readonly number: number;
  readonly name: string;
  readonly what: string;
  readonly steps: string;
}

/** How things were is how the city is. */
export const AS_IT_IS: Scene = () => undefined;
