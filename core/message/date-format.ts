const LETTERS = /y+|M+|d+|[^yMd]+/g;

/**
 * Compiles a date form of `y`, `M` and `d`, one letter for any number of digits, more for exactly so
 * many: `M/d/yyyy`, `yyyyMMdd`. Answers a function that gives `YYYY-MM-DD`, or null for what is not
 * a real date of that form; null if the form lacks a part.
 */
export function compileDateFormat(format: string): ((text: string) => string | null) | null {
  const parts = format.match(LETTERS) ?? [];
  const order = parts.map((part) => part.charAt(0)).filter((letter) => 'yMd'.includes(letter));
  if ([...order].sort().join('') !== 'Mdy') return null;
  const pattern = parts.map((part) => {
    if (!'yMd'.includes(part.charAt(0))) return part.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    return part.length === 1 ? '(\\d{1,4})' : `(\\d{${part.length}})`;
  });
  const expression = new RegExp(`^${pattern.join('')}$`);
  return (text) => {
    const match = expression.exec(text.trim());
    if (match === null) return null;
    const numbers = new Map(order.map((letter, index) => [letter, Number(match[index + 1])]));
    return realDate(numbers.get('y') ?? 0, numbers.get('M') ?? 0, numbers.get('d') ?? 0);
  };
}

function realDate(year: number, month: number, day: number): string | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isReal && year >= 1000 ? date.toISOString().slice(0, 10) : null;
}
