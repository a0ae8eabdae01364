import type { RecordBatch, SourceRecord } from '../connector/connector.ts';
import type { InboundMapping, IntakeContext } from '../mapping/compiled.ts';
import { digestOf, idOf } from '../message/digest.ts';
import type { Message, Trouble } from '../message/message.ts';
import type { Part, PartRemoval } from '../store/store.ts';
import type { IntakeSurroundings, IntakeTask } from './intake.ts';
import { createPatcher } from './patch.ts';

/** Takes the batches of one run, stages what they say, and counts. */
export interface Receiver {
  receive(batch: RecordBatch): Promise<void>;
  /** Puts the messages of the records that could not be taken in; those that healed go. */
  keepMessages(): Promise<void>;
  /** Full streams that came to their end. */
  fullStreams(): ReadonlyMap<string, { readonly parts: number; readonly unidentified: number }>;
  unfinishedStreams(): readonly string[];
  countRemoved(parts: number): void;
  counts(): Readonly<Record<string, number>>;
}

interface StreamState {
  readonly mode: RecordBatch['mode'];
  ended: boolean;
  parts: number;
  /** Bad records of which not even the id could be read. */
  unidentified: number;
}

function newStream(batch: RecordBatch): StreamState {
  return { mode: batch.mode, ended: false, parts: 0, unidentified: 0 };
}

export function createReceiver(task: IntakeTask, with_: IntakeSurroundings): Receiver {
  const streams = new Map<string, StreamState>();
  const tally = { records: 0, changed: 0, unchanged: 0, removed: 0, quarantined: 0 };
  const quarantine: Message[] = [];
  const healed: string[] = [];
  const context: IntakeContext = { today: with_.today(), identify: with_.identify };
  const patcher = createPatcher(with_.store, task.module);

  async function receive(batch: RecordBatch): Promise<void> {
    const state = streams.get(batch.stream) ?? newStream(batch);
    streams.set(batch.stream, state);
    const mappings = task.mappings.filter((mapping) => mapping.from.stream === batch.stream);
    const parts: Part[] = [];
    const removals: PartRemoval[] = [];
    for (const record of batch.records) {
      for (const mapping of mappings) await receiveRecord(record, batch, mapping, parts, removals);
    }
    for (const { failure, externalId } of batch.faults) {
      if (externalId === undefined) state.unidentified += 1;
      else await with_.store.intake.keep(task.run, task.module, batch.stream, externalId);
      setAside(batch.stream, externalId ?? null, failure.toTrouble());
    }
    state.parts += parts.length + batch.faults.length;
    state.ended ||= batch.last;
    tally.records += batch.records.length + batch.faults.length;
    const staged = await with_.store.intake.stage(task.run, parts);
    await with_.store.intake.stageRemovals(task.run, removals);
    tally.changed += staged.changed;
    tally.unchanged += staged.unchanged;
    tally.removed += removals.length;
    const step = `intake ${task.module}`;
    with_.onProgress({ step, done: tally.records, total: null, ended: false });
  }

  async function receiveRecord(
    record: SourceRecord,
    batch: RecordBatch,
    mapping: InboundMapping,
    parts: Part[],
    removals: PartRemoval[],
  ): Promise<void> {
    const { stream } = batch;
    if (record.operation === 'delete') {
      for (const gone of mapping.identifyDeleted(record.value, context)) {
        removals.push({ ...gone, source: task.module, stream });
      }
      return;
    }
    const drafts = mapping.convert(record.value, context);
    if (!Array.isArray(drafts)) {
      // SAFETY: convert answers a list or a Trouble; Array.isArray cannot narrow a readonly list.
      const trouble = drafts as Trouble;
      await quarantineRecord(record, stream, mapping, trouble);
      return;
    }
    for (const draft of drafts) {
      const content = draft.patch === null ? draft.content : await patcher.patched(stream, draft);
      const { entity, part, externalId } = draft;
      const place = { file: record.file, line: record.line };
      const hash = digestOf(content);
      parts.push({
        entity,
        source: task.module,
        stream,
        part,
        externalId,
        ...place,
        hash,
        content,
      });
    }
    if (batch.mode === 'delta') healed.push(messageId(stream, mapping.externalId(record.value)));
  }

  /** A record in quarantine keeps its last good value: what it gave before counts as seen. */
  async function quarantineRecord(
    record: SourceRecord,
    stream: string,
    mapping: InboundMapping,
    trouble: Trouble,
  ): Promise<void> {
    const externalId = mapping.externalId(record.value);
    const state = streams.get(stream);
    if (externalId !== null)
      await with_.store.intake.keep(task.run, task.module, stream, externalId);
    else if (state !== undefined) state.unidentified += 1;
    const field = trouble.place?.field ?? null;
    const rule =
      trouble.place === null ? '' : ` (rule: ${trouble.place.file}:${trouble.place.line})`;
    const place = { file: record.file, line: record.line, field };
    setAside(stream, externalId, { ...trouble, text: trouble.text + rule, place });
  }

  function setAside(stream: string, externalId: string | null, trouble: Trouble): void {
    tally.quarantined += 1;
    const place = `${trouble.place?.file}:${trouble.place?.line}`;
    const at = with_.now();
    quarantine.push({
      id: messageId(stream, externalId ?? place),
      type: 'inbound',
      target: task.module,
      objectKind: stream,
      origin: { kind: '', id: '' },
      key: digestOf(externalId ?? place),
      action: null,
      rank: 0,
      state: 'failed',
      attempts: 1,
      notBefore: 0,
      trouble,
      run: task.run,
      createdAt: at,
      updatedAt: at,
    });
  }

  function messageId(stream: string, record: string | null): string {
    return idOf('inbound', task.module, stream, record ?? '');
  }

  async function keepMessages(): Promise<void> {
    const { messages } = with_.store;
    await messages.put(quarantine);
    const full = [...streams.values()].some((state) => state.mode === 'full');
    if (full) await messages.removeStale(task.module, ['inbound'], task.run);
    const bad = new Set(quarantine.map((message) => message.id));
    const open = await messages.get(healed.filter((id) => !bad.has(id)));
    await messages.settle(open.map((message) => ({ message, result: { kind: 'superseded' } })));
  }

  return {
    receive,
    keepMessages,
    fullStreams: () =>
      new Map([...streams].filter(([, state]) => state.mode === 'full' && state.ended)),
    unfinishedStreams: () =>
      [...streams].filter(([, state]) => !state.ended).map(([stream]) => stream),
    countRemoved: (parts) => {
      tally.removed += parts;
    },
    counts: () => ({ ...tally }),
  };
}
