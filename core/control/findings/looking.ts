import { type Outline, outlineOf } from '../../flow/known/outline.ts';
import type { Engine } from '../../run/engine.ts';

/** What a look for findings goes by: what the hub remembers, and what the files say in outline. */
export interface Looking extends Pick<Engine, 'store' | 'now'> {
  readonly outline: Outline;
  /** Modules of a database from before whose ids are in one numbering: see `Identity`. */
  readonly unnamed: ReadonlySet<string>;
}

/** The same of a hub that is open. */
export function lookingOf({ store, now, workspace, identity }: Engine): Looking {
  return { store, now, outline: outlineOf(workspace), unnamed: identity.unnamed };
}
