import type { Message } from '../../message/message.ts';
import type { Engine } from '../../run/engine.ts';
import type { GroupName, MessagePage, OfUnit } from '../../store/message-store.ts';
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

/**
 * A page of a group. What belongs to a unit, and may not be told to, is on the pages of no unit of
 * its own; the page of the whole group has it.
 */
export async function failurePage(
  engine: Engine,
  group: GroupName & OfUnit,
  after: number,
  limit: number,
): Promise<MessagePage> {
  const found = await engine.store.messages.page(group, after, limit);
  if (group.unit === undefined) return found;
  const hidden = await HiddenOrigins.read(engine);
  const messages = found.messages.filter((one) => hidden.unitOf(one) === group.unit);
  return { ...found, messages };
}

/** Whether a message of a target and code is one of those that a request is about. */
export async function groupFilter(
  engine: Engine,
  {
    objectKind,
    unit,
    until = Number.MAX_SAFE_INTEGER,
  }: Pick<GroupRequest, 'objectKind' | 'unit' | 'until'>,
): Promise<(message: Message) => boolean> {
  const hidden = unit === undefined ? null : await HiddenOrigins.read(engine);
  return (message) => {
    const isOfKind = objectKind === undefined || message.objectKind === objectKind;
    const isOfUnit = hidden === null || hidden.unitOf(message) === unit;
    return isOfKind && isOfUnit && message.updatedAt <= until;
  };
}
