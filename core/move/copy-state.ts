import { entityName } from '../message/message.ts';
import type { OnProgress } from '../message/progress.ts';
import type { IntakeStore, MergedEntity, TouchedEntity } from '../store/intake-store.ts';
import { plainRow } from '../store/ledger-store.ts';
import type { Store } from '../store/store.ts';
import { type AboutState, isMoved, sourcesOf, streamsOf } from './about-state.ts';

const RUN = 'moved';
const NOTHING = { hash: '', references: [], lookups: [], isProtected: false, goesAtOnce: false };
const ALL = Number.MAX_SAFE_INTEGER;

/** Two stores, of which the second is empty. */
export interface Move extends AboutState {
  readonly from: Store;
  readonly to: Store;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

/**
 * Copies all that a store keeps into another one, through what every store promises: nobody knows
 * here how either of them keeps it. What can be found by is made by the next opening.
 */
export async function copyState(move: Move): Promise<void> {
  await copyParts(move);
  await copyMissed(move);
  await copySources(move);
  await copyLedger(move);
  await copyRest(move);
}

/** The parts of all entities, and the entities as they are, whatever the rules of merging say. */
async function copyParts(move: Move): Promise<void> {
  const { from, to } = move;
  await to.intake.open(RUN, RUN);
  await through(move, 'copy parts', from.intake.all(), async (page) => {
    await to.intake.stage(
      RUN,
      page.flatMap(({ parts }) => parts),
    );
  });
  await to.intake.commit(RUN, RUN, {});
  await through(move, 'copy entities', to.intake.touched(RUN), async (page) => {
    await to.intake.apply(RUN, await asTheyAre(page, move));
  });
  await to.intake.finish(RUN);
}

async function asTheyAre(
  page: readonly TouchedEntity[],
  { from, canonical }: Move,
): Promise<readonly MergedEntity[]> {
  const merged = new Map<string, MergedEntity>();
  for (const [kind, group] of Map.groupBy(page, ({ entity }) => entity.kind)) {
    const schema = canonical.get(kind);
    const ids = group.map(({ entity }) => entity.id);
    for (const { entity: content, hash } of await from.entities.get(kind, ids)) {
      const references = schema?.referencesOf(content) ?? [];
      const isProtected = schema?.isProtected(content) === true;
      const entity = { kind, id: content.id };
      const about = { entity, content, hash, references, isProtected };
      merged.set(entityName(entity), { ...NOTHING, ...about });
    }
  }
  return page.map(({ entity }) => {
    return merged.get(entityName(entity)) ?? { entity, content: null, ...NOTHING };
  });
}

/** How often parts were missing, and stayed. */
async function copyMissed({ from, to }: Move): Promise<void> {
  for (const { source, stream } of await streamsOf(from)) {
    for await (const page of missedOf(from.intake, source, stream)) {
      for (const { missedRuns, ...removal } of page) {
        for (let run = 0; run < missedRuns; run++) await to.intake.markMissed(RUN, [removal]);
      }
    }
  }
}

/** Parts that were missing when their source was read last. */
export async function* missedOf(intake: IntakeStore, source: string, stream: string) {
  for await (const page of intake.unseen(RUN, source, stream)) {
    yield page.filter(({ missedRuns }) => missedRuns > 0);
  }
}

async function copySources(move: Move): Promise<void> {
  const { from, to } = move;
  for (const source of await sourcesOf(from, move)) {
    const run = `${RUN} ${source}`;
    await to.intake.open(run, source);
    await to.intake.commit(run, source, { '': await from.intake.checkpoint(source, '') });
    await to.intake.finish(run);
    for await (const page of from.quarantine.scan(source)) await to.quarantine.put(page);
  }
  await to.protections.put(await from.protections.all());
}

async function copyLedger(move: Move): Promise<void> {
  const { from, to } = move;
  for (const { target, objectKind } of await from.ledger.held()) {
    for (const originKind of await from.ledger.originKinds(target, objectKind)) {
      const rows = from.ledger.scan(target, objectKind, originKind);
      await through(move, `copy ledger of ${target}`, rows, (page) =>
        to.ledger.write(page.map(plainRow), []),
      );
    }
  }
}

async function copyRest(move: Move): Promise<void> {
  const { from, to, canonical } = move;
  await through(move, 'copy messages', from.messages.scan({}), (page) => to.messages.put(page));
  for (const run of await from.runs.list({ limit: ALL })) await to.runs.put(run);
  for (const hold of await from.runs.holds({})) await to.runs.putHold(hold);
  for (const override of await from.overrides.list({})) await to.overrides.add(override);
  for (const kind of canonical.kinds) {
    await to.entities.putDoubles(kind, await from.entities.doubles(kind));
  }
  for await (const page of from.smallRows.all()) {
    const meant = page.filter(isMoved);
    if (meant.length > 0) await to.smallRows.put(meant);
  }
}

async function through<T>(
  { signal, onProgress }: Move,
  step: string,
  pages: AsyncIterable<readonly T[]>,
  take: (page: readonly T[]) => Promise<void>,
): Promise<void> {
  let done = 0;
  for await (const page of pages) {
    signal.throwIfAborted();
    await take(page);
    done += page.length;
    onProgress({ step, done, total: null, ended: false });
  }
  onProgress({ step, done, total: done, ended: true });
}
