/** Nearly all text: letters that have one spelling only, and single spaces. */
const PLAIN = /^[\x20-\x7e\xa1-\xac\xae-\u02ff]*$/;
/** Invisible: zero width, soft hyphens, and what turns the direction of the text around it. */
const INVISIBLE = new RegExp(
  '[\\u00ad\\u061c\\u180e\\u200b\\u200c\\u200e\\u200f\\u202a-\\u202e' +
    '\\u2060-\\u2064\\u2066-\\u206f\\ufeff\\ufff9-\\ufffb]',
  'g',
);
/** A joiner holds together the parts of one emoji; anywhere else it is invisible. */
const EMOJI = '\\p{Extended_Pictographic}';
const STRAY_JOINER = new RegExp(
  `(?<!${EMOJI}[\\ufe0f\\u{1f3fb}-\\u{1f3ff}]?)\\u200d+|\\u200d+(?!${EMOJI})`,
  'gu',
);
const BLANKS = /[\s\p{Cc}]+/gu;

/**
 * The one spelling of a text that all ways of writing it lead to: letters in their composed form
 * (NFC), one space between words, and no control, zero-width or bidirectional sign. Blanks
 * around it are none of it: one file of a system fills its columns up, and the next does not.
 * Applied twice it changes nothing more.
 */
export function canonicalText(text: string): string {
  if (PLAIN.test(text) && !text.includes('  ')) return text.trim();
  const visible = text.toWellFormed().replaceAll(INVISIBLE, '').replaceAll(STRAY_JOINER, '');
  return visible.replaceAll(BLANKS, ' ').normalize('NFC').trim();
}

/** A name in its composed form (NFC): a layout says it so, a sender's Mac may write it otherwise. */
export function composed(name: string): string {
  return PLAIN.test(name) ? name : name.normalize('NFC');
}

/**
 * Text in the form in which two spellings are compared without case: `Straße` is `STRASSE`. The
 * Turkish dotted and dotless i stay letters of their own: whose account it is may hang on them.
 */
export function foldCase(text: string): string {
  const lower = canonicalText(text).toLowerCase();
  if (PLAIN.test(lower) && !lower.includes('ß')) return lower;
  const parts = lower.split('ı').map((part) => part.toUpperCase().toLowerCase());
  return parts.join('ı').normalize('NFC');
}

/** The last sign in ASCII with which a formula begins, or a blank before it. */
const LAST_SIGN = 64;

/** Whether a spreadsheet would take a text for a formula; signed numbers are none. */
export function isFormula(text: string): boolean {
  // Letters and digits begin nearly all texts: asked of every value of every record.
  if (text.charCodeAt(0) > LAST_SIGN || text === '') return false;
  return /^\s*[=@]|^\s*[+-](?![\d\s().,-]*$)/.test(text);
}
