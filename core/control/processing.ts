import { objectKindsOf } from '../connector/manifest.ts';
import type { Flow } from '../flow/compiled.ts';
import type { Workspace } from '../flow/workspace.ts';
import type { OutboundMapping } from '../mapping/compiled.ts';
import type { Schools } from '../mapping/language/ours.ts';
import { ANYTHING, propertiesOf } from '../mapping/language/schema-walk.ts';
import { isObject } from '../message/digest.ts';
import type { JsonObject } from '../message/message.ts';

/** The record of processing (GDPR article 30): what each flow gives away, to whom, and why. */
export interface RecordOfProcessing {
  readonly flows: readonly Processing[];
  /** Days that the hub itself keeps what it did. */
  readonly keptByHub: {
    readonly runs: number;
    readonly audit: number;
    readonly archive: number;
    /** What each source has said: null where it stays until the source takes it back. */
    readonly sources: Readonly<Record<string, number | null>>;
  };
}

/** What one flow does with personal data. */
export interface Processing {
  readonly flow: string;
  readonly recipient: {
    readonly module: string;
    readonly connector: string;
    readonly title: string;
  };
  readonly purpose: string;
  /** GDPR article 6, as the flow's schema names it. */
  readonly legalBasis: string;
  readonly sources: readonly string[];
  readonly persons: readonly PersonCategory[];
  readonly selections: readonly { readonly kind: string; readonly condition: string | null }[];
  readonly data: readonly DataCategory[];
  readonly protectedPersons: 'exclude' | 'include';
  /** Of whose school units: those that the city governs, those of others, or all. */
  readonly schools: Schools;
  /** Days between the two steps of a deletion at the recipient; 0: one step. */
  readonly graceDays: number;
  /** How many of the last sets are kept as they were sent, beside the recipient's files. */
  readonly setsKept: number;
}

/** Whose data they are. */
export type PersonCategory = 'pupils' | 'guardians' | 'staff' | 'persons';

/** A field of an entity, and the fields of the recipient's objects that it goes into. */
export interface DataCategory {
  readonly kind: string;
  /** Null: any field of it may be read. */
  readonly field: string | null;
  /** As the canonical schema describes it; empty where it does not. */
  readonly description: string;
  /** `<object kind>.<field>`. */
  readonly goesTo: readonly string[];
}

/** By which kinds and fields one knows whose data are read. */
const SIGNS: readonly (readonly [Exclude<PersonCategory, 'persons'>, readonly string[]])[] = [
  ['pupils', ['enrolments', 'groupMemberships', 'placement', 'placements', 'child']],
  ['guardians', ['responsibles', 'responsibleFor', 'owners']],
  ['staff', ['duty', 'duties', 'activity', 'activities', 'teachers']],
];
const DAY_MS = 86_400_000;

/** Derives the record from flows and mappings, in the order of the flows' names. */
export function recordOfProcessing(workspace: Workspace): RecordOfProcessing {
  const { runsMs, auditMs, archiveMs } = workspace.config.retention;
  const [runs, audit, archive] = [runsMs, auditMs, archiveMs].map((ms) => ms / DAY_MS);
  const flows = workspace.flows.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return {
    flows: flows.map((flow) => processingOf(flow, workspace)),
    keptByHub: {
      ...{ runs: runs ?? 0, audit: audit ?? 0, archive: archive ?? 0 },
      sources: sourcesKept(workspace),
    },
  };
}

/** By the option of that name, which the connectors of sources that tell of changes have. */
function sourcesKept({ config, flows }: Workspace): Readonly<Record<string, number | null>> {
  const sources = [...new Set(flows.flatMap(({ from }) => from))].sort();
  return Object.fromEntries(
    sources.map((module) => {
      const days = config.modules.get(module)?.options['keepDays'];
      return [module, typeof days === 'number' ? days : null];
    }),
  );
}

function processingOf(flow: Flow, workspace: Workspace): Processing {
  const { connector = '' } = workspace.config.modules.get(flow.to) ?? {};
  const mappings = mappingsOf(flow, workspace);
  const data = dataOf(mappings, workspace);
  const { name, purpose, legalBasis, from, protectedPersons, schools, selects, delivery } = flow;
  const title = workspace.connectors.manifest(connector)?.title ?? connector;
  return {
    ...{ flow: name, recipient: { module: flow.to, connector, title }, purpose, legalBasis },
    sources: from,
    persons: personsOf(flow, mappings, data),
    selections: [...selects].map(([kind, { written }]) => {
      return { kind, condition: written?.text ?? null };
    }),
    data,
    protectedPersons,
    schools,
    graceDays: delivery.graceDays,
    setsKept: workspace.sinkOf(flow.to)?.setsKept ?? 0,
  };
}

/** Those that make something: of kinds that the flow selects, and that the binding switches on. */
function mappingsOf({ to, selects }: Flow, workspace: Workspace): readonly OutboundMapping[] {
  const sink = workspace.sinkOf(to) ?? undefined;
  const { options = {} } = workspace.config.modules.get(to) ?? {};
  const made = new Set(objectKindsOf(sink, options).map(({ kind }) => kind));
  const all = workspace.outbound.get(to) ?? [];
  return all.filter(
    ({ from, to: { objectKind } }) => selects.has(from.kind) && made.has(objectKind),
  );
}

function dataOf(
  mappings: readonly OutboundMapping[],
  { canonical }: Workspace,
): readonly DataCategory[] {
  const found = new Map<string, DataCategory & { readonly goesTo: string[] }>();
  const note = (kind: string, field: string | null, goesTo: string) => {
    const description = descriptionOf(canonical.get(kind)?.schema ?? ANYTHING, field);
    const name = `${kind}.${field ?? '~'}`;
    const known = found.get(name) ?? { kind, field, description, goesTo: [] };
    if (!known.goesTo.includes(goesTo)) known.goesTo.push(goesTo);
    found.set(name, known);
  };
  for (const { from, to, rules } of mappings) {
    for (const { field, reads, lookups } of rules) {
      for (const read of reads) note(from.kind, read, `${to.objectKind}.${field}`);
      for (const one of lookups) note(one.kind, one.field, `${to.objectKind}.${field}`);
    }
  }
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, category]) => category);
  return sorted.map((one) => ({ ...one, goesTo: one.goesTo.toSorted() }));
}

function descriptionOf(schema: JsonObject, field: string | null): string {
  const property = field === null ? null : propertiesOf(schema)[field];
  return isObject(property) ? String(property['description'] ?? '') : '';
}

/** By what is read and by what the conditions speak of; if nothing tells, simply persons. */
function personsOf(
  { selects }: Flow,
  mappings: readonly OutboundMapping[],
  data: readonly DataCategory[],
): readonly PersonCategory[] {
  const words = new Set<string>();
  for (const { kind, field } of data) words.add(kind).add(field ?? '');
  for (const { from, inverses } of mappings) {
    for (const word of [from.kind, ...inverses]) words.add(word);
  }
  for (const { written } of selects.values()) {
    for (const word of written?.text.match(/\w+/g) ?? []) words.add(word);
  }
  const found = SIGNS.filter(([, signs]) => signs.some((sign) => words.has(sign)));
  if (found.length > 0) return found.map(([category]) => category);
  return words.has('person') ? ['persons'] : [];
}
