import assert from 'node:assert/strict';
import type { PartDraft } from '../../mapping/compiled.ts';
import { wordOf } from '../../mapping/language/path.ts';
import { isList } from '../../message/digest.ts';
import type { Json, JsonObject } from '../../message/message.ts';
import type { Part } from '../../store/intake-store.ts';
import type { Store } from '../../store/store.ts';

/** Completes records that only say what changed in a list (IMS: membership, complete=false). */
export class Patcher {
  readonly #store: Store;
  readonly #source: string;
  readonly #ofThisRun = new Map<string, JsonObject>();

  constructor(store: Store, source: string) {
    this.#store = store;
    this.#source = source;
  }

  /** The whole content of the draft's part after its patch, earlier ones of this run included. */
  async patched(stream: string, draft: PartDraft): Promise<JsonObject> {
    const about = { ...draft, stream };
    const before =
      this.#ofThisRun.get(nameOf(about)) ?? (await kept(this.#store, this.#source, stream, draft));
    const content = patch(before, draft);
    this.note(about, content);
    return content;
  }

  /** A kept part's content after the patches of this run. */
  present(part: Part): JsonObject {
    return this.#ofThisRun.get(nameOf(part)) ?? part.content;
  }

  /** Whether this run has itself changed what was said: it did not come a second time. */
  has(part: Named): boolean {
    return this.#ofThisRun.has(nameOf(part));
  }

  /** Later patches of this run begin from this content; none where the part goes. */
  note(part: Named, content: JsonObject): void {
    this.#ofThisRun.set(nameOf(part), content);
  }
}

type Named = Pick<Part, 'entity' | 'stream' | 'part'>;

function nameOf({ entity, stream, part }: Named): string {
  return JSON.stringify([stream, entity.kind, entity.id, part]);
}

async function kept(
  store: Store,
  source: string,
  stream: string,
  draft: PartDraft,
): Promise<JsonObject> {
  const parts = await store.entities.parts(draft.entity);
  const isSame = (part: { source: string; stream: string; part: string }) =>
    part.source === source && part.stream === stream && part.part === draft.part;
  return parts.find(isSame)?.content ?? {};
}

function patch(before: JsonObject, draft: PartDraft): JsonObject {
  assert(draft.patch !== null, 'only a patch can be patched in');
  const { field, keyedBy, removed, staying } = draft.patch;
  const items = listOf(draft.content[field]);
  const replaced = new Set([...removed, ...items.map((item) => keyOf(item, keyedBy))]);
  const stay = listOf(before[field]).filter((item) => {
    const key = keyOf(item, keyedBy);
    return !replaced.has(key) && staying?.has(key) !== false;
  });
  const others = staying === undefined ? before : {};
  return { ...others, ...draft.content, [field]: [...stay, ...items] };
}

function listOf(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : [];
}

/** The text at a dotted path of a list's item: `person.id`. */
function keyOf(item: Json, path: string): string {
  let at: Json | undefined = item;
  for (const step of path.split('.')) {
    at = typeof at === 'object' && at !== null && !isList(at) ? at[step] : undefined;
  }
  return wordOf(at);
}
