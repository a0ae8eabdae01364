import { InvalidFailure } from '../failure/failure.ts';
import type { CanonicalSchemas } from '../schema/canonical.ts';
import type { Store } from '../store/store.ts';
import type { Engine } from './engine.ts';

/**
 * The form of what processes share beside entities: documents, values kept by name, tickets. Who
 * changes what the version before would misread raises `reads` in one version, and `writes` in a
 * later one: so a version always works beside the next (decision 89).
 */
const WRITES = 1;
const READS = 1;
const NOTED = 'form';

/** What one version writes, and whoever reads it must know. */
export interface Form {
  readonly state: number;
  /** Versions of the canonical schemas, by kind. */
  readonly kinds: Readonly<Record<string, number>>;
}

type Values = Pick<Store, 'getValue' | 'putValue'>;

/** What this version writes, with the schemas of a workspace. */
export function formOf(canonical: Pick<CanonicalSchemas, 'kinds' | 'get'>): Form {
  const kinds = canonical.kinds.map((kind) => [kind, canonical.get(kind)?.version ?? 1]);
  return { state: WRITES, kinds: Object.fromEntries(kinds) };
}

/**
 * The form that is noted; of a store of older versions the first. Throws STORE_NEWER where this
 * version, or the workspace's files on this machine, do not know it.
 */
export async function knownForm(store: Pick<Store, 'getValue'>, own: Form): Promise<Form> {
  // SAFETY: `raiseForm` alone writes it.
  const noted = ((await store.getValue(NOTED)) as Form | null) ?? { state: 1, kinds: {} };
  const { state, kinds } = noted;
  if (state > READS) throw newer(`form ${state}`, READS);
  for (const [kind, version] of Object.entries(own.kinds)) {
    const said = kinds[kind] ?? 0;
    if (said > version) throw newer(`version ${said} of ${kind}`, version);
  }
  return noted;
}

/**
 * Notes what this version writes, where that is more than was noted; before any of it is written,
 * so that nobody who is too old reads it half done. Throws STORE_NEWER.
 */
export async function raiseForm(store: Values, own: Form): Promise<void> {
  const noted = await knownForm(store, own);
  const kinds = { ...noted.kinds, ...own.kinds };
  const raised = { state: Math.max(noted.state, own.state), kinds };
  await store.putValue(NOTED, raised);
}

/** Throws STORE_NEWER where a newer version has been at what is stored since this process began. */
export async function stillKnown({
  store,
  workspace,
}: Pick<Engine, 'store' | 'workspace'>): Promise<void> {
  await knownForm(store, formOf(workspace.canonical));
}

function newer(what: string, known: number): InvalidFailure {
  const text = `what is stored has been brought to ${what} by a newer version; this one knows ${known}`;
  return new InvalidFailure('STORE_NEWER', text);
}
