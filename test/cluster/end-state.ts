import { type Engine, targetOfFlow } from '../../core/run/engine.ts';
import { rowsOf } from '../../core/store/ledger-store.ts';
import { targetsOf } from '../crash/crash-world.ts';
import type { World } from '../e2e/world.ts';

/** All that must be the same, however often somebody died: no times, no runs, no target's ids. */
export async function endState(world: World) {
  const hub = await world.withHub(({ engine }) => hubState(engine));
  return { hub, ...targetsOf(world) };
}

/** The same of what the hub keeps. */
export async function hubState(engine: Engine) {
  const { store, workspace } = engine;
  const entities: string[] = [];
  for (const kind of workspace.canonical.kinds) {
    for await (const page of store.entities.scan(kind)) {
      entities.push(...page.map(({ entity, hash }) => `${kind} ${entity.id} ${hash}`));
    }
  }
  const rows: string[] = [];
  for (const { name, kinds } of workspace.flows.map((flow) => targetOfFlow(engine, flow))) {
    for (const { kind } of kinds) {
      for await (const page of rowsOf(store.ledger, name, kind)) {
        rows.push(...page.map(({ ref, hash }) => JSON.stringify([ref, hash])));
      }
    }
  }
  const messages: string[] = [];
  for await (const page of store.messages.scan({})) {
    messages.push(...page.map(({ target, objectKind, key }) => `${target} ${objectKind} ${key}`));
  }
  const running = await store.runs.list({ outcome: 'running', limit: 9 });
  const committed = await store.intake.committed();
  return { entities, rows: rows.sort(), messages, running: running.length, committed };
}
