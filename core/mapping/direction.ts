import type { JsonObject } from '../message/message.ts';
import type { CanonicalSchema } from '../schema/canonical.ts';

/** An entity -> objects mapping's two ends. */
export interface Outbound {
  readonly kind: 'outbound';
  readonly entity: CanonicalSchema;
  readonly object: JsonObject;
  readonly objectKind: string;
}

/** A record -> parts mapping's two ends. */
export interface Inbound {
  readonly kind: 'inbound';
  readonly entity: CanonicalSchema;
  readonly record: JsonObject;
  readonly stream: string;
}

/** Which way a mapping leads, with the schemas at both ends. */
export type Direction = Outbound | Inbound;
