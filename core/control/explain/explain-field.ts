import { heardAmong, isHeardWith, ownersOf } from '../../intake/merge/owners.ts';
import type {
  InboundMapping,
  OutboundMapping,
  RuleNote,
  TableRow,
} from '../../mapping/compiled.ts';
import { markOf } from '../../mapping/siblings.ts';
import { isList, textsIn } from '../../message/digest.ts';
import type { EntityRef, Json, JsonObject } from '../../message/message.ts';
import type { Engine } from '../../run/engine.ts';
import type { Part } from '../../store/intake-store.ts';
import type { Views } from '../../view/views.ts';

/** A rule of a mapping file, as people look it up. */
export interface RulePlace {
  readonly field: string;
  readonly file: string;
  readonly line: number;
  /** The table that the value goes through, beside the mapping. */
  readonly table: string | null;
  /** The rows of its table that give the value: one, unless several codes become the same. */
  readonly rows: readonly Pick<TableRow, 'file' | 'line'>[];
}

/** How a field of a target's object came about: from its rule back to files and lines. */
export interface FieldExplanation {
  readonly rules: readonly RulePlace[];
  readonly origins: readonly FieldOrigin[];
}

/** One field that the rules read, of the entity or of one that it is related to. */
export interface FieldOrigin {
  readonly field: string;
  /** The sources that config lets decide about it, in order; none: the first that speaks of it. */
  readonly owners: readonly string[];
  /** The kind of the related entities, where it is looked up or is an inverse relation. */
  readonly from: string | null;
  readonly records: readonly RecordOrigin[];
  readonly related: readonly RelatedOrigin[];
}

/** An entity that was looked up, or that refers to the explained one, and its records. */
export interface RelatedOrigin {
  readonly entity: EntityRef;
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
  views: Views,
  mapping: OutboundMapping,
  { origin, object }: { readonly origin: EntityRef; readonly object: JsonObject },
  field: string,
): Promise<FieldExplanation | null> {
  const notes = mapping.rules.filter((note) => isAbout(note, field));
  if (notes.length === 0) return null;
  const [stored] = await engine.store.entities.get(origin.kind, [origin.id]);
  const [view = null] = stored === undefined ? [] : await views.of(origin.kind, [stored.entity]);
  const parts = await engine.store.entities.parts(origin);
  const origins: FieldOrigin[] = [];
  for (const name of new Set(notes.flatMap((note) => note.reads))) {
    const inverse = await inverseOrigin(engine, views, origin, name);
    origins.push(inverse ?? ownOrigin(engine, origin.kind, name, parts));
  }
  const needs = view === null ? [] : mapping.needs(view);
  const lookups = notes.flatMap((note) => note.lookups);
  const once = new Map(lookups.map((one) => [`${one.kind}.${one.field}`, one]));
  for (const lookup of once.values()) {
    origins.push(await lookedUp(engine, views, needs, lookup));
  }
  const rules = notes.map((note) => {
    const codes = note.reads.flatMap((name) => textsIn(view?.[name]));
    return placeOf(mapping.file, note, object, codes);
  });
  return { rules, origins };
}

/** The field itself, what is inside it, or what it is inside of. */
function isAbout({ field: name }: RuleNote, field: string): boolean {
  return name === field || name.startsWith(`${field}.`) || field.startsWith(`${name}.`);
}

/** With the table's rows that gave what stands in the made object; `codes` may have been read. */
function placeOf(
  mapping: string,
  note: RuleNote,
  made: JsonObject,
  codes: readonly string[],
): RulePlace {
  const { field, line, table } = note;
  const values = new Set(valuesOf(made, field).map(String));
  const giving = note.rows().filter(({ to }) => values.has(String(to)));
  const read = giving.filter(({ from }) => codes.includes(from));
  const rows = (read.length > 0 ? read : giving).map((row) => ({ file: row.file, line: row.line }));
  return { field, file: mapping, line, table, rows };
}

/** Single values at a rule's field; a name with dots of its own wins over a path. */
function valuesOf(value: Json | undefined, field: string): readonly Json[] {
  if (value === undefined || value === null) return [];
  if (isList(value)) return value.flatMap((item) => valuesOf(item, field));
  if (typeof value !== 'object') return field === '' ? [value] : [];
  if (field in value) return valuesOf(value[field], '');
  const [first = '', ...rest] = field.split('.');
  return valuesOf(value[first], rest.join('.'));
}

function ownOrigin(
  engine: Engine,
  kind: string,
  field: string,
  parts: readonly Part[],
): FieldOrigin {
  const records = recordsOf(engine, kind, field, parts);
  return { field, owners: ownersIn(engine, kind, field), from: null, records, related: [] };
}

