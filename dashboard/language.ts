import cronstrue from 'cronstrue';
import 'cronstrue/locales/sv.js';
import { ENGLISH, inWords, type Saying, type Speech } from '../core/control/control-bus.ts';
import { en } from './locales/en.ts';
import { sv, type Words } from './locales/sv.ts';

/** The words of a language, and how it writes time where the city is. */
export interface Language {
  readonly words: Words;
  time(epochMs: number): string;
  /** The time of day alone. */
  clock(epochMs: number): string;
  /** Of a clock on the wall, `2026-09-01T02:15`. */
  wall(wallClock: string): string;
  /** What the core says, by its sentence in this language; null where that is not known here. */
  say(saying: Saying): string | null;
  /** When the turns of a cron expression are, in words. */
  turns(expression: string): string;
}

const ALL: readonly Words[] = [sv, en];

export function languages(): readonly Words[] {
  return ALL;
}

/** How mails of a language say things; English ones are those of the core. */
export function speechOf(code: 'en' | 'sv'): Speech {
  return code === 'sv' ? sv : ENGLISH;
}

/** What a person has chosen, else what the browser prefers; Swedish where neither is known. */
export function languageFor(chosen: string, accepted: string, timeZone: string): Language {
  const wanted = [chosen, ...accepted.split(',').map((one) => one.trim().slice(0, 2))];
  const known = wanted.map((code) => ALL.find((one) => one.code === code.toLowerCase()));
  const words = known.find((one) => one !== undefined) ?? sv;
  const { format, clock, asItIs } = formatsOf(words.region, timeZone);
  return {
    words,
    say: (saying) => inWords(saying, words.sentences, words.n),
    clock: (epochMs) => clock.format(epochMs),
    time: (epochMs) => format.format(epochMs),
    wall: (wallClock) => asItIs.format(Date.parse(`${wallClock}Z`)),
    turns: (expression) =>
      cronstrue.toString(expression, { locale: words.code, use24HourTimeFormat: true }),
  };
}

interface Formats {
  readonly format: Intl.DateTimeFormat;
  readonly clock: Intl.DateTimeFormat;
  readonly asItIs: Intl.DateTimeFormat;
}

/** Making one takes longer than using it a hundred times; there are as many as languages. */
const FORMATS = new Map<string, Formats>();

function formatsOf(region: string, timeZone: string): Formats {
  const known = FORMATS.get(`${region} ${timeZone}`);
  if (known !== undefined) return known;
  const style = { dateStyle: 'medium', timeStyle: 'short' } as const;
  const made = {
    format: new Intl.DateTimeFormat(region, { ...style, timeZone }),
    clock: new Intl.DateTimeFormat(region, { timeStyle: 'short', timeZone }),
    asItIs: new Intl.DateTimeFormat(region, { ...style, timeZone: 'UTC' }),
  };
  FORMATS.set(`${region} ${timeZone}`, made);
  return made;
}

/** A sentence that begins with the name of a kind, written as a sentence is. */
export function asSentence(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
