import type { Json, JsonObject, JsonService, Paging } from '../../core/plugin.ts';

/** The lists of deleted ids by stream. The standard misspells activities; some providers do not. */
const LISTS: Readonly<Record<string, readonly string[]>> = {
  organisation: ['organisations'],
  syllabus: ['syllabuses'],
  programme: ['programmes'],
  person: ['persons'],
  group: ['groups'],
  placement: ['placements'],
  duty: ['duties'],
  activity: ['activitites', 'activities'],
};

/**
 * Reads which ids the provider has deleted since `after` (RFC 3339), by stream. A provider that does
 * not offer the list tells of none. Throws the Failure of the answer.
 */
export async function readDeletions(
  http: JsonService,
  after: string,
  paging: Paging,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const deleted = new Map<string, string[]>(Object.keys(LISTS).map((stream) => [stream, []]));
  const path = `/deletedEntities?${new URLSearchParams({ after })}`;
  for await (const lists of http.lists(path, paging, { signal })) {
    for (const [stream, ids] of deleted) ids.push(...idsIn(lists, LISTS[stream] ?? []));
  }
  return deleted;
}

function idsIn(lists: JsonObject, names: readonly string[]): readonly string[] {
  const named = names.map((name) => lists[name] ?? []);
  return named.flatMap((list) => (Array.isArray(list) ? list : [])).filter(isText);
}

function isText(value: Json): value is string {
  return typeof value === 'string';
}
