import type { RecordBatch, Source, SourceRecord } from '../connector/connector.ts';
import { Failure, RefusedFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import type { InboundContext, InboundMapping } from '../mapping/compiled.ts';
import type { Problem } from '../message/message.ts';
import { unreadOf } from './intake-run.ts';
import { type IntakeContext, type IntakeTask, inboundContext } from './intake-task.ts';
import { protectSamePerson } from './merge/same-person.ts';
import { aboutIn, wordsAmong } from './protection/hearing.ts';
import { doubtMany } from './protection/many-protected.ts';
import { Protections, type Said } from './protection/protections.ts';
import { isMade } from './stream/blame.ts';
import { RecordCleaner } from './stream/clean-records.ts';

/** What a record says of an entity, as far as it protects. */
type Word = Omit<Said, 'source'>;

/**
 * Where a run has come to nothing, what lies at the source behind it waits, for days perhaps: its
 * words of protection do not. Nothing else of it is taken in; of a damaged delivery, and of what
 * the run itself has read before it failed (`unkept`), what could be read counts, of those who are
 * known. Answers what a person should know.
 */
export async function hearWaiting(
  task: IntakeTask,
  source: Source | null,
  context: IntakeContext,
  unkept: readonly Word[] = [],
): Promise<readonly Problem[]> {
  const { module } = task;
  const since = await context.store.intake.checkpoint(module, '');
  const called = new Set<string>();
  const protections = await Protections.open(context);
  const hear = (words: readonly Word[]) => {
    for (const word of words) {
      protections.hear({ ...word, source: module }, true);
      called.add(word.entity.id);
    }
  };
  hear(await ofTheKnown(unkept, context));
  await unlessFailed(async () => {
    for await (const delivery of source?.waiting?.(since, context.signal) ?? []) {
      await unlessFailed(async () => hear(await wordsOf(delivery, task, context)));
    }
  });
  await doubtMany(task, protections.newly, new Map(), context);
  await protectSamePerson(protections, context, []);
  await protections.enact();
  if (called.size === 0) return [];
  const text = saying('heardWaiting', { module, count: called.size });
  return [new RefusedFailure('PROTECTION_HEARD', text).toProblem()];
}

/**
 * After a run that has gone well: files that come late, or too early, are told of and never read,
 * and who is called protected there is protected all the same.
 */
export async function hearLeftAlone(
  task: IntakeTask,
  source: Source,
  context: IntakeContext,
): Promise<readonly Problem[]> {
  const unread = await unreadOf(task.module, source, context);
  return unread.length === 0 ? [] : hearWaiting(task, source, context);
}

/** All words of one delivery. In a damaged one ids may be spoilt: they count of who is known. */
async function wordsOf(
  delivery: AsyncIterable<RecordBatch>,
  { mappings, module }: IntakeTask,
  context: IntakeContext,
): Promise<readonly Word[]> {
  const inbound = inboundContext({ module }, context);
  const cleaner = new RecordCleaner();
  const words: Word[] = [];
  const note = ({ entity, content }: Word, file?: string) => {
    const marks = context.canonical.get(entity.kind)?.protection.marksOf(content) ?? null;
    if (marks !== null)
      words.push({ entity, content: marks, ...(file === undefined ? {} : { file }) });
  };
  const noteAll = async (batch: RecordBatch) => {
    const { stream, records, faults } = cleaner.clean(batch);
    for (const mapping of mappings.filter(({ from }) => from.stream === stream)) {
      for (const record of records) {
        for (const word of saidIn(record, mapping, inbound)) note(word, record.file);
      }
      for (const { value, unread = {}, readings = [] } of faults) {
        for (const word of await wordsAmong(readings, mapping, inbound, context)) note(word);
        if (value === undefined) continue;
        for (const word of aboutIn(value, unread, mapping, inbound)) note(word);
      }
    }
  };
  try {
    for await (const batch of delivery) {
      context.signal.throwIfAborted();
      await noteAll(batch);
    }
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    return ofTheKnown(words, context);
  }
  return words;
}

async function ofTheKnown(
  words: readonly Word[],
  { store }: IntakeContext,
): Promise<readonly Word[]> {
  const found: Word[] = [];
  for (const [kind, own] of Map.groupBy(words, ({ entity }) => entity.kind)) {
    const ids = [...new Set(own.map(({ entity }) => entity.id))];
    const there = new Set((await store.entities.get(kind, ids)).map(({ entity }) => entity.id));
    found.push(...own.filter(({ entity }) => there.has(entity.id)));
  }
  return found;
}

/** As an intake would hear it: of a record that cannot be read, or is deleted, what can be told. */
function saidIn(
  { operation, value, others = [] }: SourceRecord,
  mapping: InboundMapping,
  context: InboundContext,
): readonly Word[] {
  const drafts = operation === 'delete' ? null : mapping.convert(value, context);
  const beside = others.flatMap((one) => mapping.about(one, context));
  return [
    ...(drafts !== null && isMade(drafts) ? drafts : mapping.about(value, context)),
    ...beside,
  ];
}

/** What fails is told by the run that reads it. */
async function unlessFailed(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
  }
}
