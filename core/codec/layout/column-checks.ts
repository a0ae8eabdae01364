import { saying } from '../../failure/saying.ts';
import { canonicalText } from '../../message/canonical-text.ts';
import { compileDateFormat } from '../../message/date-format.ts';
import { isOpenEnd } from '../../message/dates.ts';
import type { Saying } from '../../message/message.ts';
import { compilePattern } from '../../schema/safe-pattern.ts';
import type { LayoutColumn } from './layout.ts';

/** What a value may not be. */
export interface BadColumn {
  readonly name: string;
  /** In words that go on after the column's name. */
  readonly text: string | Saying;
}

/**
 * Checks the values of one record, and rewrites dates to `YYYY-MM-DD` and numbers in place; answers the
 * first value that is none of its column, or null.
 */
export type CheckColumns = (values: Record<string, string | readonly string[]>) => BadColumn | null;

/** A form or pattern that is none was refused when the layout was checked. */
export function compileColumnChecks(columns: readonly LayoutColumn[]): CheckColumns {
  const checks = columns.filter(({ drop }) => drop !== true).map(checkOf);
  return (values) => {
    for (const { name, change } of checks) {
      const text = values[name];
      if (typeof text !== 'string' || text === '') continue;
      const changed = change(text);
      if (typeof changed !== 'string') return { name, text: changed.fault };
      values[name] = changed;
    }
    return null;
  };
}

interface Check {
  readonly name: string;
  readonly change: (text: string) => string | { readonly fault: Saying };
}

/** Spreadsheets write 550000000000 as `5,5E+11`: the other digits are lost. */
const SHORTENED = /^\s*-?\d(?:[.,]\d+)?E\+\d{2,3}\s*$/i;

function checkOf({ name, type, date, pivot, decimals, pattern }: LayoutColumn): Check {
  if (type === 'date') return { name, change: dateChange(date ?? 'yyyy-MM-dd', pivot ?? null) };
  if (type === 'number') return { name, change: numberChange(decimals ?? null) };
  const expression = pattern === undefined ? null : compilePattern(pattern);
  return {
    name,
    change: (text) => {
      if (text.includes('+') && SHORTENED.test(text)) {
        return { fault: saying('shortened', {}) };
      }
      if (expression === null || expression.test(canonicalText(text))) return text;
      return { fault: saying('misfit', { pattern: String(pattern) }) };
    },
  };
}

const NUMBER = /^([+-]?)(\d{1,30})(?:[.,](\d{1,30}))?$/;

/** Digits with a point, whatever is written; `implied`: so many stand behind a comma unseen. */
function numberChange(implied: number | null): Check['change'] {
  return (text) => {
    if (text.trim() === '') return '';
    const found = NUMBER.exec(text.trim());
    const [, sign = '', digits = '', behind] = found ?? [];
    if (found === null) return { fault: saying('noNumber', {}) };
    if (implied !== null && behind !== undefined) {
      return { fault: saying('noDecimalsSeen', {}) };
    }
    const all = digits.padStart((implied ?? 0) + 1, '0');
    const at = all.length - (implied ?? 0);
    const whole = all.slice(0, at).replace(/^0+(?=\d)/, '');
    const rest = behind ?? all.slice(at);
    return `${sign.replace('+', '')}${whole}${rest === '' ? '' : `.${rest}`}`;
  };
}

function dateChange(form: string, pivot: number | null): Check['change'] {
  const read = compileDateFormat(form, pivot);
  return (text) => {
    if (text.trim() === '') return '';
    const day = read?.(text) ?? null;
    if (day !== null) return day;
    // Noughts or nines may be a last day that stands for none: the field that takes it knows.
    return isOpenEnd(text) ? text.trim() : { fault: saying('noDateWrittenAs', { format: form }) };
  };
}
