import { digestOf, idOf } from '../message/digest.ts';
import type { Message, Trouble } from '../message/message.ts';
import type { IntakeSurroundings, IntakeTask } from './intake-task.ts';

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
    const at = this.#with.now();
    const record = externalId ?? `${trouble.place?.file}:${trouble.place?.line}`;
    this.#messages.push({
      id: this.#idOf(stream, record),
      type: 'inbound',
      target: this.#task.module,
      objectKind: stream,
      origin: { kind: '', id: '' },
      key: digestOf(record),
      action: null,
      rank: 0,
      state: 'failed',
      attempts: 1,
      inDoubt: false,
      notBefore: 0,
      trouble,
      run: this.#task.run,
      createdAt: at,
      updatedAt: at,
    });
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
