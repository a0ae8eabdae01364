import type { JsonObject } from '../message/message.ts';

/** config/*.yaml, checked; secrets are still references (`${env:NAME}`, `${file:PATH}`). */
export interface Config {
  readonly file: string;
  readonly backend: 'embedded';
  /** Folder of the hub's own data, absolute. */
  readonly dataFolder: string;
  readonly timeZone: string;
  readonly modules: ReadonlyMap<string, Binding>;
  /** Entity kind -> field (or `*`) -> owning source module. */
  readonly ownership: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Per source module. */
  readonly sources: ReadonlyMap<string, SourceRules>;
}

export interface Binding {
  readonly module: string;
  readonly connector: string;
  /** Folder under `mappings/`; the connector's own name unless the binding says otherwise. */
  readonly mappings: string;
  readonly options: JsonObject;
}

export interface SourceRules {
  /** A full source with fewer parts than this fraction of what is kept is held. */
  readonly minRecords: number;
  /** Per stream: what becomes of what a full stream no longer holds. */
  readonly missing: ReadonlyMap<string, MissingRule>;
}

export type MissingRule =
  | { readonly kind: 'delete' }
  | { readonly kind: 'keep' }
  | { readonly kind: 'after'; readonly runs: number };
