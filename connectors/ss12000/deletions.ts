import { isObject, type Json, type JsonService, TransientFailure } from '../../core/plugin.ts';

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
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const deleted = new Map<string, string[]>(Object.keys(LISTS).map((stream) => [stream, []]));
  const read = new Set<string>();
  for (let token: string | null = ''; token !== null; ) {
    if (read.has(token)) throw unreadable('its pages lead round in a circle');
    read.add(token);
    const query: Record<string, string> = token === '' ? { after } : { pageToken: token };
    const page: Json = await http.get(`/deletedEntities?${new URLSearchParams(query)}`, { signal });
    if (page === null && token === '') break;
    if (!isObject(page) || page['data'] === undefined) throw unreadable('a page holds no list');
    const { data = null, pageToken = null } = page;
    for (const [stream, ids] of deleted) ids.push(...idsIn(data, LISTS[stream] ?? []));
    token = typeof pageToken === 'string' && pageToken !== '' ? pageToken : null;
  }
  return deleted;
}

function unreadable(how: string): TransientFailure {
  const text = `list /deletedEntities: ${how}.`;
  const hint = 'Nothing was concluded from it: read it again.';
  return new TransientFailure('TARGET_ANSWER_UNREADABLE', text, { hint });
}

function idsIn(data: Json, names: readonly string[]): readonly string[] {
  if (!isObject(data)) return [];
  const lists = names.map((name) => data[name] ?? []);
  return lists.flatMap((list) => (Array.isArray(list) ? list : [])).filter(isText);
}

function isText(value: Json): value is string {
  return typeof value === 'string';
}
