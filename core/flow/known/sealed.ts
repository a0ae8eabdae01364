import { idOf } from '../../message/digest.ts';

/** What was made from files, as a text that only those who have the same files can open. */
export function sealed(print: string, value: object): string {
  const content = JSON.stringify(value);
  return `${idOf(print, content)} ${content}`;
}

/** What was sealed with that print; null where it was another one, or the text has changed. */
export function unsealed<T>(print: string, text: unknown): T | null {
  if (typeof text !== 'string') return null;
  const [seal] = text.split(' ', 1);
  const content = text.slice((seal ?? '').length + 1);
  // SAFETY: the seal says that it is what was written.
  return seal === idOf(print, content) ? (JSON.parse(content) as T) : null;
}
