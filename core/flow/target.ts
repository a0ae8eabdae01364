import type { Layout } from '../codec/layout/layout.ts';
import { setsKept } from '../codec/layout/write-rules.ts';
import { writableSchemaOf, writtenStreams } from '../codec/writing/writable.ts';
import type { Binding } from '../config/config.ts';
import type {
  MatchField,
  ObjectManifest,
  SinkManifest,
  Suspension,
} from '../connector/manifest.ts';
import type { ConnectorRegistry } from '../connector/registry.ts';
import type { OutboundMapping } from '../mapping/compiled.ts';
import type { JsonObject } from '../message/message.ts';
import { stepsOf } from '../message/reference-walk.ts';
import { referencePaths } from '../schema/annotation/references.ts';
import type { ReferencePath } from '../schema/canonical.ts';
import type { Flow } from './compiled.ts';

/** One flow's way to the system that fills its module now. */
export interface Target {
  /** `lms:itslearning`: a swapped connector is a new target with a ledger of its own. */
  readonly name: string;
  readonly flow: Flow;
  readonly mode: SinkManifest['mode'];
  readonly kinds: readonly TargetKind[];
}

/** Whether the ledger of a target changes as a whole: nobody tells it objects one by one. */
export function changesAsWhole({ mode }: Pick<Target, 'mode'>): boolean {
  return mode !== 'operations';
}

/** One object kind of a target, in the order of creation. */
export interface TargetKind {
  readonly kind: string;
  /** JSON Schema of its objects. */
  readonly schema: JsonObject;
  /** Its place in the order of creation, from 0. */
  readonly rank: number;
  readonly rekey: boolean;
  /** Others make it, ours is a mark on it: deleted, it stays without our key. */
  readonly borrowed: boolean;
  /** How an object is shut, by whatever reason; null: the target cannot. */
  readonly suspend: Suspension | null;
  /** How an object is shut before it is deleted, and for how long; null: it is deleted at once. */
  readonly leave: Leave | null;
  /** By which fields what the target holds already is adopted. */
  readonly match: readonly MatchField[];
  /** What the target may let no two objects have. */
  readonly unique: readonly UniqueField[];
  readonly mappings: readonly OutboundMapping[];
  /** The fields that the mappings fill, dotted. */
  readonly fields: readonly string[];
  /** Where its objects hold keys of other objects of the same target. */
  readonly references: readonly ReferencePath[];
  /** True if objects of some kind refer to this one: its keys must be known while planning. */
  readonly referredTo: boolean;
}

/** `[]` in the path steps into a list. */
export interface UniqueField {
  readonly path: readonly string[];
  readonly ignoreCase: boolean;
}

/** The first of a deletion's two steps: this field gets this value. */
export interface Leave extends Suspension {
  readonly graceDays: number;
}

/** What the system that fills a module takes. */
export interface BoundSink extends SinkManifest {
  /** JSON Schema of the objects of a kind. */
  schemaOf(kind: string): JsonObject;
  /** How many of the last sets are kept beside the target's files as they were sent. */
  readonly setsKept?: number;
}

/** `<folder>/<name>` -> layout. */
export type Layouts = ReadonlyMap<string, Layout>;

/**
 * What a binding takes, by its connector's manifest, or by its layout where that declares the kinds;
 * null where it takes nothing.
 */
export function boundSinkOf(
  binding: Binding | undefined,
  connectors: ConnectorRegistry,
  layouts: Layouts,
): BoundSink | null {
  const sink = connectors.manifest(binding?.connector ?? '')?.sink;
  if (binding === undefined || sink === undefined) return null;
  // Without a client it is a service that we ask.
  if (sink.mode === 'served' && binding.options['client'] === undefined) return null;
  if (sink.objectsFromLayout !== true) {
    const schemaOf = (kind: string) => connectors.objectSchema(binding.connector, kind);
    return { ...sink, schemaOf };
  }
  const layout = layouts.get(`${binding.mappings}/${binding.options['layout']}`);
  if (layout?.write === undefined) return null;
  const objects = [...writtenStreams(layout).keys()].map((kind) => ({ kind, schema: '' }));
  const schemaOf = (kind: string) => writableSchemaOf(layout, kind) ?? {};
  const mode = layout.write.way === 'operations' ? 'operations' : sink.mode;
  return { ...sink, mode, objects, schemaOf, setsKept: setsKept(layout.write) };
}

/** `lms:itslearning`: the target that a module is while this connector fills it. */
export function targetName(module: string, connector: string): string {
  return `${module}:${connector}`;
}

/** Derives a flow's target from its binding's connector. */
export function targetOf(
  flow: Flow,
  connector: string,
  sink: BoundSink,
  mappings: readonly OutboundMapping[],
): Target {
  const references = sink.objects.map((object) => referencePaths(sink.schemaOf(object.kind)));
  const referred = new Set(references.flat().map((reference) => reference.kind));
  return {
    name: targetName(flow.to, connector),
    flow,
    mode: sink.mode,
    kinds: sink.objects.map((object, rank) => {
      const own = mappings.filter((mapping) => mapping.to.objectKind === object.kind);
      return {
        kind: object.kind,
        schema: sink.schemaOf(object.kind),
        rank,
        rekey: object.rekey === true,
        borrowed: object.borrowed === true,
        suspend: object.suspend ?? null,
        leave: sink.mode === 'operations' ? leaveOf(object, flow, own) : null,
        match: matchOf(object, flow),
        unique: uniqueIn(object),
        mappings: own,
        fields: [...new Set(own.flatMap(({ fills }) => fills))],
        references: references[rank] ?? [],
        referredTo: referred.has(object.kind),
      };
    }),
  };
}

/** The fields that the connector declares, or those of them that the flow leaves. */
function matchOf({ kind, match = [] }: ObjectManifest, { adopt }: Flow): readonly MatchField[] {
  const named = adopt.get(kind);
  return named === undefined ? match : match.filter(({ field }) => named.includes(field));
}

/** Whatever a flow adopts by, the target has its rules. */
function uniqueIn({ match = [], unique = [] }: ObjectManifest): readonly UniqueField[] {
  const paths = unique.map((field) => stepsOf(field));
  return [
    ...match.map(({ field, ignoreCase = false }) => ({ path: [field], ignoreCase })),
    ...paths.map((path) => ({ path, ignoreCase: true })),
  ];
}

/** Only where the mappings fill the field: who comes back must get its value back. */
function leaveOf(
  { suspend }: ObjectManifest,
  { delivery: { graceDays } }: Flow,
  mappings: readonly OutboundMapping[],
): Leave | null {
  if (suspend === undefined || graceDays === 0) return null;
  const isFilled = mappings.every(({ fills }) => fills.includes(suspend.field));
  return isFilled ? { ...suspend, graceDays } : null;
}
