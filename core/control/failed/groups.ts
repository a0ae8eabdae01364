import type { Message } from '../../message/message.ts';
import type { Engine } from '../../run/engine.ts';
import { placeNameOf } from '../../store/shared/open-message.ts';
import type { GroupRequest } from '../control-bus.ts';
import { HiddenOrigins } from './hidden-origins.ts';

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
