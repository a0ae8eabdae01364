import { type Failure, ForbiddenFailure, type JsonObject } from '../../core/plugin.ts';
import type { Said } from './answer.ts';

/** An answer to a write: what the service says, beyond refusing. */
export type Written =
  | {
      readonly kind: 'written';
      readonly status: number;
      /** What it shows of the resource; null: nothing. */
      readonly shown: JsonObject | null;
      /** Its id of the resource, where it says one. */
      readonly id: string | null;
      /** The resource's version by now, where it says it. */
      readonly etag: string | null;
    }
  /** 409: it is there already, or another has what must be unique, or what its type says. */
  | ({ readonly kind: 'conflict' } & Said)
  /** 404, 410: it is not there. */
  | { readonly kind: 'gone' }
  /** 412: somebody changed it in between. 428: its version must be told (RFC 6585). */
  | { readonly kind: 'changed'; readonly status: number }
  /** 413: it is more than the service takes at once. */
  | ({ readonly kind: 'long'; readonly failure: Failure } & Said)
  /** 405, 501: it cannot do that at all. */
  | ({ readonly kind: 'unable'; readonly failure: Failure } & Said)
  /** 403: this resource is not ours to change, or the whole service is not. */
  | ({ readonly kind: 'forbidden'; readonly failure: Failure } & Said)
  /** All else; `isYes`: it says so with a status of success. */
  | ({ readonly kind: 'failed'; readonly failure: Failure; readonly isYes: boolean } & Said);

/** What kind of refusal a status is, where it is not told apart before. */
export function refusalKind(
  status: number,
  failure: Failure,
): 'forbidden' | 'unable' | 'long' | 'failed' {
  if (failure instanceof ForbiddenFailure) return 'forbidden';
  if (status === 413) return 'long';
  return status === 405 || status === 501 ? 'unable' : 'failed';
}
