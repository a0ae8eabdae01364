import type { Message } from '../../message/message.ts';
import type { Engine } from '../../run/engine.ts';
import type { DiscardGroupRequest } from '../control-bus.ts';

/** Failures that are discarded together are those that were there when a person looked. */
export async function idsOfGroup(
  { store }: Engine,
  { target, code, objectKind, until }: Omit<DiscardGroupRequest, 'who' | 'reason'>,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const batch of store.messages.scan({ target, code, state: ['failed'] })) {
    const own = batch.filter((one) => isOfGroup(one, objectKind, until));
    ids.push(...own.map(({ id }) => id));
  }
  return ids;
}

export function isOfGroup(
  message: Message,
  objectKind: string | undefined,
  until: number | undefined,
): boolean {
  const isOfKind = objectKind === undefined || message.objectKind === objectKind;
  return isOfKind && message.updatedAt <= (until ?? Number.MAX_SAFE_INTEGER);
}
