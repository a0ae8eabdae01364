import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { BUILT_IN_FOLDER } from '../../core/hub.ts';
import type { OutboundMapping, ProjectionContext } from '../../core/mapping/compiled.ts';
import { judgedUntil } from '../../core/mapping/language/dates.ts';
import { isShown, narrowed, type Shown, shownOfField } from '../../core/mapping/shown/shown.ts';
import { isList, isObject } from '../../core/message/digest.ts';
import type { Entity, Json, JsonObject } from '../../core/message/message.ts';
import { loadCanonicalSchemas } from '../../core/schema/canonical-schemas.ts';
import { oddly } from './odd-values.ts';
import { shippedMappings } from './shipped.ts';

const CONTEXT = { today: '2026-09-01', lookup: () => undefined };

const extra: fc.Arbitrary<JsonObject> = fc.constantFrom<JsonObject[]>(
  ...[{}, { cancelled: true }, { startDate: '2026-09-02' }, { endDate: '2026-08-31' }],
  { governedBy: 'Independent', skolnav: { governedBy: 'Independent' } },
);

describe('what a mapping says that it reads of those who refer', () => {
  it('is all that it needs of them, whatever they hold', async function () {
    this.timeout(120_000);
    let narrower = 0;
    for (const { mapping, written } of await shippedMappings()) {
      if (mapping === null || !('project' in mapping) || mapping.inverses.length === 0) continue;
      const seeds = [{ id: 'x' }, ...(written?.tests ?? []).map(({ given }) => given)];
      const property = fc.property(oddly(seeds, []), extra, (given, unasked) => {
        const whole = fuller(mapping, { id: 'x', ...given }, unasked);
        const narrow = narrowView(mapping, whole);
        if (JSON.stringify(narrow).length < JSON.stringify(whole).length) narrower += 1;
        assert.equal(judged(mapping, narrow), judged(mapping, whole), mapping.file);
      });
      fc.assert(property, { numRuns: 400 });
    }
    assert.ok(narrower > 200, `${narrower} views became narrower`);
  });

  it('is a few fields of the children of a guardian', async () => {
    const all = await shippedMappings();
    const { mapping } =
      all.find((one) => one.mapping?.file.endsWith('itslearning/person.yaml')) ?? {};
    assert.ok(mapping !== undefined && mapping !== null && 'project' in mapping);
    const child = new Map([
      ['birthDate', true],
      ['id', true],
    ]);
    assert.deepEqual(
      shownOfField(mapping.shown, 'responsibleFor'),
      new Map<string, unknown>([
        ['relationType', true],
        ['person', child],
      ]),
    );
  });
});

describe('a field of which a mapping says that it does not read it', () => {
  const value = fc.constantFrom<Json>('x', '2026-08-31', 7, null, [], ['x'], [{ value: 'x' }], {});
  const LOOKED_UP: JsonObject = { id: 'x', person: { id: 'x' }, organisation: { id: 'x' } };

  it('changes nothing of what it makes, be it of the entity or of one that it looks up', async function () {
    this.timeout(120_000);
    const canonical = await loadCanonicalSchemas([join(BUILT_IN_FOLDER, 'schemas', 'canonical')]);
    const unread = (kind: string, shown: Shown = new Map()) => {
      const fields = [...(canonical.get(kind)?.plainFields ?? [])];
      return fields.filter((field) => !isShown(shown, [field]));
    };
    const told = { own: 0, lookedUp: 0 };
    for (const { mapping, written } of await shippedMappings()) {
      if (mapping === null || !('project' in mapping)) continue;
      const own = unread(mapping.from.kind, mapping.shown);
      const seeds = [{ id: 'x' }, ...(written?.tests ?? []).map(({ given }) => given)];
      const others = mapping.lookups.map((kind) => {
        return [kind, unread(kind, mapping.shownLookedUp.get(kind))] as const;
      });
      told.own += own.length;
      told.lookedUp += others.flatMap(([, fields]) => fields).length;
      const property = fc.property(oddly(seeds, []), value, (given, other) => {
        const view = { id: 'x', ...given };
        const otherwise = (fields: readonly string[]) =>
          Object.fromEntries(fields.map((field) => [field, other]));
        const context = (isOtherwise: boolean) => ({
          ...CONTEXT,
          lookup: (kind: string, id: string): Entity => {
            const [, fields = []] = others.find(([one]) => one === kind) ?? [];
            return { ...LOOKED_UP, id, ...(isOtherwise ? otherwise(fields) : {}) };
          },
        });
        const changed = { ...view, ...otherwise(own) };
        assert.equal(
          judged(mapping, changed, context(true)),
          judged(mapping, view, context(false)),
          mapping.file,
        );
      });
      fc.assert(property, { numRuns: 100 });
    }
    assert.ok(told.own > 100 && told.lookedUp > 20, JSON.stringify(told));
  });
});

function judged(
  { ways }: OutboundMapping,
  view: Entity,
  context: ProjectionContext = CONTEXT,
): string {
  const { result, until } = judgedUntil(() => ways.interpreted(view, context));
  return `${until} ${JSON.stringify(result, null, 1)}`;
}

/** With more fields in whatever refers. */
function fuller({ inverses }: OutboundMapping, view: Entity, unasked: JsonObject): Entity {
  const more = (value: Json): Json => {
    if (isList(value)) return value.map(more);
    if (!isObject(value)) return value;
    const inner = Object.entries(value).map(([name, one]) => [name, more(one)]);
    return { note: 'x', ...unasked, ...Object.fromEntries(inner) };
  };
  const full = inverses.flatMap((name) => (name in view ? [[name, more(view[name] ?? null)]] : []));
  return { ...view, ...Object.fromEntries(full) };
}

function narrowView({ inverses, shown }: OutboundMapping, view: Entity): Entity {
  const narrow = inverses.map((name): [string, Json] | [] => {
    const list = view[name];
    if (!isList(list) || !list.every(isObject)) return [];
    return [name, list.map((one: JsonObject) => narrowed(one, shownOfField(shown, name)))];
  });
  return { ...view, ...Object.fromEntries(narrow.filter((one) => one.length > 0)) };
}
