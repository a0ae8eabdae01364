import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { parseDuration } from '../config/quantities.ts';
import { checkDurations, FLOW_DURATIONS } from '../config/rules/durations.ts';
import { guardsOf, type UsualGuards, type WrittenGuards } from '../config/rules/guards.ts';
import { checkWindows } from '../config/rules/windows.ts';
import { RefusedFailure } from '../failure/failure.ts';
import { type Lint, lintOf, nearestOrAll } from '../failure/lint.ts';
import { saying } from '../failure/saying.ts';
import { later } from '../mapping/compile-late.ts';
import { conditionCode } from '../mapping/generated/ways.ts';
import {
  type CompiledExpression,
  compileExpression,
  conditionFault,
  variablesOf,
} from '../mapping/language/cel.ts';
import { asksWhose, type Schools } from '../mapping/language/ours.ts';
import { viewSchema } from '../mapping/language/schema-walk.ts';
import { reasonOf } from '../mapping/rules/evaluation.ts';
import { used } from '../mapping/shown/by-expression.ts';
import { Place, type Shown } from '../mapping/shown/shown.ts';
import { digest } from '../message/digest.ts';
import { recalled } from '../message/memory.ts';
import type { Entity, Saying } from '../message/message.ts';
import { cronFault } from '../schedule/cron.ts';
import {
  type CanonicalSchema,
  type CanonicalSchemas,
  printOfSchemas,
} from '../schema/canonical.ts';
import { compileSchemaAll } from '../schema/validator.ts';
import { parseYaml, shapeLints, type YamlFile, type YamlPath } from '../schema/yaml-file.ts';
import type { Flow, Selection } from './compiled.ts';

const DAY_MS = 86_400_000;
const LONGEST_MS = 90 * DAY_MS;
const USUAL_GUARDS: UsualGuards = {
  whole: { maxCreate: 1, maxDelete: 0.02, maxUpdate: 0.2, maxReplace: 0.02, minimum: 10 },
  perUnit: { maxCreate: 1, maxDelete: 0.2, maxUpdate: 1, maxReplace: 0.2 },
};

/** A kind of which all are selected. */
export const EVERYTHING: Selection = {
  written: null,
  inverses: [],
  asksWhose: false,
  shown: new Map(),
  where: () => true,
};

const checkShape = compileSchemaAll(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../schemas/hub/flow.v1.json'), 'utf8')),
);

/** A flow file as it is written, checked against schemas/hub/flow.v1.json. */
interface WrittenFlow {
  readonly purpose: string;
  readonly legalBasis: string;
  readonly from: string | readonly string[];
  readonly to: string;
  readonly schedule?: string;
  readonly doorbell?: boolean;
  readonly deadline?: string;
  readonly entities: Readonly<Record<string, { readonly where?: string }>>;
  readonly adopt?: Readonly<Record<string, readonly string[]>>;
  readonly protectedPersons?: 'exclude' | 'include';
  readonly protectedReason?: string;
  readonly schools?: Schools;
  readonly guards?: WrittenGuards;
  readonly delivery?: Readonly<Record<string, string | number>>;
  readonly overrides?: {
    readonly approvals?: number;
    readonly longest?: string;
    readonly locked?: Readonly<Record<string, readonly string[]>>;
    readonly sensitive?: Readonly<Record<string, readonly string[]>>;
  };
}

export interface FlowWorld {
  readonly canonical: CanonicalSchemas;
  readonly modules: Config['modules'];
}

