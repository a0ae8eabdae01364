import type { Source } from '../connector/connector.ts';
import type { Sink } from '../connector/sink.ts';
import { Failure, TransientFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import type { Problem } from '../message/message.ts';
import { type Engine, targetOfFlow } from '../run/engine.ts';

/** Whether a module's system answers and lets us in. */
export interface Connection {
  readonly module: string;
  readonly problem: Problem | null;
  /** It could be opened, and has nothing that could be asked without changing anything. */
  readonly isUnasked: boolean;
}

/**
 * Asks the systems of all modules that flows use, or of the one named, one after the other; changes
 * nothing there.
 */
export async function connectAll(
  engine: Engine,
  limitMs: number,
  only?: string,
): Promise<readonly Connection[]> {
  const { flows } = engine.workspace;
  const isMeant = (module: string) => only === undefined || module === only;
  const found: Connection[] = [];
  for (const module of new Set(flows.flatMap(({ from }) => from).filter(isMeant))) {
    found.push(await connect(module, 'source', limitMs, () => askSource(engine, module)));
  }
  for (const flow of flows.filter(({ to }) => isMeant(to))) {
    const target = targetOfFlow(engine, flow);
    if (target.mode === 'served') continue;
    const kinds = target.kinds.map(({ kind }) => kind);
    const ask = (signal: AbortSignal) => askSink(engine, flow.to, kinds, signal);
    found.push(await connect(flow.to, 'target', limitMs, ask));
  }
  return found;
}

async function connect(
  module: string,
  side: 'source' | 'target',
  limitMs: number,
  ask: (signal: AbortSignal) => Promise<boolean>,
): Promise<Connection> {
  const limit = AbortSignal.timeout(limitMs);
  const isOver = Promise.withResolvers<never>();
  const late = () => isOver.reject(new TransientFailure('TIMEOUT', saying('noAnswerYet', {})));
  limit.addEventListener('abort', late, { once: true });
  try {
    const isUnasked = !(await Promise.race([ask(limit), isOver.promise]));
    return { module, problem: null, isUnasked };
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    return { module, problem: failure.toProblem(side), isUnasked: false };
  } finally {
    limit.removeEventListener('abort', late);
  }
}

/** True if something was asked: to open files is to have looked at their folder or server. */
async function askSource(engine: Engine, module: string): Promise<boolean> {
  const source: Source = await engine.openSource(module);
  try {
    await source.fingerprint?.(null);
    return source.fingerprint !== undefined;
  } finally {
    await source.close();
  }
}

async function askSink(
  engine: Engine,
  module: string,
  kinds: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  const sink: Sink = await engine.openSink(module);
  try {
    if (sink.mode === 'full') return true;
    const [kind] = kinds;
    if (sink.readBack === undefined || kind === undefined) return false;
    for await (const _first of sink.readBack(kind, signal)) break;
    return true;
  } finally {
    await sink.close();
  }
}
