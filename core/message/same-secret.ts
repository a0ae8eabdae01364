import { createHash, timingSafeEqual } from 'node:crypto';

/** Takes as long whatever differs: digests of one length are compared to their end. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