/** Compiles a flow file; null if it has any lint. */
export function compileFlow(
  name: string,
  file: string,
  text: string,
  world: FlowWorld,
): { readonly flow: Flow | null; readonly yaml: YamlFile | null; readonly lints: readonly Lint[] } {
  const { yaml, lints } = parseYaml(file, text);
  if (yaml === null) return { flow: null, yaml, lints };
  const faults = checkShape(yaml.value);
  if (faults.length > 0) return { flow: null, yaml, lints: shapeLints(yaml, faults, 'FLOW') };
  // SAFETY: checked against its schema just above.
  const written = yaml.value as WrittenFlow;
  const found = [
    ...checkModules(yaml, written, world),
    ...checkRest(yaml, written),
    ...checkDurations(yaml, FLOW_DURATIONS, 'FLOW_DURATION'),
    ...checkWindows(yaml, ['guards', 'windows'], written.guards?.windows ?? [], 'FLOW_WINDOW'),
  ];
  const selects = new Map<string, Selection>();
  for (const [kind, { where }] of Object.entries(written.entities)) {
    const selection = compileSelection(yaml, kind, where, world.canonical);
    if (Array.isArray(selection)) found.push(...selection);
    else if ('where' in selection) selects.set(kind, selection);
  }
  if (found.length > 0) return { flow: null, yaml, lints: found };
  return { flow: flowOf(name, file, text, written, selects), yaml, lints: [] };
}

function flowOf(
  name: string,
  file: string,
  text: string,
  written: WrittenFlow,
  selects: ReadonlyMap<string, Selection>,
): Flow {
  const { guards = {}, delivery = {}, overrides = {} } = written;
  return {
    name,
    file,
    purpose: written.purpose,
    legalBasis: written.legalBasis,
    from: [written.from].flat(),
    to: written.to,
    schedule: written.schedule ?? null,
    doorbell: written.doorbell ?? null,
    deadline: written.deadline ?? null,
    selects,
    adopt: new Map(Object.entries(written.adopt ?? {})),
    protectedPersons: written.protectedPersons ?? 'exclude',
    schools: written.schools ?? 'ours',
    guards: guardsOf(guards, USUAL_GUARDS),
    delivery: {
      attempts: Number(delivery['attempts'] ?? 8),
      firstDelayMs: parseDuration(delivery['firstDelay']) ?? 30_000,
      maxDelayMs: parseDuration(delivery['maxDelay']) ?? 3_600_000,
      concurrency: Number(delivery['concurrency'] ?? 4),
      graceDays: (parseDuration(delivery['grace']) ?? 0) / DAY_MS,
    },
    overrides: {
      approvals: overrides.approvals ?? 1,
      longestDays: (parseDuration(overrides.longest) ?? LONGEST_MS) / DAY_MS,
      locked: new Map(Object.entries(overrides.locked ?? {})),
      sensitive: new Map(Object.entries(overrides.sensitive ?? {})),
    },
    fingerprint: digest(text),
  };
}

function checkModules(yaml: YamlFile, written: WrittenFlow, { modules }: FlowWorld): Lint[] {
  const lints: Lint[] = [];
  const check = (at: YamlPath, module: string) => {
    if (modules.has(module)) return;
    const place = { file: yaml.file, ...yaml.at(at), code: 'FLOW_MODULE_UNKNOWN' };
    const said = saying('noModule', { name: module });
    lints.push(lintOf(place, said, nearestOrAll(module, modules.keys())));
  };
  check(['to'], written.to);
  const isOne = typeof written.from === 'string';
  for (const [index, module] of [written.from].flat().entries()) {
    const at = isOne ? ['from'] : ['from', index];
    check(at, module);
    if (module !== written.to) continue;
    const place = { file: yaml.file, ...yaml.at(at), code: 'FLOW_FROM' };
    lints.push(lintOf(place, saying('fromIsTo', {})));
  }
  return lints;
}

