import type { JsonObject } from '../message/message.ts';
import type { ObjectManifest, SinkManifest } from './manifest.ts';

/** The kinds of objects that a binding with these options makes. */
export function objectKindsOf(
  sink: SinkManifest | undefined,
  options: JsonObject,
): readonly ObjectManifest[] {
  return (sink?.objects ?? []).filter(
    ({ option }) => option === undefined || options[option] === true,
  );
}
