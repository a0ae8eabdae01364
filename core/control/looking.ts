import type { Broker } from '../broker/broker.ts';
import { type Outline, outlineOf } from '../flow/known/outline.ts';
import type { Engine } from '../run/engine.ts';

/** What a look for findings goes by: what the hub remembers, and what the files say in outline. */
export interface Looking extends Pick<Engine, 'store' | 'now'> {
  readonly outline: Outline;
  /** Null where only the store is open. */
  readonly broker: Pick<Broker, 'reach'> | null;
  /** Modules of a database from before whose ids are in one numbering: see `Identity`. */
  readonly unnamed: ReadonlySet<string>;
}

/** The same of a hub that is open. */
export function lookingOf({ store, broker, now, workspace, identity }: Engine): Looking {
  return { store, broker, now, outline: outlineOf(workspace), unnamed: identity.unnamed };
}
