import { type Lint, lintOf } from '../../failure/lint.ts';
import { saying } from '../../failure/saying.ts';
import { isObject } from '../../message/digest.ts';
import type { Json, Saying } from '../../message/message.ts';
import type { YamlFile } from '../../schema/yaml-file.ts';
import { parseDuration } from '../quantities.ts';

/** Where a duration stands, `*` for any name there, with the least and the most that has sense. */
export type DurationBounds = readonly (readonly [
  path: readonly string[],
  least: string,
  most: string,
])[];

/** Of config/hub.yaml. */
export const CONFIG_DURATIONS: DurationBounds = [
  [['sources', '*', 'maxAge'], '10min', '366d'],
  [['sources', '*', 'watch'], '1s', '24h'],
  [['retention', 'runs'], '1d', '36500d'],
  [['retention', 'audit'], '1d', '36500d'],
  [['retention', 'archive'], '1d', '36500d'],
];

/** Of a flow. */
export const FLOW_DURATIONS: DurationBounds = [
  [['delivery', 'firstDelay'], '0s', '7d'],
  [['delivery', 'maxDelay'], '0s', '30d'],
  [['delivery', 'grace'], '0d', '3660d'],
  [['overrides', 'longest'], '1d', '3660d'],
];

/** Durations that are written well, and that nobody can mean: forty years without news. */
export function checkDurations(
  yaml: YamlFile,
  bounds: DurationBounds,
  code: string,
): readonly Lint[] {
  return bounds.flatMap(([path, least, most]) =>
    valuesAt(contentOf(yaml), path).flatMap(([field, value]): readonly Lint[] => {
      const ms = parseDuration(value);
      if (ms === null) return [];
      const what = boundOf(ms, least, most);
      if (what === null) return [];
      const said = saying('asSentence', {
        what: saying('fieldIs', { field: field.join('.'), what }),
      });
      return [lintOf({ file: yaml.file, ...yaml.at(field), code }, said)];
    }),
  );
}

function contentOf({ value }: YamlFile): Json {
  // SAFETY: what a YAML file holds is plain JSON.
  return value as Json;
}

function boundOf(ms: number, least: string, most: string): Saying | null {
  if (ms < (parseDuration(least) ?? 0)) return saying('durationLeast', { least });
  return ms > (parseDuration(most) ?? 0) ? saying('durationMost', { most }) : null;
}

function valuesAt(
  value: Json,
  [step, ...rest]: readonly string[],
): readonly (readonly [readonly string[], Json])[] {
  if (step === undefined) return [[[], value]];
  if (!isObject(value)) return [];
  return Object.entries(value)
    .filter(([name]) => step === '*' || step === name)
    .flatMap(([name, inner]) =>
      valuesAt(inner, rest).map(([path, found]) => [[name, ...path], found] as const),
    );
}
