import assert from 'node:assert/strict';
import { MongoClient } from 'mongodb';
import { openRehearsal } from '../../core/hub.ts';
import { silentLog } from '../../core/log/log.ts';
import { World } from '../e2e/world.ts';
import { type ClusterServices, placeOn, startCluster } from '../services/cluster.ts';
import { serviceOrPending } from '../services.ts';

describe('a rehearsal on the cluster', () => {
  let services: ClusterServices;
  let world: World;
  let url: string;
  before(async function () {
    this.timeout(180_000);
    services = serviceOrPending(this, await startCluster());
    const place = placeOn(services);
    url = place.STORE_URL;
    world = await World.openOn(place);
    await world.night(1, 10);
    await world.sync();
  });
  after(async () => {
    await world?.close();
    await services?.stop();
  });

  const open = () => {
    const { folder, environment } = world;
    return openRehearsal({ folder, environment, log: silentLog, now: () => world.now });
  };
  const databases = async () => {
    const client = new MongoClient(url);
    const { databases: all } = await client.db('admin').admin().listDatabases();
    await client.close();
    const [own = ''] = /skolnav-[0-9a-f-]+/.exec(url) ?? [];
    return all.map(({ name }) => name.replace(own, 'city')).filter((name) => /^city/.test(name));
  };

  it('has all that is kept in a database beside it, which goes when it ends', async () => {
    const hub = await open();
    const scanned = [];
    for await (const page of hub.engine.store.entities.scan('person')) scanned.push(...page);
    assert.ok(scanned.length >= 10);
    assert.deepEqual(await databases(), ['city', 'city-rehearsal']);
    await hub.close();
    assert.deepEqual(await databases(), ['city']);
  });

  it('is refused while another one is under way, and hinders no sync', async () => {
    const hub = await open();
    await assert.rejects(open(), { code: 'BUSY' });
    const report = await world.sync();
    assert.ok(report.flows.every(({ outcome }) => outcome === 'done'));
    await hub.close();
    await (await open()).close();
  });

  it('is refused while a sync changes what would be copied', async () => {
    await world.withHub(async ({ engine: { store, now } }) => {
      await store.runs.lease('sync', 'another machine', now(), 60_000);
      await assert.rejects(open(), { code: 'BUSY' });
      await store.runs.release('sync', 'another machine');
    });
    await (await open()).close();
  });
});
