import type { Json, JsonObject } from '../../message/message.ts';

/** A mapping file as it is written, checked against schemas/hub/mapping.v1.json. */
export interface WrittenMapping {
  readonly from: string;
  readonly to: string;
  readonly key?: WrittenRule;
  readonly entity?: {
    readonly identity: string;
    readonly of?: string;
    readonly duplicates?: string;
  };
  readonly part?: WrittenRule;
  readonly supplement?: boolean;
  readonly partial?: WrittenPartial;
  readonly alone?: WrittenAlone;
  /** A path whose items are called what `as` says, or several by the names of their items. */
  readonly each?: string | Readonly<Record<string, string | WrittenDays>>;
  readonly as?: string;
  readonly when?: string;
  readonly let?: Readonly<Record<string, string | WrittenLookup>>;
  readonly fields: WrittenFields;
  readonly tests?: readonly WrittenTest[];
}

export type WrittenFields = Readonly<Record<string, WrittenRule>>;

export interface WrittenLookup {
  readonly lookup: string;
  readonly by: string;
}

/** That day of the month, the last so many times that it has come. */
export interface WrittenDays {
  readonly monthly: number;
  readonly last: number;
}

export interface WrittenPartial {
  readonly when: string;
  readonly list: string;
  readonly keyedBy: string;
  readonly removed: string;
}

export interface WrittenAlone {
  readonly list: string;
  readonly keyedBy: string;
}

export type Policy = 'park' | 'omit' | { readonly use: Json };

export interface WrittenRule {
  readonly take?: string;
  readonly cel?: string;
  readonly const?: Json;
  readonly lookup?: string;
  readonly by?: string;
  readonly identity?: string;
  readonly kind?: string;
  readonly of?: string;
  readonly list?: string | readonly WrittenRule[];
  readonly as?: string;
  readonly item?: WrittenFields;
  readonly where?: string;
  readonly omit?: string;
  readonly trim?: boolean;
  readonly lower?: boolean;
  readonly upper?: boolean;
  readonly date?: string;
  readonly number?: boolean;
  readonly boolean?: { readonly true: readonly string[]; readonly false: readonly string[] };
  readonly split?: string;
  readonly table?: string | Readonly<Record<string, string | number | boolean>>;
  readonly unmapped?: Policy;
  readonly template?: string;
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly longer?: 'cut' | 'park' | 'omit';
  readonly missing?: Policy;
  readonly empty?: Policy;
  readonly null?: Policy;
  readonly default?: Json;
}

export interface WrittenTest {
  readonly name: string;
  readonly given: JsonObject;
  readonly lookups?: Readonly<Record<string, readonly JsonObject[]>>;
  readonly today?: string;
  readonly expect?: Json;
  readonly expectAll?: readonly JsonObject[];
  readonly expectParked?: string;
  readonly expectNothing?: true;
}
