import type { Message } from '../../message/message.ts';

/** What was set aside, where, and why. */
export type SetAside = Pick<
  Message,
  'id' | 'type' | 'target' | 'objectKind' | 'origin' | 'key' | 'problem' | 'run'
>;

/** The message about something that could not be taken in: a person mends it at its source. */
export function messageOf(about: SetAside, at: number): Message {
  const nothingToTell = { action: null, rank: 0, inDoubt: false, notBefore: 0 } as const;
  return { ...about, ...nothingToTell, state: 'failed', attempts: 1, createdAt: at, updatedAt: at };
}