/** The records of those that refer to the entity; null where the field is no inverse relation. */
async function inverseOrigin(
  engine: Engine,
  views: Views,
  origin: EntityRef,
  field: string,
): Promise<FieldOrigin | null> {
  const inverses = engine.workspace.canonical.get(origin.kind)?.inverses ?? [];
  const inverse = inverses.find(({ name }) => name === field);
  if (inverse === undefined) return null;
  const referrers = (await engine.store.entities.referrers([origin])).flat();
  const own = referrers.filter(({ kind }) => kind === inverse.kind);
  const related = await relatedOrigins(engine, views, own, null);
  return { field, owners: [], from: inverse.kind, records: [], related };
}

async function lookedUp(
  engine: Engine,
  views: Views,
  needs: readonly EntityRef[],
  { kind, field }: RuleNote['lookups'][number],
): Promise<FieldOrigin> {
  const entities = new Map(needs.filter((one) => one.kind === kind).map((one) => [one.id, one]));
  const related = await relatedOrigins(engine, views, [...entities.values()], field);
  const owners = field === null ? [] : ownersIn(engine, kind, field);
  return { field: field ?? kind, owners, from: kind, records: [], related };
}

/** Of the entities that the flow may see, what their sources say (of one field). */
async function relatedOrigins(
  engine: Engine,
  views: Views,
  entities: readonly EntityRef[],
  field: string | null,
): Promise<readonly RelatedOrigin[]> {
  const seen = await views.lookup(entities);
  const related: RelatedOrigin[] = [];
  for (const entity of entities) {
    if (seen(entity.kind, entity.id) === undefined) continue;
    const parts = await engine.store.entities.parts(entity);
    related.push({ entity, records: recordsOf(engine, entity.kind, field, parts) });
  }
  return related;
}

function ownersIn({ workspace }: Engine, kind: string, field: string): readonly string[] {
  return ownersOf(workspace.config.ownership.get(kind) ?? new Map(), field);
}

/** The records that speak of a field, or all of them, with the rules that took them in. */
function recordsOf(
  engine: Engine,
  kind: string,
  field: string | null,
  parts: readonly Part[],
): readonly RecordOrigin[] {
  const speaking = parts.filter(({ content }) => field === null || field in content);
  const owners = engine.workspace.config.ownership.get(kind) ?? new Map();
  const heard = heardAmong(owners, parts);
  const isHeard = ({ source, content }: Part) => {
    if (field === null) return true;
    // Where nobody owns it, the first that speaks is heard.
    if (!heard.isShared(field) && heard.of(field) === undefined)
      return source === speaking[0]?.source;
    return isHeardWith(heard, field, content[field] ?? null, source);
  };
  return speaking.map((part): RecordOrigin => {
    const { source, file, line, stream, content } = part;
    const mapping = inboundOf(engine.workspace.inbound.get(source) ?? [], part);
    const notes = mapping?.rules.filter((note) => field !== null && isAbout(note, field)) ?? [];
    return {
      ...{ source, stream, file, line, isHeard: isHeard(part) },
      rules: notes.map((note) => placeOf(mapping?.file ?? '', note, content, [])),
      reads: [...new Set(notes.flatMap((note) => note.reads))],
    };
  });
}

function inboundOf(mappings: readonly InboundMapping[], { stream, entity, part }: Part) {
  const mark = markOf(part);
  const own = mappings.filter(({ from, to }) => from.stream === stream && to.kind === entity.kind);
  return own.find((one) => one.mark === mark);
}

/** A rule of a flow's mappings that reads a field. */
export interface FieldUse extends Omit<RulePlace, 'rows'> {
  readonly flow: string;
  readonly objectKind: string;
  /** The kind of the entity whose mapping looks it up; null where it is the entity's own. */
  readonly lookedUpBy: string | null;
}

/** Where a value goes: every rule that reads one field of an entity kind, or looks it up. */
export function usesOf({ workspace }: Engine, kind: string, field: string): readonly FieldUse[] {
  return workspace.flows.flatMap(({ name: flow, to: module }) => {
    const mappings = workspace.outbound.get(module) ?? [];
    return mappings.flatMap(({ from, to, file, rules }) =>
      rules.flatMap((note) => {
        const isOwn = from.kind === kind && note.reads.includes(field);
        if (!isOwn && !isLookedUp(note, kind, field)) return [];
        const lookedUpBy = isOwn ? null : from.kind;
        const { field: filled, line, table } = note;
        const rule = { field: filled, file, line, table };
        return [{ flow, objectKind: to.objectKind, lookedUpBy, ...rule }];
      }),
    );
  });
}

function isLookedUp({ lookups }: RuleNote, kind: string, field: string): boolean {
  return lookups.some((one) => one.kind === kind && (one.field ?? field) === field);
}
