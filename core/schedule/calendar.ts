/** The date of an instant in a time zone, `YYYY-MM-DD`. */
export function dateIn(timeZone: string, epochMs: number): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(epochMs);
}
