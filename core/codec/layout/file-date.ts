import { saying } from '../../failure/saying.ts';
import { compileDateFormat, compileWrittenDate } from '../../message/date-format.ts';
import type { Saying } from '../../message/message.ts';

/** What the name of a file says that fits a pattern, or would but for its date. */
export interface FileDate {
  /** `YYYY-MM-DD`; `''` for a pattern without date; null where what stands there is no date. */
  readonly date: string | null;
  /** The running number; null for a pattern without one. */
  readonly number: bigint | null;
}

/**
 * What `{date}` stands for where no form is given. None can be mistaken for another: a day and a
 * month written together are no year from 1900 on.
 */
const USUAL_FORMS = ['yyyyMMdd', 'yyyy-MM-dd', 'ddMMyyyy', 'dd-MM-yyyy'];
const EARLIEST = '1900-01-01';
const NUMBER = '{number}';
const PLACEHOLDER = /\{date(?::([^{}]+))?\}/;

/**
 * Whether a file's name fits a pattern, where `{date}` stands for a day in one of the usual forms,
 * `{date:MM-dd-yyyy}` for one in a form of its own. How letters are composed does not matter: a
 * name that was written on a Mac fits. Null where it does not fit.
 */
export type MatchFileName = (name: string) => FileDate | null;

/** Compiles a pattern that has no faults. */
export function compileFileName(pattern: string): MatchFileName {
  const [before = '', form, after] = pattern.normalize('NFC').split(PLACEHOLDER);
  const readers = (form === undefined ? USUAL_FORMS : [form]).map(compileDateFormat);
  const dateOf = (text: string): string | null => {
    const dates = readers.map((read) => read?.(text) ?? null);
    return dates.find((date) => date !== null && date >= EARLIEST) ?? null;
  };
  const rest = after === undefined ? '' : `(?<date>.*\\d.*)${literal(after)}`;
  const expression = new RegExp(`^${literal(before)}${rest}$`, 'u');
  return (name) => {
    const found = expression.exec(name.normalize('NFC'));
    if (found === null) return null;
    const { date, number } = found.groups ?? {};
    return {
      date: date === undefined ? '' : dateOf(date),
      number: number === undefined ? null : BigInt(number),
    };
  };
}

function literal(text: string): string {
  return text.split(NUMBER).map(RegExp.escape).join('(?<number>\\d+)');
}

/** The name of the file of a day (`YYYY-MM-DD`) and a running number. */
export function fileNameOf(pattern: string, day: string, number: number): string {
  const [before = '', form = 'yyyyMMdd', after] = pattern.split(PLACEHOLDER);
  const name = after === undefined ? pattern : before + compileWrittenDate(form)(day) + after;
  return name.replace(NUMBER, String(number).padStart(6, '0'));
}

/** Why no file could ever fit a pattern; null if one can. */
export function fileNameFault(pattern: string): Saying | null {
  if (/[/\\]/.test(pattern)) return saying('layoutInFolder', {});
  const form = PLACEHOLDER.exec(pattern)?.[1];
  if (form !== undefined && compileDateFormat(form) === null) {
    return saying('layoutNoDateForm', { form });
  }
  const rest = pattern.replace(PLACEHOLDER, '').replace(NUMBER, '');
  if (PLACEHOLDER.test(rest)) return saying('layoutOneDate', {});
  if (rest.includes(NUMBER)) return saying('layoutOneNumber', {});
  return /[{}*?]/.test(rest) ? saying('layoutSigns', { date: '{date}', number: NUMBER }) : null;
}
