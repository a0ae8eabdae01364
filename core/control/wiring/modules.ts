import { outlineOf } from '../../flow/known/outline.ts';
import type { Outage } from '../../message/message.ts';
import { type Engine, targetOfFlow } from '../../run/engine.ts';
import { asItIs } from '../../run/leases/holder.ts';
import { secretFields } from '../../schema/option-fields.ts';
import { hasTakenIn, type Run } from '../../store/run-store.ts';
import { type ShownOption, shownOptions } from './shown-options.ts';

const MOST_RUNS = 200;

/** A module, by what it is bound, and what is known of its system. */
export interface ModuleState {
  readonly module: string;
  readonly connector: string;
  /** Folder under `mappings/`. */
  readonly mappings: string;
  readonly options: readonly ShownOption[];
  /** Flows that read from it. */
  readonly readBy: readonly string[];
  /** Flows that lead to it. */
  readonly fedBy: readonly string[];
  /** The newest run with its system: an intake, or a flow that leads to it. */
  readonly run: Run | null;
  /** When its system last gave records or took objects, in epoch milliseconds; null: never. */
  readonly contactAt: number | null;
  /**
   * Why nothing goes to its system now, and since which run; null where the circuit is closed. Each
   * run asks it once more, until it answers.
   */
  readonly outage: Outage | null;
  /** What the ledger says that it holds, by object kind. */
  readonly ledger: readonly { readonly kind: string; readonly count: number }[];
}

/** All modules that config binds, in its order. */
export async function modulesOf(engine: Engine): Promise<readonly ModuleState[]> {
  const states: ModuleState[] = [];
  for (const name of engine.workspace.config.modules.keys()) {
    const state = await moduleOf(engine, name);
    if (state !== null) states.push(state);
  }
  return states;
}

export async function moduleOf(engine: Engine, module: string): Promise<ModuleState | null> {
  const { config, flows, connectors } = engine.workspace;
  const binding = config.modules.get(module);
  if (binding === undefined) return null;
  const { connector, mappings } = binding;
  const secrets = secretFields(connectors.manifest(connector)?.options ?? {});
  const options = shownOptions(binding.options, secrets);
  const readBy = flows.filter(({ from }) => from.includes(module)).map(({ name }) => name);
  const fedBy = flows.filter(({ to }) => to === module).map(({ name }) => name);
  const runs = await runsWith(engine, module, fedBy);
  const [newest] = runs;
  return {
    ...{ module, connector, mappings, options, readBy, fedBy },
    run:
      newest === undefined ? null : await asItIs(newest, engine, outlineOf(engine.workspace).flows),
    contactAt: runs.find(hadContact)?.endedAt ?? null,
    outage: outageOf(runs),
    ledger: await ledgerOf(engine, module),
  };
}

/** Of the newest runs one after the other, the oldest that had no answer says since when. */
function outageOf(runs: readonly Run[]): Outage | null {
  const ended = runs.filter(({ type, outcome }) => type === 'flow' && outcome !== 'running');
  const until = ended.findIndex(({ isOutage }) => isOutage !== true);
  const out = until === -1 ? ended : ended.slice(0, until);
  const [newest, oldest] = [out[0], out.at(-1)];
  if (newest?.problem == null || oldest === undefined) return null;
  return { since: oldest.startedAt, problem: newest.problem };
}

/** Newest first. */
async function runsWith(
  { store }: Engine,
  module: string,
  fedBy: readonly string[],
): Promise<readonly Run[]> {
  const all: Run[] = [];
  const { runs } = store;
  all.push(...(await runs.list({ subject: module, type: 'intake', limit: MOST_RUNS })));
  for (const subject of fedBy) {
    all.push(...(await runs.list({ subject, type: 'flow', limit: MOST_RUNS })));
  }
  return all.sort((a, b) => b.startedAt - a.startedAt);
}

function hadContact(run: Run): boolean {
  return run.type === 'intake' ? hasTakenIn(run) : (run.counts['delivered'] ?? 0) > 0;
}

async function ledgerOf(engine: Engine, module: string): Promise<ModuleState['ledger']> {
  const flow = engine.workspace.flows.find(({ to }) => to === module);
  if (flow === undefined) return [];
  const { name, kinds } = targetOfFlow(engine, flow);
  const counts: { kind: string; count: number }[] = [];
  for (const { kind, mappings } of kinds) {
    const count = await engine.store.ledger.count(name, kind);
    if (count > 0 || mappings.length > 0) counts.push({ kind, count });
  }
  return counts;
}
