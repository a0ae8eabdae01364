import type { EntityRef } from '../message/message.ts';
import type { LedgerRow } from '../store/store.ts';
import { type Engine, targetOfFlow } from './engine.ts';
import { type ObjectTrace, type Trace, traceEntity } from './trace.ts';

/** Why a target holds an object: the reverse of a trace. */
export interface Explanation {
  readonly target: string;
  readonly object: ObjectTrace;
  /** The target's own id of the object, where it gave one. */
  readonly remoteId: string | null;
  readonly origin: EntityRef;
  readonly sources: Trace['sources'];
}

/** Explains an object by its key, or by the target's own id; null where the ledger has neither. */
export async function explainObject(
  engine: Engine,
  flowName: string,
  objectKind: string,
  key: string,
): Promise<Explanation | null> {
  const flow = engine.workspace.flows.find((one) => one.name === flowName);
  if (flow === undefined) return null;
  const target = targetOfFlow(engine, flow);
  const row = await findRow(engine, target.name, objectKind, key);
  if (row === undefined) return null;
  const { origin } = row.ref;
  const { sources, targets } = await traceEntity(engine, origin);
  const traced = targets.find((one) => one.target === target.name);
  const object = traced?.objects.find((one) => {
    return one.objectKind === objectKind && one.key === row.ref.key;
  });
  if (object !== undefined) {
    return { target: target.name, object, remoteId: row.remoteId, origin, sources };
  }
  const kind = target.kinds.find((one) => one.kind === objectKind);
  const mapping = kind?.mappings.find((one) => one.from.kind === origin.kind)?.file ?? '';
  const about = { objectKind, key: row.ref.key, mapping, run: row.run };
  const gone: ObjectTrace = {
    ...about,
    ...{ state: 'to go', at: row.confirmedAt, trouble: null, waitsFor: null },
  };
  return { target: target.name, object: gone, remoteId: row.remoteId, origin, sources };
}

/** By key at once; by the target's own id with a walk over the kind's rows. */
async function findRow(
  { store: { ledger } }: Engine,
  target: string,
  objectKind: string,
  wanted: string,
): Promise<LedgerRow | undefined> {
  const [byKey] = await ledger.byKeys(target, objectKind, [wanted]);
  if (byKey !== undefined) return byKey;
  for (const originKind of await ledger.originKinds(target, objectKind)) {
    for await (const rows of ledger.scan(target, objectKind, originKind)) {
      const found = rows.find((one) => one.remoteId === wanted);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
