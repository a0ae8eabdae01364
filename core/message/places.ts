import type { Place } from './message.ts';

/** `pupils.csv:3, pupils.csv:9 and 4 more`: some of `count` places. */
export function textOfPlaces(some: readonly Pick<Place, 'file' | 'line'>[], count: number): string {
  const named = some.map(({ file, line }) => (line === null ? file : `${file}:${line}`));
  const more = count - named.length;
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ');
}
