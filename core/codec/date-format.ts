const TOKENS: Readonly<Record<string, string>> = {
  yyyy: '(?<year>\\d{4})',
  MM: '(?<month>\\d{2})',
  M: '(?<month>\\d{1,2})',
  dd: '(?<day>\\d{2})',
  d: '(?<day>\\d{1,2})',
};

/**
 * A reader of dates written as `format` says (`yyyy`, `MM` or `M`, `dd` or `d`, anything else
 * stands
 * for itself): `YYYY-MM-DD`, `''` for an empty cell, null for what is no date of the calendar.
 */
export function dateReader(format: string): (text: string) => string | null {
  const pattern = format.replace(
    /yyyy|MM?|dd?|[^yMd]+/g,
    (part) => TOKENS[part] ?? RegExp.escape(part),
  );
  const expression = new RegExp(`^${pattern}$`);
  return (text) => {
    const trimmed = text.trim();
    if (trimmed === '') return '';
    const parts = expression.exec(trimmed)?.groups;
    return parts === undefined ? null : calendarDate(parts);
  };
}

function calendarDate(parts: Readonly<Record<string, string>>): string | null {
  const text = `${parts['year']}-${parts['month']?.padStart(2, '0')}-${parts['day']?.padStart(2, '0')}`;
  const at = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== text ? null : text;
}
