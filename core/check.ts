import { join } from 'node:path';
import { findUnready, type Unready } from './config/readiness.ts';
import { isReference } from './config/secrets.ts';
import { type ConnectorRegistry, loadConnectors } from './connector/registry.ts';
import { type RecordOfProcessing, recordOfProcessing } from './control/processing.ts';
import type { Lint } from './failure/lint.ts';
import { saying } from './failure/saying.ts';
import { withKeptMemory } from './flow/known/kept-memory.ts';
import { addressesInClear } from './flow/remarks/in-clear.ts';
import { folderClashes } from './flow/shared-folders.ts';
import { loadWorkspace, type Workspace } from './flow/workspace.ts';
import { BUILT_IN_FOLDER } from './flow/workspace-folders.ts';
import type { MappingTestResult } from './mapping/mapping-tests.ts';
import type { Saying } from './message/message.ts';
import { valueAt } from './message/reference-walk.ts';

export type { Manifest } from './connector/manifest.ts';
export type {
  DataCategory,
  PersonCategory,
  Processing,
  RecordOfProcessing,
} from './control/processing.ts';
export { formatLintIn, lintOf } from './failure/lint.ts';
export { saying } from './failure/saying.ts';
export { FOLDERS as READ_FOLDERS } from './flow/remarks/remarks.ts';
export { BUILT_IN_FOLDER };

/** What a check has found in the files of a workspace, and on this machine. */
export interface Checked {
  /** Every fault of every file, and what is written there and has no effect. */
  readonly lints: readonly Lint[];
  /** Null where faults leave nothing to run. */
  readonly readiness: Readiness | null;
}

/** What keeps files without faults from running here, which is no fault of theirs. */
export interface Readiness extends Unready {
  /** What is only told of what references stand for. */
  readonly told: readonly Saying[];
}

export interface CheckRequest {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Also the mappings of connectors that no module is bound to. */
  readonly checkAll: boolean;
}

/** Checks every file of a workspace; opens no store and asks no other system. */
export async function checkWorkspace(request: CheckRequest): Promise<Checked> {
  const { folder, environment, checkAll } = request;
  const load = () => loadWorkspace(folder, BUILT_IN_FOLDER, { checkAll });
  const { workspace, lints } = await withKeptMemory(folder, load, isSound);
  if (workspace === null || lints.length > 0) return { lints, readiness: null };
  return { lints: workspace.remarks, readiness: await readinessOf(workspace, environment) };
}

function isSound({ workspace, lints }: Awaited<ReturnType<typeof loadWorkspace>>): boolean {
  return workspace !== null && lints.length === 0;
}

async function readinessOf(
  { config, connectors, folder, flows }: Workspace,
  environment: CheckRequest['environment'],
): Promise<Readiness> {
  const schemaOf = (connector: string) => connectors.manifest(connector)?.options ?? {};
  const found = await findUnready(config, schemaOf, folder, environment);
  const { resolved, ...unready } = found;
  // Folders and addresses that stand in the file have been judged there, and are sound.
  const standing = { ...config, modules: resolved };
  const clashes = await folderClashes(standing, flows, connectors, folder);
  const own = clashes.filter(({ isOdd }) => !isOdd);
  const open = addressesInClear(resolved, connectors).filter(({ module, field }) =>
    isReference(valueAt(config.modules.get(module)?.options ?? {}, field.split('.'))),
  );
  return {
    ...unready,
    wrong: [...unready.wrong, ...own.map(({ module, said }) => ofModule(module, said))],
    told: open.map(({ module, field }) => ofModule(module, saying('addressInClear', { field }))),
  };
}

function ofModule(module: string, what: Saying): Saying {
  return saying('ofNamedModule', { module, what });
}

/** Runs the tests inside the mappings of a workspace; null where its files have faults. */
export async function testMappings(folder: string): Promise<{
  readonly lints: readonly Lint[];
  readonly results: readonly MappingTestResult[] | null;
  /** Of the tests alone. */
  readonly elapsedMs: number;
}> {
  const { workspace, lints } = await loadWorkspace(folder, BUILT_IN_FOLDER, { checkAll: true });
  const isSound = workspace !== null && lints.length === 0;
  const startedAt = performance.now();
  const results = isSound ? workspace.runMappingTests() : null;
  return { lints, results, elapsedMs: Math.round(performance.now() - startedAt) };
}

/** The record of processing of a workspace; null where its files have faults. */
export async function processingOf(folder: string): Promise<{
  readonly lints: readonly Lint[];
  readonly record: RecordOfProcessing | null;
}> {
  const load = () => loadWorkspace(folder, BUILT_IN_FOLDER);
  const found = await withKeptMemory(folder, load, isSound);
  const { workspace, lints } = found;
  const record = workspace !== null && isSound(found) ? recordOfProcessing(workspace) : null;
  return { lints, record };
}

/** The connectors that modules of a workspace can be bound to: its own, and those built in. */
export async function connectorsOf(folder: string): Promise<ConnectorRegistry> {
  const folders = [...new Set([BUILT_IN_FOLDER, folder])].map((one) => join(one, 'connectors'));
  return (await loadConnectors(folders)).registry;
}
