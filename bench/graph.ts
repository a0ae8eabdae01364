import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Graph, startGraph } from '../connectors/microsoft-graph/simulator.ts';
import { isObject, type JsonObject, type Operation } from '../core/plugin.ts';
import { graphClass, openGraph } from '../test/contract/graph-sink.ts';
import type { Figure } from './figures.ts';

/** As the manifest has it: so many objects by one call, and so many calls at once. */
const OBJECTS = 40;
const CALLS = 2;
/** What one request of Graph holds. */
const PARTS = 20;
/** Changes where nothing limits them, and where the directory gives 20 a second. */
const MANY = 4000;
const FEW = 300;
const PER_SECOND = 20;
const CLASSES = 20;
const SIGNAL = new AbortController().signal;

interface Measured {
  readonly perSecond: number;
  /** Changes that were told to wait (429). */
  readonly refused: number;
}

interface Membership {
  readonly group: string;
  readonly user: string;
}

/**
 * Members of classes, told to a tenant of Microsoft Graph: by a bare loop that puts twenty into
 * each `$batch` and waits as long as it is told to, and by the connector. Once without a limit, and
 * once at that of the directory, 3000 changes in 150 s, of which nothing is left when it begins.
 */
export async function benchGraph(): Promise<readonly Figure[]> {
  const free = { count: MANY, writes: 1_000_000, pace: 1_000_000, times: 3 };
  const limited = { count: FEW, writes: 3000, pace: PER_SECOND, times: 1 };
  return [
    ...(await compared('without a limit', free)),
    ...(await compared('at the limit of 20 a second', limited)),
  ];
}

interface Limits {
  readonly count: number;
  readonly writes: number;
  readonly pace: number;
  /** The fastest of so many times counts. */
  readonly times: number;
}

async function compared(title: string, limits: Limits): Promise<readonly Figure[]> {
  const bare = await measured(limits, (graph, all) => bareLoop(graph, all));
  const ours = await measured(limits, (graph, all) => byConnector(graph, all, limits.pace));
  const figure = (what: string, value: number, unit: Figure['unit'], against: number | null) => ({
    ...{ what: `${what} ${title}`, value, unit, against },
  });
  const figures = [
    figure('changes by a bare loop', bare.perSecond, 'calls/s', null),
    figure('the same by the connector', ours.perSecond, 'calls/s', bare.perSecond),
  ];
  if (bare.refused === 0) return figures;
  return [
    ...figures,
    figure('told to wait: the bare loop', bare.refused, 'records', null),
    figure('told to wait: the connector', ours.refused, 'records', bare.refused),
  ];
}

type Tell = (graph: Graph, all: readonly Membership[]) => Promise<void>;

async function measured(limits: Limits, tell: Tell): Promise<Measured> {
  const found: Measured[] = [];
  while (found.length < limits.times) found.push(await measuredOnce(limits, tell));
  return found.reduce((best, one) => (one.perSecond > best.perSecond ? one : best));
}

async function measuredOnce({ count, writes }: Limits, tell: Tell): Promise<Measured> {
  const graph = await startGraph({ writes, retryAfter: 1 });
  try {
    const all = await membershipsOf(graph, count);
    // What was not told by now is told at the pace at which the window fills again.
    const url = new URL('/v1.0/nothing', graph.url);
    if (count === FEW) while (graph.answer({ method: 'POST', url, body: null }).status !== 429);
    graph.counts.refused = 0;
    const startedAt = performance.now();
    await tell(graph, all);
    const seconds = (performance.now() - startedAt) / 1000;
    assert.equal(graph.held('membership').length, count);
    return { perSecond: count / seconds, refused: graph.counts.refused };
  } finally {
    await graph.stop();
  }
}

async function membershipsOf(graph: Graph, count: number): Promise<readonly Membership[]> {
  const sink = await openGraph(graph);
  const keys = Array.from({ length: CLASSES }, (_, at) => `c${at}`);
  const made = keys.map((key) => operation('class', key, graphClass(key), {}));
  const ids = (await sink.apply(made, SIGNAL)).map((outcome) => {
    assert.ok(outcome.kind !== 'failed');
    return outcome.remoteId ?? '';
  });
  return Array.from({ length: count }, (_, at) => ({
    group: ids[at % CLASSES] ?? '',
    user: graph.directory.account(`p${at}@skola.example`)?.id ?? '',
  }));
}

async function byConnector(graph: Graph, all: readonly Membership[], pace: number): Promise<void> {
  const sink = await openGraph(graph, { writesPerSecond: pace, timeoutMs: 30_000 });
  const waiting = all.map(({ group, user }, at) => {
    const object = { class: `c${at % CLASSES}`, user: `p${at}`, role: 'student' };
    const references = { [`class/${object.class}`]: group, [`user/${object.user}`]: user };
    return operation('membership', `${object.class}|${object.user}`, object, references);
  });
  const work = async () => {
    while (waiting.length > 0) {
      for (const outcome of await sink.apply(waiting.splice(0, OBJECTS), SIGNAL))
        assert.notEqual(outcome.kind, 'failed');
    }
  };
  await Promise.all(Array.from({ length: CALLS }, work));
  await sink.close();
}

function operation(
  objectKind: string,
  key: string,
  object: JsonObject,
  references: Operation['references'],
): Operation {
  const isNew = { action: 'create', formerKey: null, previous: null, remoteId: null } as const;
  return { ...isNew, objectKind, key, object, references };
}

async function bareLoop(graph: Graph, all: readonly Membership[]): Promise<void> {
  const waiting = [...all];
  const login = Object(graph.logins.bearer);
  const headers = { authorization: `Bearer ${login.token}`, 'content-type': 'application/json' };
  const work = async () => {
    while (waiting.length > 0) {
      const some = waiting.splice(0, PARTS);
      const requests = some.map(({ group, user }, at) => ({
        ...{ id: String(at), method: 'POST', url: `/education/classes/${group}/members/$ref` },
        headers: { 'Content-Type': 'application/json' },
        body: { '@odata.id': `${graph.url}/users/${user}` },
      }));
      const body = JSON.stringify({ requests });
      const answer = await fetch(`${graph.url}/$batch`, { method: 'POST', headers, body });
      const { responses }: { readonly responses: readonly JsonObject[] } = Object(
        await answer.json(),
      );
      let pauseMs = 0;
      for (const { id, status, headers: said } of responses) {
        if (status !== 429) assert.ok(Number(status) < 300, String(status));
        const again = some[Number(id)];
        if (status !== 429 || again === undefined) continue;
        waiting.push(again);
        pauseMs = Math.max(pauseMs, Number(isObject(said) ? said['Retry-After'] : 1) * 1000);
      }
      if (pauseMs > 0) await sleep(pauseMs);
    }
  };
  await Promise.all(Array.from({ length: (CALLS * OBJECTS) / PARTS }, work));
}
