import type { EntityRef } from '../message/message.ts';
import type { LedgerRow } from '../store/store.ts';
import { type Engine, targetOfFlow } from './engine.ts';
import { explainField, type FieldExplanation } from './explain-field.ts';
import { type Trace, traceEntity } from './trace.ts';
import { confirmationOf, type ObjectTrace } from './trace-object.ts';

/** Why a target holds an object: the reverse of a trace. */
export interface Explanation {
  readonly target: string;
  readonly object: ObjectTrace;
  readonly origin: EntityRef;
  readonly sources: Trace['sources'];
  /** How one field came about, if one was asked for; null where no rule fills it. */
  readonly field: FieldExplanation | null;
}

/** Which object: our key of it, or the target's own id; and which of its fields. */
export interface ObjectQuestion {
  readonly flow: string;
  readonly objectKind: string;
  readonly key: string;
  readonly field: string | null;
}

/** Explains an object; null where the ledger has none of that key. */
export async function explainObject(
  engine: Engine,
  { flow: flowName, objectKind, key, field: asked }: ObjectQuestion,
): Promise<Explanation | null> {
  const flow = engine.workspace.flows.find((one) => one.name === flowName);
  if (flow === undefined) return null;
  const target = targetOfFlow(engine, flow);
  const row = await findRow(engine, target.name, objectKind, key);
  if (row === undefined) return null;
  const { origin } = row.ref;
  const { sources, targets } = await traceEntity(engine, origin);
  const kind = target.kinds.find((one) => one.kind === objectKind);
  const mapping = kind?.mappings.find((one) => one.from.kind === origin.kind);
  const isExplained = asked !== null && mapping !== undefined;
  const field = isExplained ? await explainField(engine, mapping, origin, asked) : null;
  const traced = targets.find((one) => one.target === target.name);
  const object = traced?.objects.find((one) => {
    return one.objectKind === objectKind && one.key === row.ref.key;
  });
  const about = { target: target.name, origin, sources, field };
  return { ...about, object: object ?? gone(row, mapping?.file ?? '') };
}

/** What the target still holds, and nothing wants any more. */
function gone(row: LedgerRow, mapping: string): ObjectTrace {
  const { objectKind, key, origin } = row.ref;
  return {
    ...{ objectKind, key, mapping, origin, state: 'to go', at: null, run: row.run, attempts: 0 },
    ...{ trouble: null, waitsFor: null, hold: null, confirmed: confirmationOf(row) },
  };
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
