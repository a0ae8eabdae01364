import type { Binding, Config } from '../config/config.ts';
import type { ObjectManifest } from '../connector/manifest.ts';
import { type Lint, lintOf, nearestOrAll } from '../failure/lint.ts';
import { saying } from '../failure/saying.ts';
import type { InboundMapping, OutboundMapping } from '../mapping/compiled.ts';
import type { Saying } from '../message/message.ts';
import type { YamlFile, YamlPath } from '../schema/yaml-file.ts';
import { checkConfig, type NamedThings } from './check-config.ts';
import type { Flow } from './compiled.ts';
import { namedSystems } from './named-systems.ts';
import { boundSinkOf } from './target.ts';

interface Mappings {
  readonly outbound: ReadonlyMap<string, readonly OutboundMapping[]>;
  readonly inbound: ReadonlyMap<string, readonly InboundMapping[]>;
}

/** A flow, and where everything stands in its file. */
export interface FlowFile {
  readonly flow: Flow;
  readonly yaml: YamlFile;
}

/** A configuration, and where everything stands in its file. */
export interface ConfigFile {
  readonly config: Config;
  readonly yaml: YamlFile;
}

/** What no single file can know: flows against bindings, mappings against flows, owners. */
export function crossCheck(
  { config, yaml }: ConfigFile,
  flows: readonly FlowFile[],
  mappings: Mappings,
  things: NamedThings,
): readonly Lint[] {
  return [
    ...flows.flatMap((one) => checkFlow(one, config, things, mappings)),
    ...checkPairs(mappings),
    ...checkConfig(config, yaml, things),
    ...namedSystems(config, mappings.inbound).lints,
    ...checkTargets(flows),
    ...checkRights(config, yaml, flows),
  ];
}

/** A right to a flow that is not there is a right to nothing. */
function checkRights(
  { dashboard }: Config,
  yaml: YamlFile,
  flows: readonly FlowFile[],
): readonly Lint[] {
  const names = flows.map(({ flow }) => flow.name);
  return Object.entries(dashboard?.openId?.rights ?? {}).flatMap(([group, rights]) =>
    rights.flatMap((right, index) => {
      const [, name] = right.split(':');
      if (name === undefined || names.includes(name)) return [];
      const place = yaml.at(['dashboard', 'openId', 'rights', group, index]);
      const at = { file: yaml.file, ...place, code: 'CONFIG_FLOW_UNKNOWN' };
      return [lintOf(at, saying('noFlow', { name }), nearestOrAll(name, names))];
    }),
  );
}

function checkFlow(
  { flow, yaml }: FlowFile,
  config: Config,
  things: NamedThings,
  { outbound, inbound }: Mappings,
): readonly Lint[] {
  const lints: Lint[] = [];
  const lint = (path: YamlPath, code: string, said: Saying, hint?: Saying) =>
    lints.push(lintOf({ file: flow.file, ...yaml.at(path), code }, said, hint));
  const connectorOf = (module: string) => config.modules.get(module)?.connector ?? '';
  const target = connectorOf(flow.to);
  const sink = boundSinkOf(config.modules.get(flow.to), things.connectors, things.layouts);
  if (sink === null) {
    const said = saying('bindsNoTarget', { module: flow.to, connector: target });
    lint(['to'], 'FLOW_NO_SINK', said);
  }
  const objects = sink?.objects ?? [];
  for (const kind of flow.adopt.keys()) {
    const known = objects.map((one) => one.kind);
    if (known.includes(kind)) continue;
    const said = saying('noKindOf', { target, kind });
    lint(['adopt', kind], 'FLOW_ADOPT_UNKNOWN', said, nearestOrAll(kind, known));
  }
  for (const { kind, match = [] } of objects) {
    const declared = match.map(({ field }) => field);
    for (const field of flow.adopt.get(kind) ?? []) {
      if (declared.includes(field)) continue;
      const said = saying('noMatchBy', { target, kind, field });
      lint(['adopt', kind], 'FLOW_ADOPT_UNKNOWN', said, nearestOrAll(field, declared));
    }
  }
  lints.push(...checkOverrides({ flow, yaml }, target, objects, outbound.get(flow.to) ?? []));
  for (const module of flow.from) {
    const said = whyGivesNothing(module, config.modules.get(module), inbound, things);
    if (said === null) continue;
    const path = flow.from.length === 1 ? ['from'] : ['from', flow.from.indexOf(module)];
    lint(path, 'FLOW_NO_SOURCE', said, saying('bindSource', {}));
  }
  // A kind that this vendor does not take is no fault: the next vendor may. `plan` says which.
  const mapped = new Set((outbound.get(flow.to) ?? []).map((mapping) => mapping.from.kind));
  if (![...flow.selects.keys()].some((kind) => mapped.has(kind))) {
    const said = saying('selectsNothing', { target });
    lint(['entities'], 'FLOW_NOTHING_MAPPED', said, saying('selectsNothingHint', {}));
  }
  return lints;
}

