import { METHODS, STATUS_CODES } from '../node-http.ts';

const LONGEST = 300;
const SHORTEST_KNOWN = 3;
const MASK = '***';

/** Two words with capitals or more, one after the other: `Bo Ek`, `Anna-Karin ÅS`. */
const CAPITALS = /(?<![\p{L}\d.])\p{Lu}[\p{L}\p{M}'’-]*(?: \p{Lu}[\p{L}\p{M}'’-]*)+/gu;
/** Words of services that are written so and are nobody's name; those of HTTP as well. */
const PLAIN: ReadonlySet<string> = new Set(
  [
    ...Object.values(STATUS_CODES).flatMap((phrase) => phrase?.split(/[ -]/) ?? []),
    ...METHODS,
    ...['Access', 'Denied', 'Invalid', 'Value', 'Key', 'Duplicate', 'Already', 'Exists', 'Missing'],
    ...['User', 'Group', 'Person', 'Member', 'Resource', 'Attribute', 'Object', 'Field', 'Name'],
    ...['Rate', 'Limit', 'Quota', 'License', 'Token', 'Expired', 'Exception', 'Fault', 'Failure'],
    ...['API', 'HTML', 'HTTP', 'HTTPS', 'ID', 'JSON', 'LDAP', 'SCIM', 'SOAP', 'SQL', 'URL', 'XML'],
    ...['A', 'An', 'The', 'No', 'Is', 'In', 'Of', 'For', 'To', 'By', 'With', 'On', 'Has', 'Cannot'],
  ].map((word) => word.toLowerCase()),
);

/**
 * A target's answer made fit for logs and dashboards: known values (of at least 3 characters, also
 * as URLs and JSON write them), e-mail addresses, numbers of 6 digits or more, and what may be the
 * name of somebody else are masked; control characters go; at most 300 characters.
 */
export function redact(text: string, known: readonly string[]): string {
  const plain = text
    .slice(0, LONGEST * 20)
    .normalize('NFC')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  const masked = withoutKnown(plain, known)
    .replace(/[^\s"'<>@=:;,()]+@[^\s"'<>@;,()]+/g, MASK)
    .replace(/\d(?:[ -]?\d){5,}/g, MASK)
    .replace(CAPITALS, withoutNames);
  return masked.length > LONGEST ? `${masked.slice(0, LONGEST - 1)}…` : masked;
}

function withoutNames(words: string): string {
  const shown = words.split(' ').map((word) => (PLAIN.has(word.toLowerCase()) ? word : MASK));
  return shown.filter((word, at) => word !== MASK || shown[at - 1] !== MASK).join(' ');
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
