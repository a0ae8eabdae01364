import type { Config } from '../../config/config.ts';
import { type Lint, lintOf } from '../../failure/lint.ts';
import { saying } from '../../failure/saying.ts';
import type { Saying } from '../../message/message.ts';
import type { YamlFile, YamlPath } from '../../schema/yaml-file.ts';
import type { NamedThings } from '../check-config.ts';
import type { ConfigFile, FlowFile } from '../cross-check.ts';

/** Something that rules nothing: where it stands, what it is, and what to do. */
type Idle = readonly [path: YamlPath, code: string, said: Saying, hint: Saying];

/**
 * What stands in config/hub.yaml or in a flow and rules nothing: modules that are in no flow, and
 * rules, owners and listeners of what nobody reads or serves. `told` are modules of which something
 * better is said already.
 */
export function withoutEffect(
  { config, yaml }: ConfigFile,
  flows: readonly FlowFile[],
  { connectors }: Pick<NamedThings, 'connectors'>,
  told: readonly string[],
): readonly Lint[] {
  const read = new Set(flows.flatMap(({ flow }) => flow.from));
  const used = new Set([...read, ...flows.map(({ flow }) => flow.to), ...told]);
  const unused = [...config.modules.keys()].filter((module) => !used.has(module));
  const idle: readonly Idle[] = [
    ...unreadRules(config, read),
    ...idleListeners(config, yaml, connectors),
  ];
  const own = idle.map(([path, code, said, hint]) =>
    lintOf({ file: yaml.file, ...yaml.keyAt(path), code }, said, hint),
  );
  return [
    ...unused.map((module) => unusedModule(module, yaml)),
    ...own,
    ...flows.flatMap((one) => idleKeys(one, config.doorbell !== null)),
  ];
}

/** A module that is bound before its flow is written. */
function unusedModule(module: string, yaml: YamlFile): Lint {
  const place = yaml.keyAt(['modules', module]);
  const at = { file: yaml.file, ...place, code: 'CONFIG_MODULE_UNUSED' };
  const said = saying('moduleUnused', { module });
  return { ...lintOf(at, said, saying('moduleUnusedHint', {})), mayWait: true };
}

/** Rules of a source, and owners of fields, from which no flow reads. */
function unreadRules(
  { sources, ownership }: Pick<Config, 'sources' | 'ownership'>,
  read: ReadonlySet<string>,
): readonly Idle[] {
  const hint = saying('rulesUnreadHint', {});
  const unread = (path: YamlPath, module: string): readonly Idle[] =>
    read.has(module)
      ? []
      : [[path, 'CONFIG_RULES_UNREAD', saying('rulesUnread', { module }), hint]];
  const owners = [...ownership].flatMap(([kind, fields]) =>
    [...fields].flatMap(([field, names]) =>
      names.flatMap((name) => unread(['ownership', kind, field], name)),
    ),
  );
  return [
    ...[...sources.keys()].flatMap((module) => unread(['sources', module], module)),
    ...owners,
  ];
}

/** Doors that stand open and through which nobody could come. */
function idleListeners(
  { modules, doorbell }: Pick<Config, 'modules' | 'doorbell'>,
  yaml: YamlFile,
  connectors: NamedThings['connectors'],
): readonly Idle[] {
  const bindings = [...modules.values()];
  const isCalled = bindings.some(({ connector, options }) => {
    const option = connectors.manifest(connector)?.calledBy;
    return option !== undefined && option in options;
  });
  const isFetched = bindings.some(({ options }) => 'client' in options);
  const idle = (key: string, name: 'nobodyRings' | 'nobodyFetches'): Idle => {
    return [[key], 'CONFIG_SECTION_UNUSED', saying(name, {}), saying(`${name}Hint`, {})];
  };
  return [
    ...(doorbell !== null && doorbell.token === null && !isCalled
      ? [idle('doorbell', 'nobodyRings')]
      : []),
    ...(keysOf(yaml).includes('served') && !isFetched ? [idle('served', 'nobodyFetches')] : []),
  ];
}

/** What stands in a flow and means nothing beside what else stands there. */
function idleKeys({ flow, yaml }: FlowFile, isListening: boolean): readonly Lint[] {
  const lint = (key: string, said: Saying, hint: Saying) =>
    lintOf({ file: flow.file, ...yaml.keyAt([key]), code: 'FLOW_KEY_UNUSED' }, said, hint);
  const isIdleReason =
    flow.protectedPersons === 'exclude' && keysOf(yaml).includes('protectedReason');
  const where = saying('systemUnheardHint', { line: 'doorbell: { port: 8765 }' });
  const twice = flow.from.flatMap((module, index) => {
    if (flow.from.indexOf(module) === index) return [];
    const place = { file: flow.file, ...yaml.at(['from', index]), code: 'FLOW_KEY_UNUSED' };
    return [lintOf(place, saying('fromTwice', { module }))];
  });
  return [
    ...twice,
    ...(isIdleReason
      ? [lint('protectedReason', saying('reasonOfNothing', {}), saying('reasonOfNothingHint', {}))]
      : []),
    ...(flow.doorbell === true && !isListening
      ? [lint('doorbell', saying('nobodyListensHere', {}), where)]
      : []),
  ];
}

function keysOf({ value }: YamlFile): readonly string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}