/** A misspelt field would be locked for nobody. */
function checkOverrides(
  { flow, yaml }: FlowFile,
  target: string,
  objects: readonly Pick<ObjectManifest, 'kind'>[],
  mappings: readonly OutboundMapping[],
): readonly Lint[] {
  const kinds = objects.map(({ kind }) => kind);
  return (['locked', 'sensitive'] as const).flatMap((list) =>
    [...flow.overrides[list]].flatMap(([kind, fields]) => {
      const path = ['overrides', list, kind];
      const lint = (at: YamlPath, said: Saying, hint: Saying): Lint => {
        const place = { file: flow.file, ...yaml.at(at), code: 'FLOW_OVERRIDE_UNKNOWN' };
        return lintOf(place, said, hint);
      };
      if (!kinds.includes(kind)) {
        return [lint(path, saying('noKindOf', { target, kind }), nearestOrAll(kind, kinds))];
      }
      const own = mappings.filter(({ to }) => to.objectKind === kind);
      const known = own.flatMap(({ rules }) => rules.map(({ field }) => field));
      const wrong = fields.filter((field) => field !== '*' && !known.includes(field));
      return wrong.map((field) => {
        const said = saying('noMappingFills', { kind, field });
        return lint([...path, fields.indexOf(field)], said, nearestOrAll(field, known));
      });
    }),
  );
}

/** What keeps a module from being a source; null for nothing. */
function whyGivesNothing(
  module: string,
  binding: Binding | undefined,
  inbound: Mappings['inbound'],
  { connectors }: NamedThings,
): Saying | null {
  const connector = binding?.connector ?? '';
  const isServed = connectors.manifest(connector)?.sink?.mode === 'served';
  if (isServed && binding?.options['client'] !== undefined)
    return saying('isFetchedFrom', { module });
  const has = (inbound.get(module) ?? []).length > 0;
  return has ? null : saying('hasNoInbound', { module, connector });
}

/**
 * The pair of `from` and `to` is what ties ledger rows to a mapping: it stands once in a folder.
 */
function checkPairs({ outbound }: Mappings): readonly Lint[] {
  const lints: Lint[] = [];
  for (const mappings of new Set(outbound.values())) {
    const files = new Map<string, string>();
    for (const { file, from, to } of mappings) {
      const pair = `${from.kind} -> ${to.objectKind}`;
      const other = files.get(pair);
      if (other !== undefined && other !== file) {
        const at = { file, line: 1, column: 1, code: 'MAPPING_PAIR_TAKEN' };
        const said = saying('pairTwice', { pair, file: other });
        lints.push(lintOf(at, said, saying('pairTwiceHint', {})));
      }
      files.set(pair, file);
    }
  }
  return lints;
}

/**
 * A target's ledger belongs to one flow: two flows into one module would undo each other's work.
 */
function checkTargets(flows: readonly FlowFile[]): readonly Lint[] {
  const first = new Map<string, Flow>();
  return flows.flatMap(({ flow, yaml }) => {
    const other = first.get(flow.to);
    first.set(flow.to, other ?? flow);
    if (other === undefined) return [];
    const at = { file: flow.file, ...yaml.at(['to']), code: 'FLOW_TARGET_TAKEN' };
    const said = saying('targetTaken', { module: flow.to, file: other.file });
    return [lintOf(at, said, saying('targetTakenHint', {}))];
  });
}
