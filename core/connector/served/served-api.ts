import type { Json, JsonObject } from '../../message/message.ts';
import type { ServedQuery, ServedRow } from '../../store/ledger-store.ts';

/** What a client may fetch: the ledger of its own target, and nothing else. */
export interface ServedObjects {
  /** Rows of a kind, in the order of the query. */
  page(objectKind: string, query: ServedQuery): Promise<readonly ServedRow[]>;
  /** Those of them that are there, in no order. */
  byKeys(objectKind: string, keys: readonly string[]): Promise<readonly ServedRow[]>;
  /** How many are there, of those that changed and were created then. */
  count(objectKind: string, spans: Pick<ServedQuery, 'changed' | 'created'>): Promise<number>;
}

/** What the half of a connector knows that answers a client, beside its context. */
export interface ServedWorld {
  /** What the client may fetch. */
  readonly objects: ServedObjects;
  /** What the half keeps of its client over a restart, such as subscriptions; null at first. */
  readonly kept: {
    /** What was kept last. */
    read(): Promise<Json>;
    /**
     * Keeps what is made of it. Where several processes change it at the same time, it may be made
     * more than once, each time of what is kept by then; a failure of the maker changes nothing.
     */
    change(make: (kept: Json) => Json): Promise<void>;
  };
  /** A text for the client alone, who can neither read nor change it. */
  seal(value: Json): string;
  /** What was sealed for this client; null for anything else. */
  unseal(text: string): Json;
}

/** Answers a client in the form of a standard. Whoever asks has been let in already. */
export interface ServedApi {
  /** The path under which it is to be found, below the module's own, e.g. `v2.0`. */
  readonly base: string;
  /** Answers one request; throws a Failure for a defect alone. */
  answer(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer>;
  /** The body of a refusal in the form of the standard. */
  refusal(status: number, message: string): JsonObject;
  /** Tells the client that there is something new, where it asked for that; called now and then. */
  tell?(signal: AbortSignal): Promise<void>;
}

/** What a client asks for. */
export interface ApiRequest {
  /** `HEAD` is `GET`. */
  readonly method: string;
  /** Below the base, decoded, without a slash at either end. */
  readonly path: readonly string[];
  /** The parameters, as they came. */
  readonly query: URLSearchParams;
  /** The body, where it is JSON; null where there is none. */
  readonly body: Json;
  /** Where the client found the base: for links in an answer. */
  readonly url: string;
}

/** What a client is told. */
export interface ApiAnswer {
  /** By HTTP. */
  readonly status: number;
  /** Beside those that every answer has. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A value, pieces of JSON text as they come, or nothing. */
  readonly body?: Json | AsyncIterable<string>;
}
