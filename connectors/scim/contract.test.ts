import { tmpdir } from 'node:os';
import type { ObjectSink } from '../../core/plugin.ts';
import { describeObjectSink } from '../../test/contract/object-sink.contract.ts';
import { testSurroundings } from '../../test/contract/surroundings.ts';
import { startScimmy } from '../../test/services/scimmy.ts';
import { connector } from './connector.ts';
import { type SimulatorOptions, startScim } from './simulator.ts';

async function openSink(url: string, token: string): Promise<ObjectSink> {
  const limits = { requestsPerSecond: 1000, timeoutMs: 2000, memberChunk: 100 };
  const options = { url, token, lookup: 'externalId', ...limits } as const;
  const sink = await connector.openSink?.(options, testSurroundings(tmpdir()));
  if (sink?.mode !== 'operations') throw new Error('an object sink');
  return sink;
}

const user = (key: string, version: number) => ({
  ...{ externalId: key, userName: `${key}@skola.example`, active: true },
  name: { givenName: `Kim${version}`, familyName: 'Ek' },
});

const shut = (key: string) => ({ ...user(key, 1), active: false });

const variants: readonly (readonly [string, Omit<SimulatorOptions, 'token'>])[] = [
  ['with all that it can do', {}],
  ['without PATCH', { patch: false }],
  ['without ETags, in pages of one', { etag: false, pageSize: 1 }],
];
for (const [what, abilities] of variants) {
  describeObjectSink(`SCIM, simulated, ${what}`, async () => {
    const service = await startScim({ token: 'right', ...abilities });
    return {
      sink: await openSink(service.url, 'right'),
      objectKind: 'User',
      object: user,
      shut,
      refused: (key, secret) => ({ externalId: key, displayName: secret }),
      held: async () =>
        [...service.directory.of('Users').values()].map(({ version: _version, ...rest }) =>
          JSON.stringify(rest),
        ),
      loseNextAnswer: () =>
        service.failNext({ kind: 'error-after' }, { kind: 'error-after' }, { kind: 'error-after' }),
      withWrongSecret: () => openSink(service.url, 'wrong'),
      close: () => service.stop(),
    };
  });
}

describeObjectSink('SCIM, by scimmy-routers', async () => {
  const service = await startScimmy('right');
  return {
    sink: await openSink(service.url, 'right'),
    objectKind: 'User',
    object: user,
    shut,
    refused: (key, secret) => ({ externalId: key, displayName: secret }),
    held: async () =>
      (await service.list('Users')).map(({ meta: _meta, ...rest }) => JSON.stringify(rest)),
    withWrongSecret: () => openSink(service.url, 'wrong'),
    close: () => service.stop(),
  };
});
