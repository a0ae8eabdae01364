import {
  CATALOGUE,
  type CauseAndRemedy,
  type FailureCode,
  knownFailure,
} from '../../failure/catalogue.ts';
import type { Finding } from '../../failure/finding.ts';
import { inWords, SENTENCES, type Sentences } from '../../failure/saying.ts';
import type { Saying } from '../../message/message.ts';

/** How mails say what they say in one language; a face's words are one. */
export interface Speech {
  readonly sentences: Sentences;
  readonly failures: Readonly<Record<FailureCode, CauseAndRemedy>>;
  /** A number as it is written. */
  readonly n: (count: number) => string;
  /** What a run has counted. */
  readonly counts: (counts: Readonly<Record<string, number>>) => string;
}

/** The language of the log, and of mails where nothing else is said. */
export const ENGLISH: Speech = {
  sentences: SENTENCES,
  failures: CATALOGUE,
  n: String,
  counts: (counts) =>
    Object.entries(counts)
      .map(([what, count]) => `${count} ${what}`)
      .join(', '),
};

/** A saying in the words of a language; empty where it has none for it. */
export function sayIn({ sentences, n }: Speech, saying: Saying): string {
  return inWords(saying, sentences, n) ?? '';
}

/** What is the matter, in words; a code of another version stays one. */
export function meaningIn({ failures }: Speech, code: string): string {
  const own = Object.entries<CauseAndRemedy>(failures).find(([one]) => one === code)?.[1];
  return own?.meaning ?? code;
}

/**
 * What a finding or a problem says, and what to do: as it was kept where the language has no words
 * for it.
 */
export function findingIn(
  speech: Speech,
  finding: Pick<Finding, 'code' | 'text' | 'hint' | 'said' | 'hintSaid'>,
): readonly [string, string] {
  const { code, text, hint, said, hintSaid } = finding;
  if (speech === ENGLISH) return [text, hint];
  const words = (kept: string, saying: Saying | undefined) =>
    (saying === undefined ? null : inWords(saying, speech.sentences, speech.n)) ?? kept;
  const usual = knownFailure(code);
  const own = Object.entries<CauseAndRemedy>(speech.failures).find(([one]) => one === code)?.[1];
  const remedy = own !== undefined && usual?.hint === hint ? own.hint : words(hint, hintSaid);
  return [words(text, said), remedy];
}
