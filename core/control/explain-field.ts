import type { InboundMapping, OutboundMapping, RuleNote } from '../mapping/compiled.ts';
import type { EntityRef } from '../message/message.ts';
import type { Part } from '../store/store.ts';
import type { Engine } from './engine.ts';

/** A rule of a mapping file, as people look it up. */
export interface RulePlace {
  readonly field: string;
  readonly file: string;
  readonly line: number;
  /** The table that the value goes through, beside the mapping. */
  readonly table: string | null;
}

/** How a field of a target's object came about: from its rule back to files and lines. */
export interface FieldExplanation {
  readonly rules: readonly RulePlace[];
  readonly origins: readonly FieldOrigin[];
}

/** One field of the entity that the rules read. */
export interface FieldOrigin {
  readonly field: string;
  /** The source that config lets decide about it; null: the first that speaks of it. */
  readonly owner: string | null;
  /** The entity kind that speaks of it, where it is an inverse relation: see those entities. */
  readonly from: string | null;
  readonly records: readonly RecordOrigin[];
}

export interface RecordOrigin extends Pick<Part, 'source' | 'stream' | 'file' | 'line'> {
  readonly rules: readonly RulePlace[];
  /** Fields of the source's record that those rules read. */
  readonly reads: readonly string[];
  /** False where another source owns the field: what this one says is not heard. */
  readonly isHeard: boolean;
}

/** Explains one field of an object; null where no rule of its mapping fills such a field. */
export async function explainField(
  engine: Engine,
  mapping: OutboundMapping,
  origin: EntityRef,
  field: string,
): Promise<FieldExplanation | null> {
  const notes = mapping.rules.filter((note) => isAbout(note, field));
  if (notes.length === 0) return null;
  const parts = await engine.store.entities.parts(origin);
  const reads = [...new Set(notes.flatMap((note) => note.reads))];
  return {
    rules: notes.map((note) => placeOf(mapping.file, note)),
    origins: reads.map((name) => originOf(engine, origin.kind, name, parts)),
  };
}

/** The field itself, what is inside it, or what it is inside of. */
function isAbout({ field: name }: RuleNote, field: string): boolean {
  return name === field || name.startsWith(`${field}.`) || field.startsWith(`${name}.`);
}

function placeOf(file: string, { field, line, table }: RuleNote): RulePlace {
  return { field, file, line, table };
}

function originOf(
  { workspace }: Engine,
  kind: string,
  field: string,
  parts: readonly Part[],
): FieldOrigin {
  const inverse = workspace.canonical.get(kind)?.inverses.find(({ name }) => name === field);
  if (inverse !== undefined) return { field, owner: null, from: inverse.kind, records: [] };
  const owners = workspace.config.ownership.get(kind);
  const owner = owners?.get(field) ?? owners?.get('*') ?? null;
  const speaking = parts.filter(({ content }) => field in content);
  const heard = owner ?? speaking[0]?.source;
  const records = speaking.map((part): RecordOrigin => {
    const { source, stream, file, line } = part;
    const mapping = inboundOf(workspace.inbound.get(source) ?? [], stream, kind);
    const notes = mapping?.rules.filter((note) => isAbout(note, field)) ?? [];
    return {
      ...{ source, stream, file, line, isHeard: source === heard },
      rules: notes.map((note) => placeOf(mapping?.file ?? '', note)),
      reads: [...new Set(notes.flatMap((note) => note.reads))],
    };
  });
  return { field, owner, from: null, records };
}

function inboundOf(mappings: readonly InboundMapping[], stream: string, kind: string) {
  return mappings.find(({ from, to }) => from.stream === stream && to.kind === kind);
}

/** A rule of a flow's mappings that reads a field. */
export interface FieldUse extends RulePlace {
  readonly flow: string;
  readonly objectKind: string;
}

/** Where a value goes: every rule that reads one field of an entity kind. */
export function usesOf({ workspace }: Engine, kind: string, field: string): readonly FieldUse[] {
  return workspace.flows.flatMap(({ name: flow, to: module }) => {
    const mappings = workspace.outbound.get(module) ?? [];
    return mappings.flatMap(({ from, to, file, rules }) => {
      const notes = from.kind === kind ? rules.filter(({ reads }) => reads.includes(field)) : [];
      return notes.map((note) => ({ flow, objectKind: to.objectKind, ...placeOf(file, note) }));
    });
  });
}
