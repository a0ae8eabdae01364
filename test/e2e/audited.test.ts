import assert from 'node:assert/strict';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { type Hub, openHub } from '../../core/hub.ts';
import { silentLog } from '../../core/log/log.ts';
import { batchOf, type Town } from '../situations/town.ts';
import { ACCESS, METHODS, TAKEN, WHO } from './deeds.ts';
import { everybody, oakCutShort, tenSchools } from './ten-schools.ts';
import { World } from './world.ts';

describe('what a person does or looks at through the control bus', () => {
  let world: World;
  let hub: Hub;

  before(async () => {
    world = await World.open();
    const rules = 'sources: { register: { guards: { perUnit: { maxDelete: 1 } } } }\nmodules:';
    await world.reconfigure('modules:', rules);
    await world.guard('{ maxDelete: 10%, approvals: 2 }\noverrides: { approvals: 2 }');
    for (const name of TAKEN) {
      const other = { id: `x${name}`, version: 1, userName: `${name}@skola.example` };
      world.identity.directory.of('Users').set(other.id, { ...other, externalId: 'else' });
    }
    const night = async (day: string, schools: Town) => {
      await publish(join(world.folder, 'data', 'register'), batchOf(day, schools));
      world.now = Date.parse(`${day}T03:00:00+02:00`);
      await world.sync('identity');
    };
    await night('2026-09-01', tenSchools(everybody));
    await night('2026-09-02', tenSchools(oakCutShort));
  });
  beforeEach(async () => {
    const { folder, environment } = world;
    hub = await openHub({ folder, environment, log: silentLog, now: () => world.now });
  });
  afterEach(() => hub.close());
  after(() => world.close());

  it('is told of by this list in full', () => {
    assert.deepEqual(Object.keys(hub.control).sort(), Object.keys(METHODS).sort());
  });

  for (const [name, deed] of [...Object.entries(METHODS), ...Object.entries(ACCESS)]) {
    if (typeof deed === 'string') continue;
    const [action, does] = deed;
    it(`stands in the audit trail: ${name}`, async () => {
      const rows = () => hub.control.auditTrail(10_000, { action });
      const before = (await rows()).length;
      await does(hub);
      const after = await rows();
      assert.ok(after.length > before, `no new row of "${action}"`);
      assert.ok(after[0]?.who === WHO || name === 'firstInvitation');
    });
  }
});
