interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
}

const FIELDS: readonly Field[] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12 },
  { name: 'day of week', least: 0, most: 7 },
];

/** What is wrong with a five-field cron expression; null if nothing is. */
export function cronFault(expression: string): string | null {
  const written = expression.trim().split(/\s+/);
  if (written.length !== FIELDS.length) {
    return `a schedule has five fields (${FIELDS.map((field) => field.name).join(', ')})`;
  }
  for (const [index, field] of FIELDS.entries()) {
    const parts = (written[index] ?? '').split(',');
    if (!parts.every((part) => isPart(part, field))) {
      return `${field.name} must be from ${field.least} to ${field.most}, as *, a, a-b, */n or a,b`;
    }
  }
  return null;
}

function isPart(part: string, { least, most }: Field): boolean {
  const match = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
  if (match === null) return false;
  const [, from, to, step] = match;
  const isInside = (text: string | undefined) =>
    text === undefined || (Number(text) >= least && Number(text) <= most);
  const isOrdered = from === undefined || to === undefined || Number(from) <= Number(to);
  return isInside(from) && isInside(to) && isOrdered && step !== '0';
}
