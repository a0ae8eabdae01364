import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { describeObjectSink } from '../../test/contract/object-sink.contract.ts';
import { openScim, scimUser } from '../../test/contract/scim-sink.ts';
import { describeSource, streamSchemas, testContext } from '../../test/contract/testing.ts';
import { startScim2Server } from '../../test/services/scim2-server.ts';
import { startScimmy } from '../../test/services/scimmy.ts';
import { connector } from './connector.ts';
import { type SimulatorOptions, startScim } from './simulator.ts';

const group = (key: string, members: readonly string[]) => ({
  ...{ externalId: key, displayName: key },
  members: members.map((value) => ({ value })),
});

/** Whom the groups name, as the service shows them. */
function membersOf(groups: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  const named = groups.flatMap(({ members }) => (Array.isArray(members) ? members : []));
  return named.map((member) => String(Object(member)['value'])).sort();
}

const shut = (key: string) => ({ ...scimUser(key, 1), active: false });

const USERS = {
  objectKind: 'User',
  object: scimUser,
  shut,
  refused: (key: string, secret: string) => ({ externalId: key, displayName: secret }),
};

const variants: readonly (readonly [string, Omit<SimulatorOptions, 'token'>])[] = [
  ['with all that it can do', {}],
  ['without PATCH', { patch: false }],
  ['without ETags, in pages of one', { etag: false, pageSize: 1 }],
];
for (const [what, abilities] of variants) {
  describeObjectSink(`SCIM, simulated, ${what}`, async () => {
    const service = await startScim({ token: 'right', ...abilities });
    return {
      sink: await openScim(service.url, { token: 'right' }),
      ...USERS,
      held: async () =>
        [...service.directory.of('Users').values()].map(({ version: _version, ...rest }) =>
          JSON.stringify(rest),
        ),
      lists: {
        ...{ objectKind: 'Group', object: group },
        held: async () => membersOf([...service.directory.of('Groups').values()]),
      },
      loseNextAnswer: () =>
        service.failNext({ kind: 'error-after' }, { kind: 'error-after' }, { kind: 'error-after' }),
      takeLess: () => service.failNext({ kind: 'keeps' }),
      denyNext: () => service.failNext({ kind: 'denies' }),
      withWrongSecret: () => openScim(service.url, { token: 'wrong' }),
      close: () => service.stop(),
    };
  });
}

const servers = [
  ['scimmy-routers', startScimmy],
  ['scim2-server', startScim2Server],
] as const;
for (const [name, start] of servers) {
  describeObjectSink(`SCIM, by ${name}`, async () => {
    const service = await start('right');
    if ('missing' in service) return service;
    return {
      sink: await openScim(service.url, { token: 'right' }),
      ...USERS,
      held: async () =>
        (await service.list('Users')).map(({ meta: _meta, ...rest }) => JSON.stringify(rest)),
      lists: {
        ...{ objectKind: 'Group', object: group },
        held: async () => membersOf(await service.list('Groups')),
      },
      withWrongSecret: () => openScim(service.url, { token: 'wrong' }),
      close: () => service.stop(),
    };
  });
}

describeSource('SCIM', async () => {
  const service = await startScim({ token: 'right', pageSize: 500 });
  const fill = (accounts: number) => {
    const users = service.directory.of('Users');
    users.clear();
    for (let at = 0; at < accounts; at++) {
      const id = `u${at}`;
      users.set(id, { ...scimUser(`key-${at}`, 1), id, version: 1, nickName: null });
    }
  };
  fill(3);
  return {
    schemas: await streamSchemas(import.meta.dirname),
    open: async () => {
      const limits = { requestsPerSecond: 1000, timeoutMs: 2000, memberChunk: 100 };
      const options = {
        url: service.url,
        token: 'right',
        lookup: 'externalId',
        ...limits,
      } as const;
      const source = await connector.openSource?.(options, testContext(tmpdir()));
      assert.ok(source !== undefined);
      return source;
    },
    damage: async () => service.failNext({ kind: 'html' }),
    damaged: 'retry' as const,
    enlarge: async (records: number) => fill(records),
    close: () => service.stop(),
  };
});
