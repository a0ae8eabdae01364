import { posix } from 'node:path';
import { InvalidFailure, RefusedFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { BUILT_IN_FOLDER, WorkspaceFolders } from '../../flow/workspace-folders.ts';
import type { MappingTestResult } from '../../mapping/mapping-tests.ts';
import type { Engine } from '../../run/engine.ts';
import type { MappingRequest, MappingText, MappingTrial } from '../control-bus.ts';
import type { PlanReport } from '../preview/plan-report.ts';
import { whatIf } from '../preview/plans.ts';
import { mappingNames } from '../wiring/wiring.ts';
import { readable, withOverlay } from './table-row.ts';

/** Ten times what the longest mapping that comes with Skolnav has. */
const MOST_SIGNS = 100_000;
const DETAILS = 50;

/** The text that is in force; null where no bound module has a mapping of this file. */
export async function mappingText(engine: Engine, file: string): Promise<string | null> {
  if (!isKnown(engine, file)) return null;
  const folders = new WorkspaceFolders(engine.workspace.folder, BUILT_IN_FOLDER);
  const files = await folders.readMerged(posix.dirname(file), '.yaml');
  return files.find((one) => one.file === file)?.text ?? null;
}

/**
 * The tests inside another text of a mapping, run; null where no bound module has such a file.
 * Throws CONFIG_INVALID with every lint that `check` would give: file, line, column, code, hint.
 */
export async function checkMapping(
  engine: Engine,
  { file, text }: MappingText,
): Promise<readonly MappingTestResult[] | null> {
  if (!isKnown(engine, file)) return null;
  refuseLong(file, text);
  return withOverlay(file, text, async (overlay) => {
    const workspace = await engine.tryOut(overlay);
    return workspace.runMappingTests().filter((test) => test.file === file);
  });
}

/** What it would change on the stored data; nothing is written. Null and throws as above. */
export async function tryMapping(
  engine: Engine,
  { file, text, ...request }: MappingRequest,
): Promise<MappingTrial | null> {
  const names = mappingNames(engine).filter((one) => one.file === file);
  if (names.length === 0) return null;
  refuseLong(file, text);
  return withOverlay(file, text, async (overlay) => {
    const reports: PlanReport[] = [];
    let found: number | null = null;
    for (const { module, direction } of names) {
      if (direction === 'inbound') {
        found = (found ?? 0) + (await readable(engine, module, overlay));
        continue;
      }
      const flows = engine.workspace.flows.filter(({ to }) => to === module);
      for (const flow of flows) {
        const plan = { ...request, flow: flow.name, details: DETAILS };
        reports.push(...(await whatIf(engine, overlay, plan)));
      }
    }
    return { reports, readable: found };
  });
}

function isKnown(engine: Engine, file: string): boolean {
  return mappingNames(engine).some((one) => one.file === file);
}

function refuseLong(file: string, { length }: string): void {
  if (length === 0)
    throw new RefusedFailure(
      'VALUE_NOT_ALLOWED',
      saying('ofFile', { file, what: saying('fileIsEmpty', {}) }),
    );
  if (length <= MOST_SIGNS) return;
  const text = `${file}: the text has ${length} signs, and at most ${MOST_SIGNS} are read`;
  throw new InvalidFailure('CONFIG_INVALID', text, { hint: 'Split the mapping.' });
}
