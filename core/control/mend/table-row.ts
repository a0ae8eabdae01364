import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { RefusedFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { openFolderFiles } from '../../files/folder-files.ts';
import { BUILT_IN_FOLDER, WorkspaceFolders } from '../../flow/workspace-folders.ts';
import { isOfOtherBinding, readersOf } from '../../intake/aside/quarantine.ts';
import { inboundContext } from '../../intake/intake-task.ts';
import { problemIn } from '../../intake/stream/blame.ts';
import type { InboundMapping } from '../../mapping/compiled.ts';
import { type Engine, todayOf } from '../../run/engine.ts';
import { underLease } from '../../run/leases/lease.ts';
import { shareMappings } from '../../run/shared-mappings.ts';
import type { QuarantinedRecord } from '../../store/quarantine-store.ts';
import { audit } from '../audit.ts';
import type { RowRequest, RowTrial } from '../control-bus.ts';
import { whatIf } from '../preview/plans.ts';
import { type TableGap, tableGap } from './table-gap.ts';

const MOST_SIGNS = 200;

/**
 * What a new row of a table would change, before it is written: how many of the records that are
 * set aside could be read with it, and the plans of the flows of an outbound table. Null where the
 * message is gone or no row would mend it. Throws CONFIG_INVALID with the lints that it would give.
 */
export async function tryRow(engine: Engine, request: RowRequest): Promise<RowTrial | null> {
  const gap = await gapOf(engine, request.id);
  if (gap === null) return null;
  return withOverlay(gap.file, await textWith(engine, gap, request), async (overlay) => {
    if (gap.direction === 'inbound')
      return { readable: await readable(engine, gap.module, overlay) };
    const { who, signal, onProgress } = request;
    const plan = { flow: null, details: 0, reveal: false, who, signal, onProgress };
    return { reports: await whatIf(engine, overlay, plan) };
  });
}

/**
 * Writes the row into the workspace's own table file, which is made from the one that comes with
 * Skolnav where there is none; audited. The next run goes by it. BUSY while a run is under way.
 */
export async function addRow(engine: Engine, request: RowRequest): Promise<TableGap | null> {
  const gap = await gapOf(engine, request.id);
  if (gap === null) return null;
  const { workspace } = engine;
  return underLease(engine, request, async () => {
    const text = await textWith(engine, gap, request);
    await withOverlay(gap.file, text, (overlay) => engine.tryOut(overlay));
    await writeWhole(workspace.folder, gap.file, text);
    await shareMappings(engine);
    const { who, from, to } = request;
    const subject = `${gap.file}: ${rowOf(from, to)}`;
    await audit(engine, who, 'table row', subject);
    return gap;
  });
}

async function gapOf(engine: Engine, id: string): Promise<TableGap | null> {
  const [message] = await engine.store.messages.get([id]);
  return message === undefined ? null : tableGap(engine, message);
}

/** The table file as it is in force, with the row at its end. */
async function textWith(
  { workspace }: Engine,
  { file }: TableGap,
  { from, to }: RowRequest,
): Promise<string> {
  const folders = new WorkspaceFolders(workspace.folder, BUILT_IN_FOLDER);
  const files = await folders.readMerged(posix.dirname(file), '.csv');
  const text = files.find((one) => one.file === file)?.text ?? 'from,to\n';
  return `${text.trimEnd()}\n${rowOf(from, to)}\n`;
}

function rowOf(from: string, to: string): string {
  return `${fieldOf(from)},${fieldOf(to)}`;
}

function fieldOf(value: string): string {
  const text = value.trim();
  if (text === '' || text.length > MOST_SIGNS || /\p{Cc}/u.test(text)) {
    const said = saying('codeSigns', { most: MOST_SIGNS });
    throw new RefusedFailure('VALUE_NOT_ALLOWED', said);
  }
  return /[",#]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** How many records that are set aside could be read with the changed files. */
export async function readable(engine: Engine, module: string, overlay: string): Promise<number> {
  const { store, identity } = engine;
  const mappings = (await engine.tryOut(overlay)).inbound.get(module) ?? [];
  const context = inboundContext({ module }, { identity, today: () => todayOf(engine) });
  let count = 0;
  for await (const records of store.quarantine.scan(module)) {
    count += records.filter((one) => isReadable(one, mappings, context)).length;
  }
  return count;
}

function isReadable(
  record: QuarantinedRecord,
  mappings: readonly InboundMapping[],
  context: Parameters<InboundMapping['convert']>[1],
): boolean {
  if (record.isUnread === true || isOfOtherBinding(record, mappings)) return false;
  return readersOf(record, mappings).every((mapping) => {
    return problemIn(mapping.convert(record.value, context)) === undefined;
  });
}

/** A folder that holds this one file, for as long as the work takes. */
export async function withOverlay<T>(
  file: string,
  text: string,
  work: (overlay: string) => Promise<T>,
): Promise<T> {
  const overlay = await mkdtemp(join(tmpdir(), 'skolnav-tried-'));
  try {
    await writeWhole(overlay, file, text);
    return await work(overlay);
  } finally {
    await rm(overlay, { recursive: true, force: true });
  }
}

/** Whoever reads the file meanwhile reads the old one or the new one. */
export async function writeWhole(folder: string, file: string, text: string): Promise<void> {
  await (await openFolderFiles(folder)).put(file, [Buffer.from(text)]);
}
