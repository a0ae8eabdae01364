import assert from 'node:assert/strict';
import { pending } from '../pending.ts';
import { startScim2Server } from '../services/scim2-server.ts';
import { type ScimService, startScimmy } from '../services/scimmy.ts';
import type { ServiceMissing } from '../services.ts';
import { runOf, World } from './world.ts';

const SERVERS: readonly (readonly [
  string,
  (token: string) => Promise<ScimService | ServiceMissing>,
])[] = [
  ['scimmy-routers', startScimmy],
  ['scim2-server', startScim2Server],
];

/** The identity flow's nights against SCIM services that we did not write, and the simulated one. */
for (const [name, start] of SERVERS) {
  describe(`the identity portal, by ${name}`, () => {
    let simulated: World;
    let real: World;
    let service: ScimService | undefined;

    before(async function () {
      simulated = await World.open();
      real = await World.open();
      const started = await start(real.environment['SECRET'] ?? '');
      // Python is nothing that npm could bring, in CI neither.
      if ('missing' in started) pending(this, started.missing);
      service = started;
      real.environment['IDENTITY_URL'] = service.url;
    });
    after(async () => {
      await Promise.all([simulated.close(), real.close(), service?.stop()]);
    });

    for (const night of [1, 2, 3, 4]) {
      it(`holds after night ${night} what the simulated one holds`, async () => {
        for (const world of [simulated, real]) {
          await world.night(night, 400);
          const { counts, outcome } = runOf(await world.sync('identity'), 'identity');
          assert.deepEqual([outcome, counts['failed'], counts['blocked']], ['done', 0, 0]);
        }
        assert.ok(service !== undefined);
        assert.deepEqual(await usersOf(service), simulatedUsers(simulated));
        assert.deepEqual(await groupsOf(service), simulatedGroups(simulated));
      });
    }
  });
}

type Resource = Readonly<Record<string, unknown>>;

async function usersOf(service: ScimService): Promise<readonly string[]> {
  return (await service.list('Users')).map(nameOf).sort();
}

function simulatedUsers({ identity }: World): readonly string[] {
  return [...identity.directory.of('Users').values()].map(nameOf).sort();
}

function nameOf({ userName, displayName, userType, active }: Resource): string {
  return [userName, displayName, userType, active].join(' ');
}

async function groupsOf(service: ScimService) {
  return groupsWithNames(await service.list('Groups'), await service.list('Users'));
}

function simulatedGroups({ identity: { directory } }: World) {
  const [groups, users] = [directory.of('Groups'), directory.of('Users')];
  return groupsWithNames([...groups.values()], [...users.values()]);
}

/** Each group's members by their user names: ids differ between the services. */
function groupsWithNames(groups: readonly Resource[], users: readonly Resource[]) {
  const names = new Map(users.map(({ id, userName }) => [id, String(userName)]));
  const shown = groups.map(({ displayName, externalId, members }) => {
    const list: readonly Resource[] = Array.isArray(members) ? members : [];
    const found = list.map(({ value }) => names.get(value) ?? 'nobody');
    return `${externalId} ${displayName}: ${found.sort().join(' ')}`;
  });
  return shown.sort();
}