function checkRest(yaml: YamlFile, written: WrittenFlow): Lint[] {
  const lints: Lint[] = [];
  const lint = (at: YamlPath, code: string, said: Saying, hint: Saying) =>
    lints.push(lintOf({ file: yaml.file, ...yaml.at(at), code }, said, hint));
  const fault = written.schedule === undefined ? null : cronFault(written.schedule);
  if (fault !== null) {
    const hint = saying('forExample', { example: '"0 2 * * *"' });
    lint(['schedule'], 'FLOW_SCHEDULE', saying('asSentence', { what: fault }), hint);
  }
  if (written.deadline !== undefined && written.schedule === undefined) {
    const hint = saying('deadlineAloneHint', {});
    lint(['deadline'], 'FLOW_DEADLINE', saying('deadlineAlone', {}), hint);
  }
  if (written.protectedPersons === 'include' && written.protectedReason === undefined) {
    const hint = saying('includedUnsaidHint', {});
    lint(['protectedPersons'], 'FLOW_PROTECTED_REASON', saying('includedUnsaid', {}), hint);
  }
  return lints;
}

/** The condition of one entity kind, or its lints. */
function compileSelection(
  yaml: YamlFile,
  kind: string,
  where: string | undefined,
  canonical: CanonicalSchemas,
): Selection | readonly Lint[] {
  const schema = canonical.get(kind);
  if (schema === undefined) {
    const place = yaml.keyAt(['entities', kind]);
    const at = { file: yaml.file, ...place, code: 'FLOW_KIND_UNKNOWN' };
    const said = saying('noEntityKind', { name: kind });
    return [lintOf(at, said, nearestOrAll(kind, canonical.kinds))];
  }
  if (where === undefined) return EVERYTHING;
  let compiled: ReturnType<typeof compileCondition> | null = null;
  const whole = () => {
    compiled ??= compileCondition(yaml, schema, where, canonical);
    return compiled;
  };
  const known = recalled('selection', [kind, where, printOfSchemas(canonical)], () => {
    const one = whole();
    return 'where' in one ? { inverses: one.inverses, asksWhose: one.asksWhose } : null;
  });
  if (known === null || compiled !== null) return whole();
  // What an earlier process has compiled without a lint is compiled when an entity is judged.
  const written = { text: where, line: yaml.at(['entities', kind, 'where']).line };
  return later<Selection>({ written, ...known }, ['shown', 'where'], whole);
}

function compileCondition(
  yaml: YamlFile,
  schema: CanonicalSchema,
  where: string,
  canonical: CanonicalSchemas,
): Selection | readonly Lint[] {
  const { kind } = schema;
  const view = viewSchema(schema, canonical);
  const compiled = compileExpression(where, variablesOf(view), view);
  const { line, column } = yaml.at(['entities', kind, 'where']);
  const lint = (offset: number, said: Saying, hint?: Saying) => {
    const at = { file: yaml.file, line, column: column + 1 + offset, code: 'FLOW_WHERE' };
    return [lintOf(at, said, hint)];
  };
  if (!('evaluate' in compiled)) return lint(compiled.offset, compiled.said, compiled.hint);
  const fault = conditionFault(compiled);
  if (fault !== null) return lint(0, fault);
  const inverses = inversesRead(schema, compiled.reads);
  const place = { file: yaml.file, line, field: `${kind}.where` };
  const written = { text: where, line };
  const shown = shownByCondition(compiled);
  const judge = conditionOf(compiled, place);
  return { written, inverses, asksWhose: asksWhose(compiled.ast), shown, where: judge };
}

function shownByCondition({ ast, absent }: CompiledExpression): Shown {
  const view = new Place();
  const names = [...absent.keys()].map((name) => [name, [view.field(name)]] as const);
  used(ast, new Map([...names, ['it', [view]]]));
  return view.shown();
}

function inversesRead(schema: CanonicalSchema, reads: readonly string[]): readonly string[] {
  return schema.inverses.map((one) => one.name).filter((name) => reads.includes(name));
}

function conditionOf(
  compiled: CompiledExpression,
  place: { file: string; line: number; field: string },
): Selection['where'] {
  const { run } = conditionCode(compiled);
  return (view: Entity, today: string) => {
    try {
      return run(view, today) === true;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const said = saying('atField', { field: place.field, what: reasonOf(error) });
      throw new RefusedFailure('EXPRESSION_FAILED', said, { place });
    }
  };
}
