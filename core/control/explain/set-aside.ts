import { inboundContext } from '../../intake/intake-task.ts';
import type { InboundMapping } from '../../mapping/compiled.ts';
import { isList } from '../../message/digest.ts';
import type { EntityRef, Json, Problem } from '../../message/message.ts';
import { type Engine, todayOf } from '../../run/engine.ts';
import { lookupTerms, mentioned } from '../../schema/annotation/lookup.ts';
import type { QuarantinedRecord } from '../../store/quarantine-store.ts';

/** A person of whom nothing could be taken in yet, and why. */
export interface SetAside {
  readonly entity: EntityRef;
  /** Also where a record could not be read: its word of protection was. */
  readonly isProtected: boolean;
  readonly problems: readonly Problem[];
}

interface Candidate extends Pick<SetAside, 'entity'> {
  /** What the source calls it: `register:4711`. */
  readonly names: readonly string[];
  /** Every text of its records. */
  readonly texts: readonly string[];
  /** Its problem: read of those that are meant alone, since thousands may be set aside. */
  problem(): Promise<Problem | null>;
}

/** Those set aside whom a word means: an id, a number or account, or (the unprotected) a name. */
export async function findSetAside(engine: Engine, word: string): Promise<readonly SetAside[]> {
  const terms = lookupTerms(word);
  return known(engine, ({ entity, names, texts }, isProtected) => {
    if (entity.id === word || names.includes(word)) return true;
    return terms.some((term) => (term.as !== 'name' || !isProtected) && mentioned(term, texts));
  });
}

/** Why nothing of an entity is taken in; null where nothing of it is set aside. */
export async function setAsideOf(
  engine: Engine,
  { kind, id }: EntityRef,
): Promise<SetAside | null> {
  if (kind !== 'person') return null;
  return (await known(engine, ({ entity }) => entity.id === id))[0] ?? null;
}

/** Persons that are set aside and not stored at all. */
async function known(
  engine: Engine,
  isMeant: (record: Candidate, isProtected: boolean) => boolean,
): Promise<readonly SetAside[]> {
  const { store } = engine;
  const words = new Set((await store.protections.all()).map(({ entity }) => entity.id));
  const found = new Map<string, SetAside>();
  for await (const record of records(engine)) {
    const { entity } = record;
    const isProtected = words.has(entity.id);
    if (!isMeant(record, isProtected)) continue;
    const before = found.get(entity.id)?.problems ?? [];
    const problem = await record.problem();
    const problems = problem === null ? before : [...before, problem];
    found.set(entity.id, { entity, isProtected, problems });
  }
  const stored = await store.entities.get('person', [...found.keys()]);
  for (const { entity } of stored) found.delete(entity.id);
  return [...found.values()];
}

async function* records(engine: Engine): AsyncGenerator<Candidate> {
  const { store, workspace } = engine;
  for await (const batch of store.messages.scan({ type: ['entity'] })) {
    for (const { origin, problem } of batch) {
      if (origin.kind !== 'person') continue;
      const parts = await store.entities.parts(origin);
      const names = parts.map(({ source, externalId }) => `${source}:${externalId}`);
      const texts = parts.flatMap(({ content }) => textsIn(content));
      yield { entity: origin, names, texts, problem: async () => problem };
    }
  }
  for (const [source, mappings] of workspace.inbound) {
    const ofPersons = mappings.filter(({ to }) => to.kind === 'person');
    if (ofPersons.length === 0) continue;
    for await (const batch of store.quarantine.scan(source)) {
      for (const one of batch) yield* quarantined(engine, one, ofPersons);
    }
  }
}

/** Whom a record is about can be told also where not all of it can be read. */
async function* quarantined(
  engine: Engine,
  { id, source, stream, value }: QuarantinedRecord,
  mappings: readonly InboundMapping[],
): AsyncGenerator<Candidate> {
  const { identity, store } = engine;
  const about = { identity, today: () => todayOf(engine) };
  const context = inboundContext({ module: source }, about);
  for (const mapping of mappings.filter(({ from }) => from.stream === stream)) {
    for (const { entity } of mapping.about(value, context)) {
      const texts = textsIn(value);
      const names = texts.map((text) => `${source}:${text}`);
      const problem = async () => (await store.messages.get([id]))[0]?.problem ?? null;
      yield { entity, names, texts, problem };
    }
  }
}

function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return (isList(value) ? value : Object.values(value)).flatMap(textsIn);
}
