import { idOf } from '../../message/digest.ts';

/** What was made from files, as a text that only those who have the same files can open. */
export function sealed(print: string, value: object): string {
  return sealedText(print, JSON.stringify(value));
}

/** The same of a text. */
export function sealedText(print: string, content: string): string {
  return `${idOf(print, content)} ${content}`;
}

/** What was sealed with that print; null where it was another one, or the text has changed. */
export function unsealed<T>(print: string, text: unknown): T | null {
  const content = openSeal(print, text);
  // SAFETY: the seal says that it is what was written.
  return content === null ? null : (JSON.parse(content) as T);
}

/** The same of a text. */
export function openSeal(print: string, text: unknown): string | null {
  if (typeof text !== 'string') return null;
  const end = text.indexOf(' ');
  const content = text.slice(end + 1);
  return end > 0 && text.slice(0, end) === idOf(print, content) ? content : null;
}
