import { digestOf, idOf } from '../message/digest.ts';
import type { Message, Trouble } from '../message/message.ts';
import type { IntakeSurroundings, IntakeTask } from './intake-task.ts';
import { messageOf } from './set-aside.ts';

/** Which entity a bad record would have become is not known. */
const NOBODY = { kind: '', id: '' } as const;

/** The records of one run that could not be taken in, as messages: where and why, no content. */
export class Quarantine {
  readonly #task: IntakeTask;
  readonly #with: IntakeSurroundings;
  readonly #messages: Message[] = [];
  readonly #healed: string[] = [];

  constructor(task: IntakeTask, with_: IntakeSurroundings) {
    this.#task = task;
    this.#with = with_;
  }

  get size(): number {
    return this.#messages.length;
  }

  add(stream: string, externalId: string | null, trouble: Trouble): void {
    const record = externalId ?? `${trouble.place?.file}:${trouble.place?.line}`;
    const { module: target, run } = this.#task;
    const about = { target, objectKind: stream, origin: NOBODY, key: digestOf(record), run };
    const id = this.#idOf(stream, record);
    this.#messages.push(messageOf({ id, type: 'inbound', ...about, trouble }, this.#with.now()));
  }

  /** Notes a record of a delta that is good now. */
  healed(stream: string, externalId: string | null): void {
    if (externalId !== null) this.#healed.push(this.#idOf(stream, externalId));
  }

  /** Keeps the messages. After a full read, whatever this run did not set aside has healed. */
  async keep(isFull: boolean): Promise<void> {
    const { messages } = this.#with.store;
    await messages.put(this.#messages);
    if (isFull) await messages.removeStale(this.#task.module, ['inbound'], this.#task.run);
    const bad = new Set(this.#messages.map((message) => message.id));
    const open = await messages.get(this.#healed.filter((id) => !bad.has(id)));
    await messages.settle(open.map((message) => ({ message, result: { kind: 'superseded' } })));
  }

  #idOf(stream: string, record: string): string {
    return quarantineId(this.#task.module, stream, record);
  }
}

/** The id of the message about a record that could not be taken in. */
export function quarantineId(module: string, stream: string, record: string): string {
  return idOf('inbound', module, stream, record);
}
