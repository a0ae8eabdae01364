import type { JsonObject, ObjectSink, Operation } from '../../core/plugin.ts';
import { graphAudience, graphClass, graphUser, openGraph } from '../../test/contract/graph-sink.ts';
import {
  describeObjectSink,
  describeVendorFaults,
  PATIENCE_MS,
  VENDOR_FAULT_NAMES,
} from '../../test/contract/testing.ts';
import { type Graph, startGraph } from './simulator.ts';

const SIGNAL = new AbortController().signal;

type Make = (key: string, version: number) => JsonObject;

const KINDS: readonly (readonly [string, Make, (key: string, secret: string) => JsonObject])[] = [
  ['user', graphUser, (key, secret) => ({ ...graphUser(key), primaryRole: secret })],
  ['class', graphClass, (_key, secret) => ({ classCode: secret })],
  ['audience', graphAudience, (_key, secret) => ({ displayName: secret })],
];

for (const [objectKind, object, refused] of KINDS) {
  describeObjectSink(`microsoft-graph, ${objectKind}`, async () => {
    const graph = await startGraph();
    return {
      sink: await openGraph(graph),
      ...{ objectKind, object, refused },
      ...worldOf(graph, objectKind),
    };
  });
}

describeObjectSink('microsoft-graph, membership', async () => {
  const graph = await startGraph();
  const sink = await openGraph(graph);
  const references = await madeBefore(sink);
  const role = (version: number) => (version % 2 === 0 ? 'student' : 'teacher');
  return {
    ...{ sink: inClass(sink), references, objectKind: 'membership' },
    object: (key, version) => ({ class: 'c', user: key, role: role(version) }),
    refused: (key, secret) => ({ class: 'c', user: key, role: secret }),
    ...worldOf(graph, 'membership'),
    withWrongSecret: async () => inClass(await openGraph(graph, { secret: 'wrong' })),
  };
});

describeVendorFaults('microsoft-graph', { faults: VENDOR_FAULT_NAMES, reads: true }, async () => {
  const graph = await startGraph();
  return {
    sink: await openGraph(graph, { timeoutMs: PATIENCE_MS }),
    ...{ objectKind: 'class', object: graphClass },
    ...worldOf(graph, 'class'),
    show: (fault) => graph.show(fault),
  };
});

function worldOf(graph: Graph, kind: string) {
  return {
    held: async () => graph.held(kind).map((one) => JSON.stringify(one)),
    loseNextAnswer: () => graph.show('broken-after-commit'),
    withWrongSecret: () => openGraph(graph, { secret: 'wrong' }),
    close: () => graph.stop(),
  };
}

/** The class and the persons that the suite joins: the service's ids of them. */
async function madeBefore(sink: ObjectSink): Promise<Readonly<Record<string, string>>> {
  const objects: [string, string, JsonObject][] = [
    ['class', 'c', graphClass('c')],
    ...['a', 'b', 'c', 'd', 'e'].map((key): [string, string, JsonObject] => {
      return ['user', key, graphUser(key)];
    }),
  ];
  const ids: Record<string, string> = {};
  for (const [objectKind, key, object] of objects) {
    const operation: Operation = {
      ...{ action: 'create', objectKind, key, formerKey: null, object },
      ...{ previous: null, remoteId: null, references: {} },
    };
    const [outcome] = await sink.apply([operation], SIGNAL);
    if (outcome?.kind === 'failed') throw outcome.failure;
    ids[`${objectKind}/${key}`] = outcome?.remoteId ?? '';
  }
  return ids;
}

/** A membership's key is made of those of the class and of the person, whom the suite names. */
function inClass(sink: ObjectSink): ObjectSink {
  const { readBack } = sink;
  if (readBack === undefined) throw new Error('it can be asked');
  return {
    mode: 'operations',
    apply: (operations, signal) =>
      sink.apply(
        operations.map((one) => ({ ...one, key: `c|${one.key}` })),
        signal,
      ),
    async *readBack(kind, signal) {
      for await (const one of readBack.call(sink, kind, signal)) {
        yield { ...one, key: one.key?.slice(2) ?? null };
      }
    },
    close: () => sink.close(),
  };
}
