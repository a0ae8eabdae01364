import fc from 'fast-check';
import type { Json, JsonObject } from '../../core/message/message.ts';

type Container = Record<string, Json> | Json[];

const ODD: readonly (Json | undefined)[] = [
  ...[
    undefined,
    undefined,
    null,
    '',
    '  ',
    ' x ',
    'x',
    'Skola elev',
    'a'.repeat(300),
    'ÅÄÖ;\u2028"',
  ],
  ...['2026-08-01', '2026-09-01', '2027-01-01', '9999-12-31', '20260801', '0', '12', 'J', 'Klass'],
  ...[0, 1, 17, 1.5, -1, true, false],
  ...[[], [null], ['x'], ['x', 'x'], [{}], [[1]], [{ id: 'x' }, { id: 'x' }]],
  ...[{}, { id: 'x' }, { type: 'Skola elev', value: ' X@y.example ' }, { person: { id: null } }],
  { toString: 'x' },
];

/** Where something is put, and what: of all places, the one with that number. */
const change = fc.record({
  place: fc.nat(),
  value: fc.constantFrom(...ODD),
  /** A field of the root, there or not. */
  field: fc.option(fc.nat()),
});

/** What a mapping is given in its tests, with some values missing, null or of another type. */
export function oddly(
  seeds: readonly JsonObject[],
  fields: readonly string[],
): fc.Arbitrary<JsonObject> {
  return fc
    .tuple(fc.constantFrom(...seeds), fc.array(change, { maxLength: 4 }))
    .map(([seed, changes]) => {
      // SAFETY: a copy, of JSON alone.
      const copy = structuredClone(seed) as Record<string, Json>;
      for (const { place, value, field } of changes) {
        const places = [...placesIn(copy)];
        const [at, key] =
          field === null || fields.length === 0
            ? (places[place % places.length] ?? [copy, 'id'])
            : ([copy, fields[field % fields.length] ?? 'id'] as const);
        put(at, key, value);
      }
      return copy;
    });
}

function put(at: Container, key: string | number, value: Json | undefined): void {
  if (value === undefined) Reflect.deleteProperty(at, key);
  else Reflect.set(at, key, structuredClone(value));
  // JSON has no holes.
  if (Array.isArray(at)) at.splice(0, at.length, ...at.filter((one) => one !== undefined));
}

function* placesIn(value: Json): Generator<readonly [Container, string | number]> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    // SAFETY: of the copy, which nobody else holds.
    yield [value as Container, Array.isArray(value) ? Number(key) : key];
    yield* placesIn(inner);
  }
}
