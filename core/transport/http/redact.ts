const LONGEST = 300;
const SHORTEST_KNOWN = 3;
const MASK = '***';

/**
 * A target's answer made fit for logs and dashboards: known values (of at least 3 characters, also
 * as URLs and JSON write them), e-mail addresses and numbers of 6 digits or more are masked;
 * control characters go; at most 300 characters.
 */
export function redact(text: string, known: readonly string[]): string {
  const plain = text
    .slice(0, LONGEST * 20)
    .normalize('NFC')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  const masked = withoutKnown(plain, known)
    .replace(/[^\s"'<>@=:;,()]+@[^\s"'<>@;,()]+/g, MASK)
    .replace(/\d(?:[ -]?\d){5,}/g, MASK);
  return masked.length > LONGEST ? `${masked.slice(0, LONGEST - 1)}…` : masked;
}

function withoutKnown(text: string, known: readonly string[]): string {
  const values = known.map((value) => value.normalize('NFC').trim());
  const variants = values
    .filter((value) => value.length >= SHORTEST_KNOWN)
    .flatMap((value) => [value, encodeURIComponent(value.toWellFormed()), asciiJson(value)])
    .sort((a, b) => b.length - a.length);
  if (variants.length === 0) return text;
  return text.replace(
    new RegExp(variants.map((value) => RegExp.escape(value)).join('|'), 'giu'),
    MASK,
  );
}

function asciiJson(value: string): string {
  const json = JSON.stringify(value).slice(1, -1);
  return json.replace(
    /[^\x20-\x7e]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
