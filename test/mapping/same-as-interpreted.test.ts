import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CompiledMapping } from '../../core/mapping/compile-mapping.ts';
import type { InboundMapping, OutboundMapping } from '../../core/mapping/compiled.ts';
import { judgedUntil } from '../../core/mapping/language/dates.ts';
import type { Entity, Json, JsonObject } from '../../core/message/message.ts';
import { oddly } from './odd-values.ts';
import { shippedMappings } from './shipped.ts';

const TODAY = '2026-09-01';

describe('a mapping as generated code', () => {
  it('gives what the interpreter gives, whatever it is given', async function () {
    this.timeout(120_000);
    let checked = 0;
    for (const { mapping, written } of await shippedMappings()) {
      if (mapping === null) continue;
      const seeds = [{ id: 'x' }, ...(written?.tests ?? []).map(({ given }) => given)];
      const fields = [...new Set(mapping.rules.flatMap(({ reads }) => reads)), 'id'];
      const found = lookups(written);
      fc.assert(
        fc.property(oddly(seeds, fields), fc.array(oddly(found, ['id'])), (given, others) => {
          const judge = 'project' in mapping ? projecting(mapping, others) : converting(mapping);
          assert.deepEqual(
            judged(() => judge.generated(given)),
            judged(() => judge.interpreted(given)),
            mapping.file,
          );
          checked += 1;
        }),
        { numRuns: 150 },
      );
    }
    assert.ok(checked > 10_000);
  });
});

/** As text: the order of fields counts; with the day on which it may be otherwise. */
function judged(judge: () => unknown): readonly [string, string] {
  const { result, until } = judgedUntil(judge);
  return [JSON.stringify(result, null, 1), until];
}

function projecting(mapping: OutboundMapping, others: readonly JsonObject[]) {
  const lookup = (_kind: string, id: string): Entity | undefined => {
    const found = others[id.length % Math.max(others.length, 1)];
    return found === undefined ? undefined : { ...found, id };
  };
  const context = { today: TODAY, lookup };
  // SAFETY: an id that is none is one of the odd values.
  const view = (given: JsonObject) => given as Entity;
  return {
    generated: (given: JsonObject) => mapping.ways.generated().run(view(given), context),
    interpreted: (given: JsonObject) => mapping.ways.interpreted(view(given), context),
  };
}

function converting(mapping: InboundMapping) {
  const identifyOwn = (system: string | null, kind: string, id: string) =>
    `${system}/${kind}/${id}`;
  const identify = (system: string | null, kind: string, id: string) =>
    identifyOwn(system, kind, id.length % 3 === 0 ? 'survivor' : id);
  const context = { today: TODAY, identify, identifyOwn };
  return {
    generated: (given: JsonObject) => mapping.ways.generated().run(given, context),
    interpreted: (given: JsonObject) => mapping.ways.interpreted(given, context),
  };
}

function lookups(written: CompiledMapping['written']): readonly JsonObject[] {
  const found = (written?.tests ?? []).flatMap((one) => Object.values(one.lookups ?? {}).flat());
  return found.length === 0 ? [{ id: 'x' } satisfies Record<string, Json>] : found;
}
