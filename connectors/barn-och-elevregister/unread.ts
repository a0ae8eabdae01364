import { type Files, InvalidFailure, saying } from '../../core/plugin.ts';
import type { LyingBatch } from './checkpoint.ts';
import { type Judging, judge, placeOf } from './choose-batch.ts';

/** A file that belongs to a batch, by its name; and what looks as if it were meant to. */
const OF_BATCH = /^(ber-\d{8}(?:T\d{4}-delta)?)[.-]/;
const LIKE_ONE = /^ber|\.(?:xml|csv|done|zip|gz|7z)$/i;
/** What was put there just now may be under way, its marker last. */
const YOUNG_MS = 15 * 60_000;

/**
 * Why each batch and file is left where it lies: all but what was tried, which its run tells, and
 * what is done with.
 */
export async function unreadOf(
  files: Files,
  lying: readonly LyingBatch[],
  judging: Judging,
  tried: ReadonlySet<string>,
): Promise<readonly InvalidFailure[]> {
  const batches = lying.flatMap((one): readonly InvalidFailure[] => {
    const verdict = judge(one, judging);
    if (verdict instanceof InvalidFailure) return [verdict];
    return verdict === 'settled' || tried.has(one.name) ? [] : [waiting(one)];
  });
  return [...batches, ...(await strayFiles(files, lying, judging.now))];
}

function waiting(one: LyingBatch): InvalidFailure {
  const text = saying('waitsBefore', { marker: `${one.name}.done` });
  const hint = saying('waitsHint', {});
  return new InvalidFailure('FILE_UNREAD', text, { place: placeOf(one), hint });
}

/** Files that no marker names. Of those of one batch the first is named. */
async function strayFiles(
  files: Files,
  lying: readonly LyingBatch[],
  now: number,
): Promise<readonly InvalidFailure[]> {
  const unreadable = new Set(lying.filter(({ batch }) => batch === null).map(({ name }) => name));
  const named = new Set(
    lying.flatMap(({ name, batch }) => [`${name}.done`, ...(batch?.files ?? []).map(nameOf)]),
  );
  const found = new Map<string, InvalidFailure>();
  for (const { name, modifiedAt } of await files.list('')) {
    const batch = OF_BATCH.exec(name)?.[1];
    const isYoung = Math.abs(now - modifiedAt) < YOUNG_MS;
    if (named.has(name) || isYoung || !LIKE_ONE.test(name)) continue;
    if (batch !== undefined && (unreadable.has(batch) || found.has(batch))) continue;
    const place = { file: name, line: null, field: null };
    const why =
      batch === undefined
        ? saying('nameIsNone', { file: name })
        : saying('noMarkerNames', { file: name, marker: `${batch}.done` });
    found.set(batch ?? name, new InvalidFailure('FILE_UNREAD', why, { place }));
  }
  return [...found.values()];
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
