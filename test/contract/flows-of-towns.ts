import fc from 'fast-check';
import type { Target, TargetKind } from '../../core/flow/target.ts';
import type { OutboundMapping, Projection } from '../../core/mapping/compiled.ts';
import { narrowed, type Shown } from '../../core/mapping/shown/shown.ts';
import { isList, isObject } from '../../core/message/digest.ts';
import type { Entity, JsonObject } from '../../core/message/message.ts';
import type { LedgerRow } from '../../core/store/ledger-store.ts';
import type { ViewNeeds } from '../../core/view/views.ts';
import { canonical } from './views.contract.ts';

const INVERSES: Readonly<Record<string, readonly string[]>> = {
  organisation: ['children'],
  person: ['duties', 'placements', 'groupMemberships', 'responsibleFor'],
  group: ['activities'],
  duty: ['activities'],
};

/** A flow as these tests make it: what it sees, and how far its plan is gone through. */
export interface Made {
  readonly target: Target;
  readonly needs: ViewNeeds;
  readonly rows: readonly LedgerRow[];
  /** After so many batches nobody wants the rest of it. */
  readonly stopsAfter: number;
}

/** What a mapping reads of those who refer: all, or a field or two. */
const shown = fc.constantFrom<Shown>(
  true,
  new Map([['id', true]]),
  new Map([['person', new Map([['id', true]])]]),
  new Map<string, Shown>([
    ['id', true],
    ['responsibles', true],
  ]),
);

const kind = fc.record({
  from: fc.constantFrom('organisation', 'person', 'person', 'group', 'duty', 'placement'),
  /** Objects hold keys of their own kind: it is gone through twice. */
  refersToItself: fc.boolean(),
  shown,
  inverses: fc.nat(),
});

const row = fc.record({ of: fc.nat({ max: 9 }), at: fc.nat({ max: 2 }) });

export const flows: fc.Arbitrary<readonly Made[]> = fc
  .array(
    fc.record({
      protectedPersons: fc.constantFrom<ViewNeeds['protectedPersons']>(
        'exclude',
        'exclude',
        'include',
      ),
      schools: fc.constantFrom<ViewNeeds['schools']>('ours', 'ours', 'others', 'all'),
      kinds: fc.array(kind, { minLength: 1, maxLength: 4 }),
      isOdd: fc.boolean(),
      isSet: fc.boolean(),
      rows: fc.uniqueArray(row, { selector: ({ of, at }) => `${of} ${at}` }),
      stopsAfter: fc.constantFrom(99, 99, 99, 2),
    }),
    { minLength: 2, maxLength: 4 },
  )
  .map((all) => all.map(madeOf));

type Drawn = Parameters<typeof madeOf>[0];

/** A flow of what was drawn for it. */
export function madeOf(
  drawn: {
    readonly protectedPersons: ViewNeeds['protectedPersons'];
    readonly schools: ViewNeeds['schools'];
    readonly kinds: readonly {
      readonly from: string;
      readonly refersToItself: boolean;
      readonly shown: Shown;
      readonly inverses: number;
    }[];
    readonly isOdd: boolean;
    readonly isSet: boolean;
    readonly rows: readonly { readonly of: number; readonly at: number }[];
    readonly stopsAfter: number;
  },
  number: number,
): Made {
  const name = `t${number}:any`;
  const reads = new Map(drawn.kinds.map((one) => [one.from, one]));
  const inverses = new Map(
    [...reads].map(([from, { inverses: which }]) => {
      const names = INVERSES[from] ?? [];
      return [from, new Set(names.filter((_, at) => (which & (1 << at)) !== 0))];
    }),
  );
  const { protectedPersons, schools, isOdd, isSet, stopsAfter } = drawn;
  const where = (view: Entity) => !isOdd || !view.id.endsWith('0');
  const selects = new Map([...reads.keys()].map((from) => [from, { where }]));
  const kinds = drawn.kinds.map((one, rank) => kindOf(one, rank, reads, inverses));
  const mode = isSet ? 'full' : 'operations';
  // SAFETY: nothing else of a flow and its target is looked at in planning.
  const target = { name, flow: { name, to: name, selects }, mode, kinds } as unknown as Target;
  const shownOf = (from: string, inverse: string) => readOf(reads, from, inverse);
  return {
    target,
    needs: { protectedPersons, schools, inverses, shownOf },
    rows: rowsOf(name, drawn),
    stopsAfter,
  };
}

/** What a unit is known by is read as a whole, whatever mappings read. */
function readOf(
  reads: ReadonlyMap<string, Drawn['kinds'][number]>,
  from: string,
  inverse: string,
): Shown {
  const isOfUnits = canonical.get(from)?.unitInverses.includes(inverse) === true;
  return isOfUnits || (reads.get(from)?.shown ?? true);
}

/** Objects that say all that is read of an entity's view, and of everybody whom it names. */
function kindOf(
  { from, refersToItself }: Drawn['kinds'][number],
  rank: number,
  reads: ReadonlyMap<string, Drawn['kinds'][number]>,
  inverses: ReadonlyMap<string, ReadonlySet<string>>,
): TargetKind {
  const own = `${from}-${rank}`;
  const needsOf = (view: Entity) => canonical.get(from)?.referencesOf(view) ?? [];
  const mapping = {
    from: { kind: from, version: 1 },
    to: { connector: 'any', objectKind: own },
    needs: needsOf,
    project(
      view: Entity,
      { lookup }: { lookup: (kind: string, id: string) => Entity | undefined },
    ) {
      const seen: Record<string, JsonObject[string]> = {};
      for (const [field, value] of Object.entries(view)) {
        if (inverses.get(from)?.has(field) !== true) seen[field] = value;
        else if (isList(value)) {
          const read = readOf(reads, from, field);
          seen[field] = value.flatMap((one) => (isObject(one) ? [narrowed(one, read)] : []));
        }
      }
      const found = needsOf(view).map(({ kind: to, id }) => lookup(to, id) ?? null);
      return [{ key: view.id, object: { seen, found, above: 'u0' } }] satisfies Projection[];
    },
  };
  const reference = { path: ['above'], kind: own, required: false };
  const about = {
    rank,
    rekey: false,
    leave: null,
    mappings: [mapping as unknown as OutboundMapping],
  };
  // SAFETY: nothing else of a kind is looked at in planning.
  return {
    kind: own,
    ...about,
    references: refersToItself ? [reference] : [],
    referredTo: refersToItself,
  } as unknown as TargetKind;
}

/** Rows of entities that are there, and of some that are not. */
function rowsOf(target: string, { kinds, rows }: Drawn): readonly LedgerRow[] {
  return rows.flatMap(({ of, at }) => {
    const from = kinds[at]?.from;
    if (from === undefined) return [];
    const id = `${from[0]}${of}`;
    const ref = { target, objectKind: `${from}-${at}`, origin: { kind: from, id }, key: id };
    const about = { unit: '', remoteId: null, run: 'r', confirmedAt: 0, suspendedSince: null };
    return [{ ref, ...about, hash: 'other', object: { id } }];
  });
}
