import type { Message } from '../../message/message.ts';
import type { Engine } from '../../run/engine.ts';
import { placeNameOf } from '../../store/shared/open-message.ts';
import type { DiscardGroupRequest, GroupRequest } from '../control-bus.ts';
import { HiddenOrigins } from './hidden-origins.ts';

/** Failures that are discarded together are those that were there when a person looked. */
export async function idsOfGroup(
  engine: Engine,
  request: Omit<DiscardGroupRequest, 'who' | 'reason'>,
): Promise<readonly string[]> {
  const { target, code } = request;
  const ids: string[] = [];
  const isMeant = await groupFilter(engine, request);
  const failed = { target, code, state: ['failed'] } as const;
  for await (const batch of engine.store.messages.scan(failed)) {
    const own = batch.filter(isMeant);
    ids.push(...own.map(({ id }) => id));
  }
  return ids;
}

/** Whether a message of a target and code is one of those that a request is about. */
export async function groupFilter(
  engine: Engine,
  {
    objectKind,
    unit,
    run,
    place,
    until = Number.MAX_SAFE_INTEGER,
  }: Pick<GroupRequest, 'objectKind' | 'unit' | 'run' | 'place' | 'until'>,
): Promise<(message: Message) => boolean> {
  const hidden = unit === undefined ? null : await HiddenOrigins.read(engine);
  return (message) => {
    const { file, field } = placeNameOf(message.problem);
    const isOfKind = objectKind === undefined || message.objectKind === objectKind;
    const isOfUnit = hidden === null || hidden.unitOf(message) === unit;
    const isOfRun = run === undefined || message.run === run;
    const isThere = place === undefined || (place.file === file && place.field === field);
    return isOfKind && isOfUnit && isOfRun && isThere && message.updatedAt <= until;
  };
}
