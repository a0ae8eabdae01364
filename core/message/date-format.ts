import { SINCE_EVER } from './dates.ts';
import { remembered } from './remembered.ts';

/** A column has few days, and says each of them often. */
const MOST_DAYS = 10_000;
const TOKENS = /y+|M+|d+|H+|m+|s+|S+|[^yMdHmsS]+/g;
const DATE_PARTS = ['y', 'yy', 'yyyy', 'M', 'MM', 'd', 'dd'];
const TIME_PARTS = ['H', 'HH', 'm', 'mm', 's', 'ss', 'S', 'SS', 'SSS'];

/** What a form must be, in words for whoever wrote another. */
export const DATE_FORM_RULE =
  'a date needs y, M and d, once each: yyyy, MM or M, dd or d, then perhaps a time such as HH:mm:ss; years of two digits and names of months cannot be read';

/**
 * Compiles a date form of `y`, `M` and `d`, one letter for any number of digits, more for exactly so
 * many: `M/d/yyyy`, `yyyyMMdd`. A time of the day (`yyyy-MM-dd HH:mm:ss`) is read over. Answers a
 * function that gives `YYYY-MM-DD`, or null for what is not a real date of that form, whose year has
 * four digits or is `SINCE_EVER`'s; null if no date could be read by the form. Years of two digits
 * (`yy`) need a pivot: the last of them that is one of this century.
 */
export function compileDateFormat(
  format: string,
  pivot: number | null = null,
): ((text: string) => string | null) | null {
  const parts: readonly string[] = format.match(TOKENS) ?? [];
  const isShort = parts.includes('yy');
  if (!parts.every(isReadable) || (isShort && pivot === null)) return null;
  const order = parts.map((part) => part.charAt(0)).filter((letter) => 'yMd'.includes(letter));
  if ([...order].sort().join('') !== 'Mdy') return null;
  const expression = new RegExp(`^${parts.map(patternOf).join('')}$`);
  const known = remembered<string | null>(MOST_DAYS);
  const read = (text: string): string | null => {
    const match = expression.exec(text.trim());
    if (match === null) return null;
    const numbers = new Map(order.map((letter, index) => [letter, Number(match[index + 1])]));
    const year = numbers.get('y') ?? 0;
    const century = isShort ? (year > (pivot ?? 0) ? 1900 : 2000) : 0;
    return realDate(century + year, numbers.get('M') ?? 0, numbers.get('d') ?? 0);
  };
  return (text) => known(text, () => read(text));
}

/**
 * Compiles the other way: a function that writes `YYYY-MM-DD` by a form that can be read, its time as
 * midnight; what is no such date stays as it is.
 */
export function compileWrittenDate(format: string): (date: string) => string {
  const parts = format.match(TOKENS) ?? [];
  const known = remembered<string>(MOST_DAYS);
  const write = (date: string): string => {
    const [, y = '', M = '', d = ''] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date) ?? [];
    if (y === '') return date;
    const numbers = new Map([...Object.entries({ y, M, d })]);
    return parts.map((part) => writtenPart(part, numbers.get(part.charAt(0)))).join('');
  };
  return (date) => known(date, () => write(date));
}

function writtenPart(part: string, digits: string | undefined): string {
  if (TIME_PARTS.includes(part)) return '0'.repeat(part.length);
  if (digits === undefined) return part;
  return part.length === 1 ? String(Number(digits)) : digits;
}

/** The fewest characters that a date of a form takes. */
export function shortestDate(format: string): number {
  const parts = format.trim().match(TOKENS) ?? [];
  return parts.reduce((sum, part) => sum + (part === 'y' ? 4 : part.length), 0);
}

/**
 * Of other letters than those of dates and times, only the T between them stands in any date:
 * `MMM`, `DD` or a zone would be a form that nothing ever fits.
 */
function isReadable(part: string): boolean {
  if (DATE_PARTS.includes(part) || TIME_PARTS.includes(part)) return true;
  return !/[yMdHmsS]/.test(part) && !/\p{L}/u.test(part.replace(/^T$/, ''));
}

function patternOf(part: string): string {
  if (TIME_PARTS.includes(part)) return part.length === 1 ? '\\d{1,9}' : `\\d{${part.length}}`;
  if (!DATE_PARTS.includes(part)) return RegExp.escape(part);
  return part.length === 1 ? '(\\d{1,4})' : `(\\d{${part.length}})`;
}

function realDate(year: number, month: number, day: number): string | null {
  if (year === 1 && month === 1 && day === 1) return SINCE_EVER;
  const date = new Date(Date.UTC(year, month - 1, day));
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isReal && year >= 1000 ? date.toISOString().slice(0, 10) : null;
}
