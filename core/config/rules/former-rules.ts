import { type Lint, lintOf } from '../../failure/lint.ts';
import { saying } from '../../failure/saying.ts';
import { isList, isObject } from '../../message/digest.ts';
import type { Json, JsonObject } from '../../message/message.ts';
import type { YamlFile } from '../../schema/yaml-file.ts';
import { parseFraction } from '../quantities.ts';

/** What older versions wrote beside `missing` in a source's rules, and flows under `guards`. */
const FORMER = ['minRecords', 'perUnit', 'approvals', 'windows'] as const;

/**
 * A configuration as it is written today: an older one's rules of sources in the words of a flow's
 * guards. What is in neither words stays as it is, for the schema to refuse.
 */
export function inTodaysWords(yaml: YamlFile): Json {
  const value = contentOf(yaml);
  if (!isObject(value) || !isObject(value['sources'])) return value;
  const sources = Object.entries(value['sources']).map(([module, rules]) => {
    return [module, isFormer(rules) ? renewed(rules) : rules];
  });
  return { ...value, sources: Object.fromEntries(sources) };
}

/** Where the words are older ones, with the line to write in their place. */
export function formerRules(yaml: YamlFile): readonly Lint[] {
  const value = contentOf(yaml);
  const sources = isObject(value) ? (value['sources'] ?? {}) : {};
  return Object.entries(isObject(sources) ? sources : {}).flatMap(
    ([module, rules]): readonly Lint[] => {
      if (!isFormer(rules)) return [];
      const own = FORMER.filter((word) => Object.hasOwn(rules, word));
      const place = yaml.keyAt(['sources', module, own[0] ?? '']);
      const at = { file: yaml.file, ...place, code: 'CONFIG_FORMER_WORDS' };
      const guards = inOneLine(renewed(rules)['guards']);
      const hint = saying('formerWordsHint', { words: own, guards });
      return [lintOf(at, saying('formerWords', { module }), hint)];
    },
  );
}

function contentOf({ value }: YamlFile): Json {
  // SAFETY: what a YAML file holds is plain JSON.
  return value as Json;
}

function isFormer(rules: Json | undefined): rules is JsonObject {
  return isObject(rules) && !('guards' in rules) && FORMER.some((word) => word in rules);
}

function renewed({ minRecords, perUnit, approvals, windows, ...others }: JsonObject): JsonObject {
  const guards = {
    ...(minRecords === undefined ? {} : lacking({ minRecords })),
    ...(perUnit === undefined ? {} : { perUnit: mayLack(perUnit) }),
    ...(approvals === undefined ? {} : { approvals }),
    ...(windows === undefined ? {} : { windows: isList(windows) ? windows.map(mayLack) : windows }),
  };
  return { guards, ...others };
}

/** What must be there again, as what may be missing. */
function mayLack(limits: Json): Json {
  return isObject(limits) ? lacking(limits) : limits;
}

function lacking(limits: JsonObject): JsonObject {
  const { minRecords, ...others } = limits;
  const least = parseFraction(minRecords);
  if (least === null) return limits;
  return { ...others, maxDelete: `${Math.round((1 - least) * 1e6) / 1e4}%` };
}

/** As YAML has it in one line. */
function inOneLine(value: Json | undefined): string {
  if (isList(value)) return `[${value.map(inOneLine).join(', ')}]`;
  if (!isObject(value)) return /\s/.test(String(value)) ? JSON.stringify(value) : String(value);
  const members = Object.entries(value).map(([name, own]) => `${name}: ${inOneLine(own)}`);
  return `{ ${members.join(', ')} }`;
}
