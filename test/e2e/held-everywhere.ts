import type { Hub } from '../../core/hub.ts';
import { rowsOf } from '../../core/store/ledger-store.ts';

/**
 * `<target> <object kind> <key>` of all objects that were made of each of these entities, or name it,
 * by the names that the caller has for them.
 */
export async function toldOfEach(
  { engine }: Hub,
  ids: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const { ledger } = engine.store;
  const told: Record<string, string[]> = {};
  for (const name of Object.keys(ids)) told[name] = [];
  for (const { target, objectKind } of await ledger.held()) {
    for await (const rows of rowsOf(ledger, target, objectKind)) {
      for (const { ref, object } of rows) {
        const text = `${ref.key} ${JSON.stringify(object)}`;
        for (const [name, id] of Object.entries(ids)) {
          if (ref.origin.id !== id && !text.includes(id)) continue;
          told[name]?.push(`${target} ${objectKind} ${ref.key}`);
        }
      }
    }
  }
  return told;
}

/** How many targets hold something of these. */
export function targetsIn(told: readonly string[]): number {
  return new Set(told.map((one) => one.split(' ')[0])).size;
}

/** The objects that a module's targets hold, as texts. */
export async function heldBy({ engine }: Hub, module: string): Promise<readonly string[]> {
  const { ledger } = engine.store;
  const texts: string[] = [];
  for (const { target, objectKind } of await ledger.held()) {
    if (!target.startsWith(`${module}:`)) continue;
    for await (const rows of rowsOf(ledger, target, objectKind)) {
      for (const { object } of rows) texts.push(JSON.stringify(object));
    }
  }
  return texts;
}
