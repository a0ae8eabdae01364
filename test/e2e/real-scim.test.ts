import assert from 'node:assert/strict';
import { type ScimmyService, startScimmy } from '../services/scimmy.ts';
import { runOf, World } from './world.ts';

/** The identity flow's nights against a SCIM service that we did not write, and the simulated one. */
describe('the identity portal, by scimmy-routers', () => {
  let simulated: World;
  let real: World;
  let service: ScimmyService;

  before(async () => {
    simulated = await World.open();
    real = await World.open();
    service = await startScimmy(real.environment['SECRET'] ?? '');
    real.environment['IDENTITY_URL'] = service.url;
  });
  after(async () => {
    await Promise.all([simulated.close(), real.close(), service.stop()]);
  });

  for (const night of [1, 2, 3, 4]) {
    it(`holds after night ${night} what the simulated one holds`, async () => {
      for (const world of [simulated, real]) {
        await world.night(night, 400);
        const { counts, outcome } = runOf(await world.sync('identity'), 'identity');
        assert.deepEqual([outcome, counts['failed'], counts['blocked']], ['done', 0, 0]);
      }
      assert.deepEqual(await usersOf(service), simulatedUsers(simulated));
      assert.deepEqual(await groupsOf(service), simulatedGroups(simulated));
    });
  }
});

type Resource = Readonly<Record<string, unknown>>;

async function usersOf(service: ScimmyService): Promise<readonly string[]> {
  return (await service.list('Users')).map(nameOf).sort();
}

function simulatedUsers({ identity }: World): readonly string[] {
  return [...identity.directory.of('Users').values()].map(nameOf).sort();
}

function nameOf({ userName, displayName, userType, active }: Resource): string {
  return [userName, displayName, userType, active].join(' ');
}

async function groupsOf(service: ScimmyService) {
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
