import type { Json, JsonObject } from '../message/message.ts';

/** manifest.json. Options are JSON Schema; objects and streams name their schema files. */
export interface Manifest {
  /** The name of the folder. */
  readonly name: string;
  /** Names that it had in earlier versions: older workspaces say them still. */
  readonly formerNames?: readonly string[];
  /** The name of the system or standard. */
  readonly title: string;
  /** What it is, in a sentence. */
  readonly summary: string;
  /** How far it is to be relied on. */
  readonly stability: 'stable' | 'beta' | 'experimental';
  /** The web service that the connector speaks to: its options stand before the connector's own. */
  readonly service?: ServiceManifest;
  /** JSON Schema, `additionalProperties: false`; secrets are `writeOnly: true`. */
  readonly options: JsonObject;
  /** What the source yields. Absent where the layout file declares the streams. */
  readonly streams?: readonly StreamManifest[];
  /** True where the streams' schemas come from the layout file that the option `layout` names. */
  readonly streamsFromLayout?: boolean;
  /**
   * The connector by whose name mappings call its streams: what a layout declares is the same in
   * whatever way it comes. Its own name if absent.
   */
  readonly mappedAs?: string;
  /** The option by which the system calls us: a binding that has it needs `doorbell` in config. */
  readonly calledBy?: string;
  /** What the sink takes. Absent where there is none. */
  readonly sink?: SinkManifest;
}

/** How a web service may know us; a binding chooses one of those that a manifest names. */
export type Login = 'bearer' | 'oauth' | 'basic' | 'apiKey' | 'hmac';

/** What a connector says of its web service, so that the core can build the client. */
export interface ServiceManifest {
  /** The ways to log in that the service knows. */
  readonly auth: readonly Login[];
  /** An address as the service's usually look. */
  readonly example: string;
  /** Lists of the service, which stand behind its base: no base ends with one of them. */
  readonly lists?: readonly string[];
  /** The service may know us by a certificate or a header alone. Default false. */
  readonly optional?: boolean;
  /** Most requests per second, unless a binding says otherwise. Default 10. */
  readonly requestsPerSecond?: number;
  /** Time for one request, unless a binding says otherwise. Default 30 s. */
  readonly timeoutMs?: number;
}

/** One kind of record that a source yields. */
export interface StreamManifest {
  /** Its name, which mappings use. */
  readonly stream: string;
  /**
   * File in the connector's folder, e.g. `schemas/person.json` (JSON Schema of one record's value).
   */
  readonly schema: string;
}

/** What a sink takes, and how. */
export interface SinkManifest {
  /**
   * `full`: the whole set is put in place; `operations`: single creates, updates and deletes;
   * `served`: a client fetches it from us, and what is confirmed is delivered.
   */
  readonly mode: 'full' | 'operations' | 'served';
  /** The objects, and the mappings that make them, are those of another connector. */
  readonly objectsOf?: string;
  /** In the order in which they are created; deletions go the other way round. */
  readonly objects: readonly ObjectManifest[];
  /** True where the layout file that the option `layout` names declares the objects. */
  readonly objectsFromLayout?: boolean;
  /** Most operations in one call of `apply`. */
  readonly batchSize?: number;
  /** Calls of `apply` that may be under way at once. */
  readonly concurrency?: number;
}

/** One kind of object of a target. */
export interface ObjectManifest {
  /** Its name, which mappings use. */
  readonly kind: string;
  /**
   * File in the connector's folder: JSON Schema of the object. A property with
   * `"x-reference": "<object kind>"` holds the key of another object of this target; one with
   * `"x-optional": true` is wanted by some targets only, so that a mapping need not speak of it; one
   * with `"x-sensitive": true` is set in the place of its mapping only by who may see contents.
   */
  readonly schema: string;
  /** A switch among the connector's options: without it, objects of this kind are not made. */
  readonly option?: string;
  /** The target can change an object's key in place (else: delete and create). */
  readonly rekey?: boolean;
  /** Others make it, ours is a mark on it: deleted, it stays without our key. */
  readonly borrowed?: boolean;
  /** How an object is shut without being deleted: the first step where a flow gives a grace. */
  readonly suspend?: Suspension;
  /**
   * Fields by which what the target holds already may be taken for an object of ours, the surest
   * first: each alone must tell one object from all others, as a name and a birth date do not.
   */
  readonly match?: readonly MatchField[];
  /**
   * What else a target may hold unique, as `displayName` or `emails[].value`: where objects have
   * exchanged it, one of them steps aside first.
   */
  readonly unique?: readonly string[];
}

/** A field that tells one object from all others. */
export interface MatchField {
  /** A field of the object. */
  readonly field: string;
  /** Capital and small letters are the same here. */
  readonly ignoreCase?: boolean;
}

/** How an object is shut. */
export interface Suspension {
  /** A field of the object. */
  readonly field: string;
  /** The value that shuts it. */
  readonly value: Json;
}

/** The kinds of objects that a binding with these options makes. */
export function objectKindsOf(
  sink: SinkManifest | undefined,
  options: JsonObject,
): readonly ObjectManifest[] {
  return (sink?.objects ?? []).filter(
    ({ option }) => option === undefined || options[option] === true,
  );
}
