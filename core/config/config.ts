import type { JsonObject } from '../message/message.ts';
import type { ClusterRules } from './cluster.ts';
import type { DashboardRules } from './dashboard-rules.ts';
import type { Guards } from './rules/guards.ts';
import type { ServedRules } from './served-rules.ts';

/** config/*.yaml, checked; secrets are still references (`${env:NAME}`, `${file:PATH}`). */
export interface Config {
  readonly file: string;
  /** Where the hub's state is; null: in the data folder. */
  readonly cluster: ClusterRules | null;
  /** Where a cluster is that has it, or could; null: nobody says. */
  readonly services: ClusterRules | null;
  /** Folder of the hub's own data, absolute. */
  readonly dataFolder: string;
  readonly timeZone: string;
  readonly modules: ReadonlyMap<string, Binding>;
  /** Entity kind -> field (or `*`) -> owning source module. */
  readonly ownership: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
  /** Per source module. */
  readonly sources: ReadonlyMap<string, SourceRules>;
  /** Where findings are sent; the password is still a reference. */
  readonly mail: MailRules | null;
  /** Where systems may ring, and send events; null: nobody listens. */
  readonly doorbell: DoorbellRules | null;
  /** Where `serve` shows the dashboard; null: nowhere. */
  readonly dashboard: DashboardRules | null;
  /** Where `serve` answers the clients of served modules. */
  readonly served: ServedRules;
  readonly retention: Retention;
}

export interface DoorbellRules {
  readonly host: string;
  readonly port: number;
  /** Still a reference; null: nobody may ring. */
  readonly token: string | null;
}

export interface MailRules {
  readonly host: string;
  readonly port: number;
  readonly tls: 'starttls' | 'always' | 'none';
  readonly user: string | null;
  readonly password: string | null;
  readonly from: string;
  readonly to: readonly string[];
  readonly language: 'en' | 'sv';
  /** When the day's digest is sent, `HH:MM`; null: never. */
  readonly digest: string | null;
}

/** Milliseconds. */
export interface Retention {
  readonly runsMs: number;
  readonly auditMs: number;
  readonly archiveMs: number;
}

export interface Binding {
  readonly module: string;
  readonly connector: string;
  /** Folder under `mappings/`; the connector's own name unless the binding says otherwise. */
  readonly mappings: string;
  readonly options: JsonObject;
}

export interface SourceRules {
  /** How much may be missing from a full read, of the whole and of one school unit. */
  readonly guards: Guards;
  /** More persons than both who become protected by one run are a hold; none of them waits. */
  readonly protections: { readonly maxNew: number; readonly minimum: number };
  /** What is missing may have stood side by side: the source sorts by what ends together. */
  readonly passesCuts: boolean;
  /** A source that brought nothing new for longer is a finding; null: the usual. */
  readonly maxAgeMs: number | null;
  /** `serve` looks so often whether it has news; null: at the turns of its flows alone. */
  readonly watchMs: number | null;
  /** Per stream, or `*`: what becomes of what a full stream no longer holds; see missingRuleOf. */
  readonly missing: ReadonlyMap<string, MissingRule>;
}

export type MissingRule =
  | { readonly kind: 'delete' }
  | { readonly kind: 'keep' }
  | { readonly kind: 'after'; readonly runs: number };
