import type { Message } from '../../message/message.ts';
import type { Engine } from '../../run/engine.ts';
import type { AuditEntry } from '../../store/run-store.ts';
import { audit } from '../audit.ts';
import type { DiscardGroupRequest, RestoreGroupRequest } from '../control-bus.ts';
import { groupFilter } from './groups.ts';

/**
 * Takes messages off the list without delivering, each audited with the reason. That can be undone
 * until the next run of their source or target.
 */
export async function discard(
  engine: Engine,
  ids: readonly string[],
  who: string,
  reason: string,
): Promise<number> {
  const { messages } = engine.store;
  const found = await messages.get(ids);
  await auditEach(engine, found, { who, action: 'failed discard', reason });
  const result = { kind: 'discarded' } as const;
  await messages.settle(found.map((message) => ({ message, result })));
  return found.length;
}

/** Those of a group that were there when a person looked. */
export async function discardGroup(
  engine: Engine,
  { who, reason, ...about }: DiscardGroupRequest,
): Promise<number> {
  const { target, code } = about;
  const ids: string[] = [];
  const isMeant = await groupFilter(engine, about);
  for await (const batch of engine.store.messages.scan({ target, code, state: ['failed'] })) {
    ids.push(...batch.filter(isMeant).map(({ id }) => id));
  }
  return discard(engine, ids, who, reason);
}

/** Undoes discards: what no run has swept is on the list again. Answers how many were found. */
export async function restore(
  engine: Engine,
  ids: readonly string[],
  who: string,
): Promise<number> {
  const { messages } = engine.store;
  const ended = (await messages.ended(ids)).filter(({ how }) => how === 'discarded');
  const found = ended.map(({ message }) => message);
  await auditEach(engine, found, { who, action: 'failed restore', reason: '' });
  await messages.put(found);
  return found.length;
}

/** The same for those of a group that were discarded at an instant or later. */
export async function restoreGroup(
  engine: Engine,
  { target, code, since, who, ...about }: RestoreGroupRequest,
): Promise<number> {
  let count = 0;
  const isMeant = await groupFilter(engine, about);
  for await (const batch of engine.store.messages.scanEnded('discarded', since)) {
    const own = batch
      .map(({ message }) => message)
      .filter((message) => {
        return message.target === target && message.problem?.code === code && isMeant(message);
      });
    const ids = own.map(({ id }) => id);
    count += await restore(engine, ids, who);
  }
  return count;
}

async function auditEach(
  engine: Engine,
  messages: readonly Message[],
  { who, action, reason }: Pick<AuditEntry, 'who' | 'action' | 'reason'>,
): Promise<void> {
  for (const { id, target, objectKind, origin, problem } of messages) {
    const about = [id, target, objectKind, problem?.code, origin.kind, origin.id].join(' ').trim();
    await audit(engine, who, action, about, reason);
  }
}
