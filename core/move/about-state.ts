import { MOVED } from '../run/prepare-stored.ts';
import type { CanonicalSchemas } from '../schema/canonical.ts';
import type { SmallRow } from '../store/shared/small-rows.ts';
import type { Store } from '../store/store.ts';

/** What must be known of a workspace to find all that its store holds. */
export interface AboutState {
  readonly canonical: CanonicalSchemas;
  /** All modules that may have been read. */
  readonly sources: readonly string[];
}

/** A source and one of its streams, of which there are parts. */
export async function streamsOf({
  entities,
}: Store): Promise<readonly { readonly source: string; readonly stream: string }[]> {
  const found = new Map<string, { source: string; stream: string }>();
  for (const { source, stream } of await entities.samples()) {
    found.set(JSON.stringify([source, stream]), { source, stream });
  }
  return [...found.values()];
}

/** The sources of the workspace, and those of before of which there is still something. */
export async function sourcesOf(store: Store, about: AboutState): Promise<readonly string[]> {
  const streams = await streamsOf(store);
  return [...new Set([...about.sources, ...streams.map(({ source }) => source)])].sort();
}

/**
 * False of values that say how far a plan or an opening has come with what a store has noted of its
 * own: in another store the next run looks at everything, and the next opening, too.
 */
export function isMoved({ table, key: [name = ''] }: SmallRow): boolean {
  const isOwn = OF_ONE_STORE.has(name) || OF_ONE_LEDGER.some((one) => name.startsWith(one));
  return table !== 'value' || !isOwn;
}

/** In a store into which all is being moved: whence. */
export const MOVING = 'moving from';
const OF_ONE_LEDGER: readonly string[] = ['planned ', 'last set '];
const OF_ONE_STORE: ReadonlySet<string> = new Set([MOVED, MOVING, 'prepared for', 'lookupIndex']);
