import { Failure, InvalidFailure, TransientFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { Flow } from '../../flow/compiled.ts';
import type { Problem } from '../../message/message.ts';
import { type Engine, targetOfFlow } from '../../run/engine.ts';
import type { Hold, HoldSubject, Run } from '../../store/run-store.ts';
import { hasMoved, lookWhereMoved } from '../../withdraw/moved-target.ts';

/** What would keep the next run from doing what is shown, and how that run would end. */
export interface Stop extends Problem {
  readonly outcome: Extract<Run['outcome'], 'failed' | 'held'>;
}

/**
 * What would keep a run of this flow from telling its target, in the words of findings: by its
 * binding in `shown`, which may be another workspace than the hub's, and by what is kept. Only
 * where `ask` is given, as in a rehearsal, a target at another address is looked at as a run does.
 */
export async function stopsOf(
  engine: Engine,
  flow: Flow,
  shown: Engine,
  ask: AbortSignal | null,
): Promise<readonly Stop[]> {
  const { store } = engine;
  const target = targetOfFlow(shown, flow);
  const found: Stop[] = [];
  try {
    const { address, folders } = await engine.whereIs(flow.to, shown.workspace);
    for (const file of folders) found.push(stopOf(noFolder(file), 'target'));
    if (ask !== null) await lookWhereMoved(engine, flow, ask);
    else if (await hasMoved(store, target.name, address)) {
      const said = saying('targetMoved', { target: target.name });
      found.push(stopOf(new TransientFailure('TARGET_MOVED', said), 'target'));
    }
  } catch (failure) {
    found.push(stopOf(failure, 'target'));
  }
  return [...found, ...(await waitingOf(engine, `target ${target.name}`))];
}

/** What waits for a person under this subject keeps all of it from going on. */
export async function waitingOf(
  { store }: Pick<Engine, 'store'>,
  subject: HoldSubject,
): Promise<readonly Stop[]> {
  const open = await store.runs.holds({ subject, state: 'open' });
  return open.map((hold) => ({ ...problemOf(hold), outcome: 'held' }));
}

/** Why it waits, and where a person decides it. */
export function problemOf({ id, reasons: [reason] }: Hold): Problem {
  const { code = '', text = '', said } = reason ?? {};
  const hint = `\`skolnav hold show ${id}\``;
  return { code, text, hint, place: null, ...(said === undefined ? {} : { said }) };
}

/** A failure as the run would meet it; a defect is thrown on. */
export function stopOf(failure: unknown, side: 'source' | 'target'): Stop {
  if (!(failure instanceof Failure)) throw failure;
  const outcome = failure.recovery === 'hold' ? 'held' : 'failed';
  return { ...failure.toProblem(side), outcome };
}

function noFolder(file: string): Failure {
  return new InvalidFailure('FILE_MISSING', saying('isNotThere', { file }));
}
