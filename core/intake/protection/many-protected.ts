import { RefusedFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { openHold } from '../../guard/holds.ts';
import { digestOf, isList, isObject } from '../../message/digest.ts';
import type { EntityRef, Problem } from '../../message/message.ts';
import { type Hold, subjectIn } from '../../store/run-store.ts';
import type { Store } from '../../store/store.ts';
import type { IntakeContext, IntakeTask } from '../intake-task.ts';

/** One whom nobody has called protected before. */
export interface NewlyProtected {
  readonly entity: EntityRef;
  /** '' where it is not known. */
  readonly file: string;
}

/** How much a run has read of whole sets, by stream. */
type Read = ReadonlyMap<string, { readonly parts: number }>;

/** Those whom one run of a source has called protected, and nobody before. */
interface Many {
  readonly source: string;
  readonly ids: ReadonlySet<string>;
}

/**
 * Opens a hold where one run protects more persons than is plausible. They are protected all the
 * same: the hold is for a person to see it, and to release all of them by one word.
 */
export async function doubtMany(
  task: IntakeTask,
  newly: readonly NewlyProtected[],
  read: Read,
  { store, now }: IntakeContext,
): Promise<void> {
  const { module: source, run, rules } = task;
  const { maxNew, minimum } = rules.protections;
  const own = newly.filter(({ entity }) => entity.kind === 'person');
  if (own.length <= minimum) return;
  const named = await personsNamed(task, read, store);
  if (own.length <= named * maxNew) return;
  const ids = own.map(({ entity }) => entity.id).sort();
  const digest = digestOf(ids);
  const subject = `protections ${source} ${digest.slice(0, 10)}` as const;
  // Before the words are kept: after a crash they would be news to nobody.
  await store.putValue(subject, { source, ids });
  const reasons = [reasonOf(source, own, named)];
  const counts = { protected: ids.length, named };
  await openHold(
    store,
    { subject, run, reasons, digest, counts, needs: rules.guards.approvals },
    now(),
  );
}

/** How many persons the source names, by the largest of the streams that do. */
async function personsNamed(
  { module, mappings }: IntakeTask,
  read: Read,
  { intake }: Store,
): Promise<number> {
  const own = mappings.filter(({ to }) => to.kind === 'person');
  const kept = await intake.countParts(module);
  const counts = own.flatMap(({ from: { stream } }) => [kept[stream], read.get(stream)?.parts]);
  return Math.max(0, ...counts.map((count) => count ?? 0));
}

function reasonOf(source: string, newly: readonly NewlyProtected[], named: number): Problem {
  const file = fileOfMost(newly);
  const where = file === '' ? source : `${source}, ${file}`;
  const text = saying('manyProtected', { where, count: newly.length, named });
  if (file === '') return new RefusedFailure('PROTECTION_MANY', text).toProblem();
  const place = { file, line: null, field: null };
  return new RefusedFailure('PROTECTION_MANY', text, { place }).toProblem();
}

/** The file that most of them stand in; '' if it is not known. */
function fileOfMost(newly: readonly NewlyProtected[]): string {
  const counts = new Map<string, number>();
  for (const { file } of newly) counts.set(file, (counts.get(file) ?? 0) + 1);
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? '';
}

export function isOfMany(hold: Hold): boolean {
  return subjectIn(hold, 'protections') !== null;
}

/** Whom such a hold is about; nobody once it is settled. */
export async function manyOf(store: Store, { subject }: Hold): Promise<Many> {
  const kept = await store.getValue(subject);
  if (!isObject(kept) || !isList(kept['ids'])) return { source: '', ids: new Set() };
  return { source: String(kept['source']), ids: new Set(kept['ids'].map(String)) };
}

/** Ids of all persons of whom a hold of many has still to be decided or carried out. */
export async function idsAmongMany(store: Store): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const state of ['open', 'approved'] as const) {
    for (const hold of (await store.runs.holds({ state })).filter(isOfMany)) {
      for (const id of (await manyOf(store, hold)).ids) found.add(id);
    }
  }
  return found;
}
