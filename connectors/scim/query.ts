/** What a list is asked for: the resources with that value. */
export interface Filter {
  readonly attribute: string;
  readonly value: string;
}

/** The query of a page of a list, from 1 (RFC 7644, 3.4.2). */
export function pageQuery(startIndex: number, count: number, filter: Filter | null): string {
  const query = new URLSearchParams({ startIndex: String(startIndex), count: String(count) });
  if (filter !== null) query.set('filter', `${filter.attribute} eq ${quoted(filter.value)}`);
  // A plus is a space in forms alone: there are services that take it for itself.
  return String(query).replaceAll('+', '%20');
}

/** A text as a filter's string: quotes and backslashes escaped (RFC 7644, 3.4.2.2). */
export function quoted(text: string): string {
  return JSON.stringify(text);
}
