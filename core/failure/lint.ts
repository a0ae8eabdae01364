import type { Saying } from '../message/message.ts';
import { InvalidFailure } from './failure.ts';
import { inEnglish, saying } from './saying.ts';

/** A fault in a file that a person wrote. Lines and columns count from 1. */
export interface Lint {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Stable code such as `FLOW_MODULE_UNKNOWN`. */
  readonly code: string;
  /** What `text` is made of: faces say it in their languages. */
  readonly said: Saying;
  readonly hintSaid: Saying;
  readonly text: string;
  /** How to mend it, e.g. `Did you mean "lms"?`; empty where the text says it all. */
  readonly hint: string;
  /** Something is not done yet, and may be done later: it is told, and no check fails by it. */
  readonly mayWait?: true;
}

const NO_HINT = saying('nothing', {});

/** A lint, with its words in English as they are logged. */
export function lintOf(
  at: Pick<Lint, 'file' | 'line' | 'column' | 'code'>,
  said: Saying,
  hintSaid: Saying = NO_HINT,
): Lint {
  return { ...at, text: inEnglish(said), hint: inEnglish(hintSaid), said, hintSaid };
}

/** Files that a person wrote have faults, and nothing is done: CONFIG_INVALID. */
export class LintsFailure extends InvalidFailure {
  readonly lints: readonly Lint[];

  constructor(lints: readonly Lint[]) {
    super('CONFIG_INVALID', lints.map(formatLint).join('\n'));
    this.lints = lints;
  }
}

/** `flows/lms.yaml:6:42 FLOW_MODULE_UNKNOWN no module "lmss". Did you mean "lms"?` */
export function formatLint(lint: Lint): string {
  return formatLintIn(lint, inEnglish);
}

/** The same in the words of a language. */
export function formatLintIn(lint: Lint, say: (saying: Saying) => string): string {
  const place = `${lint.file}:${lint.line}:${lint.column}`;
  const [text, hint] = [say(lint.said), say(lint.hintSaid)];
  if (hint === '') return `${place} ${lint.code} ${text}`;
  const stop = /[.?!]$/.test(text) ? '' : '.';
  return `${place} ${lint.code} ${text}${stop} ${hint}`;
}

/** Sorted by place, as a compiler lists them. */
export function sortLints(lints: readonly Lint[]): Lint[] {
  return [...lints].sort(
    (a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column,
  );
}

/** `Did you mean "x"?` for the candidate nearest to what was written; empty if none is near. */
export function didYouMean(written: string, candidates: Iterable<string>): string {
  return inEnglish(nearestTo(written, candidates));
}

/** The same as a saying. */
export function nearestTo(written: string, candidates: Iterable<string>): Saying {
  const meant = written.toLowerCase();
  let best = '';
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const distance = distanceOf(meant, candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best === '' ? saying('nothing', {}) : saying('didYouMean', { name: best });
}

/** The same, or the first of all that there are where none is near. */
export function nearestOrAll(written: string, candidates: Iterable<string>): Saying {
  const known = [...candidates];
  const all = known.length === 0 ? NO_HINT : saying('knownSystems', { known: known.slice(0, 12) });
  return nearestOr(written, known, all);
}

/** The same, or another hint where none is near. */
export function nearestOr(written: string, candidates: Iterable<string>, other: Saying): Saying {
  const near = nearestTo(written, candidates);
  return near.name === 'nothing' ? other : near;
}

/** A part of a longer word that is no chance: `phone` of `phoneNumbers`. */
const SHORTEST_PART = 4;

/**
 * How far one word is from the other; infinite where nobody takes the one for the other. A short
 * word may have fewer slips than a long one, since every short word is near to some other.
 */
function distanceOf(written: string, candidate: string): number {
  const [short, long] = [written, candidate].sort((a, b) => a.length - b.length);
  const most = mostSlips(long?.length ?? 0);
  const distance = editDistance(written, candidate);
  if (distance <= most) return distance;
  const isPart =
    short !== undefined &&
    short.length >= SHORTEST_PART &&
    (long?.startsWith(short) || long?.endsWith(short));
  // What has few slips is nearer than what is there in part.
  return isPart === true ? Math.max(distance, most + 1) : Number.POSITIVE_INFINITY;
}

/** Of a word of so many signs: none up to 2, one up to 4, then one for every three begun. */
function mostSlips(length: number): number {
  if (length <= 2) return 0;
  return length <= 4 ? 1 : Math.ceil(length / 3);
}

/** Signs put in, left out or changed; two neighbours that have changed places are one slip. */
function editDistance(a: string, b: string): number {
  let before: readonly number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution, swap));
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
