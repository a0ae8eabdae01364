/** `95%`, `2.5 %` or a number from 0 to 1, as a fraction; null if it is neither. */
export function parseFraction(written: unknown, most = 1): number | null {
  if (typeof written === 'number') return written >= 0 && written <= most ? written : null;
  const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(String(written));
  const fraction = match === null ? null : Number(match[1]) / 100;
  return fraction !== null && fraction <= most ? fraction : null;
}

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `30s`, `5 min`, `1h`, `2d`, `500ms` in milliseconds; null if it is none of them. */
export function parseDuration(written: unknown): number | null {
  const match = /^(\d+)\s*(ms|s|min|h|d)$/.exec(String(written));
  const unit = UNITS_MS[match?.[2] ?? ''];
  return match === null || unit === undefined ? null : Number(match[1]) * unit;
}
