import { tmpdir } from 'node:os';
import type { ObjectSink } from '../../core/plugin.ts';
import { describeObjectSink } from '../../test/contract/object-sink.contract.ts';
import { testSurroundings } from '../../test/contract/surroundings.ts';
import { connector } from './connector.ts';
import { startRest } from './simulator.ts';

async function openSink(url: string, token: string): Promise<ObjectSink> {
  const options = { url, token, requestsPerSecond: 1000, timeoutMs: 2000 };
  const sink = await connector.openSink?.(options, testSurroundings(tmpdir()));
  if (sink?.mode !== 'operations') throw new Error('an object sink');
  return sink;
}

describeObjectSink('rest-connector', async () => {
  const service = await startRest({ token: 'right' });
  return {
    sink: await openSink(service.url, 'right'),
    objectKind: 'person',
    object: (id, version) => ({ id, givenName: `Kim${version}`, familyName: 'Ek' }),
    refused: (id, secret) => ({ id, familyName: secret }),
    held: async () => [...service.objects.values()].map((one) => JSON.stringify(one)),
    loseNextAnswer: () => service.failNextAnswer(),
    takeLess: () => service.keepNext(),
    withWrongSecret: () => openSink(service.url, 'wrong'),
    close: () => service.stop(),
  };
});
