import { isObject, sameJson } from '../message/digest.ts';
import type { Entity, Json, JsonObject } from '../message/message.ts';
import type { CompiledMapping } from './compile-mapping.ts';
import type {
  InboundContext,
  InboundMapping,
  OutboundMapping,
  ProjectionContext,
} from './compiled.ts';
import type { WrittenTest } from './language/written.ts';

/** How one test inside a mapping file went. */
export interface MappingTestResult {
  readonly file: string;
  readonly name: string;
  readonly passed: boolean;
  /** What differs: test data are invented, so they may be shown. */
  readonly difference: string;
}

const TODAY = '2026-09-01';

/** What a test gives: objects or parts, or the field that parked. */
interface Given {
  readonly results: readonly JsonObject[];
  readonly parked: readonly string[];
}

/** Runs the tests that stand inside a mapping file. */
export function runMappingTests({
  mapping,
  written,
}: CompiledMapping): readonly MappingTestResult[] {
  if (mapping === null) return [];
  return (written?.tests ?? []).map((test) => {
    const given = 'project' in mapping ? projectTest(mapping, test) : convertTest(mapping, test);
    const difference = differenceOf(test, given, 'project' in mapping);
    return { file: mapping.file, name: test.name, passed: difference === '', difference };
  });
}

function projectTest(mapping: OutboundMapping, test: WrittenTest): Given {
  const entities = new Map<string, Entity>();
  for (const [kind, list] of Object.entries(test.lookups ?? {})) {
    for (const entity of list) entities.set(`${kind}/${entity['id']}`, withId(entity));
  }
  const context: ProjectionContext = {
    today: test.today ?? TODAY,
    lookup: (kind, id) => entities.get(`${kind}/${id}`),
  };
  const projections = mapping.project(withId(test.given), context);
  return {
    results: projections.flatMap((one) =>
      'object' in one ? [{ key: one.key, object: one.object }] : [],
    ),
    parked: projections.flatMap((one) =>
      'problem' in one ? [one.problem.place?.field ?? ''] : [],
    ),
  };
}

function withId(entity: JsonObject): Entity {
  return { ...entity, id: String(entity['id'] ?? '') };
}

/** Ids in tests of inbound mappings are written as `<kind>:<outside id>`. */
function convertTest(mapping: InboundMapping, test: WrittenTest): Given {
  const context: InboundContext = {
    today: test.today ?? TODAY,
    identify: (_system, kind, externalId) => `${kind}:${externalId}`,
    identifyOwn: (_system, kind, externalId) => `${kind}:${externalId}`,
  };
  const drafts = mapping.convert(test.given, context);
  if (!Array.isArray(drafts)) {
    const field = 'place' in drafts ? (drafts.place?.field ?? '') : '';
    return { results: [], parked: [field] };
  }
  return {
    parked: [],
    results: drafts.map(({ entity, part, patch, content }) => ({
      key: entity.id,
      object: content,
      ...(part === '' ? {} : { part }),
      ...(patch === null ? {} : { removed: patch.removed }),
    })),
  };
}

function differenceOf(test: WrittenTest, { results, parked }: Given, isOutbound: boolean): string {
  const what = isOutbound ? 'objects' : 'parts';
  if (test.expectParked !== undefined) {
    return parked.includes(test.expectParked)
      ? ''
      : `expected ${test.expectParked} to park, parked: ${parked.join(', ') || 'nothing'}`;
  }
  if (parked.length > 0) return `parked at ${parked.join(', ')}`;
  if (test.expectNothing === true) {
    return results.length === 0 ? '' : `expected nothing, got ${results.length} ${what}`;
  }
  if (test.expectAll !== undefined) return compareAll(test.expectAll, results);
  if (results.length !== 1) return `expected one of ${what}, got ${results.length}`;
  return compareJson(test.expect ?? {}, results[0]?.['object'] ?? null, '');
}

/** Each expected result may name only some of key, object, part, removed. */
function compareAll(expected: readonly JsonObject[], results: readonly JsonObject[]): string {
  if (expected.length !== results.length) {
    return `expected ${expected.length}, got ${results.length}`;
  }
  for (const [index, one] of expected.entries()) {
    for (const [name, value] of Object.entries(one)) {
      const difference = compareJson(value, results[index]?.[name] ?? null, `[${index}].${name}`);
      if (difference !== '') return difference;
    }
  }
  return '';
}

/** The first place where two values differ, in words; empty if they are the same. */
function compareJson(expected: Json, found: Json, path: string): string {
  if (sameJson(expected, found)) return '';
  if (isObject(expected) && isObject(found)) {
    for (const name of new Set([...Object.keys(expected), ...Object.keys(found)])) {
      const [wanted, got] = [expected[name], found[name]];
      if (sameJson(wanted, got)) continue;
      return compareJson(wanted ?? null, got ?? null, path === '' ? name : `${path}.${name}`);
    }
  }
  return `${path}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(found)}`;
}
