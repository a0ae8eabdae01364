import { deliveryId } from '../../dispatch/delivery-id.ts';
import type { Target } from '../../flow/target.ts';
import type { EntityRef } from '../../message/message.ts';
import { flowsNamed } from '../../night/sync.ts';
import { isInForce } from '../../plan/override/given.ts';
import { type Engine, liveViewsOf, targetOfFlow, todayOf } from '../../run/engine.ts';
import { type LedgerRow, rowsOf } from '../../store/ledger-store.ts';
import type { Override } from '../../store/override-store.ts';
import { explainField, type FieldExplanation } from './explain-field.ts';
import { type Trace, traceEntity } from './trace.ts';
import { confirmationOf, type ObjectTrace } from './trace-object.ts';

/** Why a target holds an object: the reverse of a trace. */
export interface Explanation {
  readonly target: string;
  readonly object: ObjectTrace;
  readonly origin: EntityRef;
  /** Nothing is told of what comes from a protected person but that the target holds it. */
  readonly isProtected: boolean;
  readonly sources: Trace['sources'];
  /** How one field came about, if one was asked for; null where no rule fills it. */
  readonly field: FieldExplanation | null;
  /** What persons have set in it, in the place of its mapping's values, and counts today. */
  readonly overrides: readonly SetField[];
}

/** A field that a person has set. */
export type SetField = Pick<Override, 'id' | 'field' | 'until' | 'who' | 'reason'>;

/** Which object: our key of it, or the target's own id; and which of its fields. */
export interface ObjectQuestion {
  readonly flow: string;
  readonly objectKind: string;
  readonly key: string;
  readonly field: string | null;
}

/** Explains an object; null where the target neither holds it nor is to be told of it. */
export async function explainObject(
  engine: Engine,
  { flow: flowName, objectKind, key: asked, field: wanted }: ObjectQuestion,
): Promise<Explanation | null> {
  const [flow] = flowsNamed(engine, flowName);
  if (flow === undefined) return null;
  const target = targetOfFlow(engine, flow);
  const row = await findRow(engine, target.name, objectKind, asked);
  const [message] = await engine.store.messages.get([deliveryId(target.name, objectKind, asked)]);
  const { origin, key } = row?.ref ?? message ?? {};
  if (origin === undefined) return null;
  const { sources, targets, isProtected } = await traceEntity(engine, origin);
  const traced = targets.find((one) => one.target === target.name);
  const found = traced?.objects.find((one) => one.objectKind === objectKind && one.key === key);
  const kind = target.kinds.find((one) => one.kind === objectKind);
  const mapping = kind?.mappings.find(({ file, from }) => {
    return found === undefined ? from.kind === origin.kind : file === found.mapping;
  });
  const object = found ?? (row === undefined ? null : gone(row, mapping?.file ?? ''));
  if (object === null) return null;
  const set = isProtected ? [] : await setFields(engine, target, objectKind, object.key);
  const about = { target: target.name, object, origin, isProtected, sources, overrides: set };
  if (wanted === null || mapping === undefined || isProtected) return { ...about, field: null };
  const views = liveViewsOf(engine, flow);
  const made = { origin, object: row?.object ?? {} };
  return { ...about, field: await explainField(engine, views, mapping, made, wanted) };
}

async function setFields(
  engine: Engine,
  { name }: Target,
  objectKind: string,
  key: string,
): Promise<readonly SetField[]> {
  const open = await engine.store.overrides.list({ target: name, isOpen: true });
  const own = open.filter((one) => one.objectKind === objectKind && one.key === key);
  const inForce = own.filter((one) => isInForce(one, todayOf(engine)));
  return inForce.map(({ id, field, until, who, reason }) => ({ id, field, until, who, reason }));
}

/** What the target still holds, and nothing wants any more. */
function gone(row: LedgerRow, mapping: string): ObjectTrace {
  const { objectKind, key, origin } = row.ref;
  return {
    ...{ objectKind, key, mapping, origin, state: 'to go', at: null, run: row.run, attempts: 0 },
    ...{ problem: null, waitsFor: null, hold: null, confirmed: confirmationOf(row) },
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
  for await (const rows of rowsOf(ledger, target, objectKind)) {
    const found = rows.find((one) => one.remoteId === wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}
