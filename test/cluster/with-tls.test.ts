import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MongoClient } from 'mongodb';
import { Failure } from '../../core/failure/failure.ts';
import { openRehearsal } from '../../core/hub.ts';
import { silentLog } from '../../core/log/log.ts';
import { World } from '../e2e/world.ts';
import { pending } from '../pending.ts';
import { type Certificates, makeCertificates } from '../services/certificates.ts';
import { type ClusterServices, startCluster } from '../services/cluster.ts';
import { serviceOrPending } from '../services.ts';

const run = promisify(execFile);
const SCRIPT = join(import.meta.dirname, '..', '..', 'scripts', 'cluster', 'make-users.ts');
const PASSWORD = 'a-password-of-the-test';

describe('a cluster with TLS, and users with the least rights', () => {
  let certificates: Certificates;
  let services: ClusterServices;
  let world: World;
  let admin: string;

  before(async function () {
    this.timeout(180_000);
    certificates = await makeCertificates();
    services = serviceOrPending(this, await startCluster(certificates));
    if (services.broker.control === null) {
      pending(this, 'servers that are named have users of their own');
    }
    admin = await makeAdmin();
    await makeUsers();
    const login = `skolnav:${PASSWORD}@`;
    const store = services.store.url('city').replace('//', `//${login}`);
    world = await World.openOn({
      STORE_URL: `${store}&authSource=city`,
      BROKER_URL: services.broker.url.replace(/\/\/[^@]*@/, `//${login}`),
    });
    await trust(certificates.caFile);
    await world.night(1, 10);
  });
  after(async () => {
    await world?.close();
    await services?.stop();
    await certificates?.remove();
  });

  async function makeAdmin(): Promise<string> {
    const { caFile } = certificates;
    const client = new MongoClient(services.store.url('admin'), { tlsCAFile: caFile });
    const roles = ['root'];
    await client.db('admin').command({ createUser: 'admin', pwd: PASSWORD, roles });
    await client.close();
    const url = services.store.url('admin').replace('//', `//admin:${PASSWORD}@`);
    return `${url}&authSource=admin&tlsCAFile=${encodeURIComponent(caFile)}`;
  }
  const makeUsers = (passwords = { STORE_PASSWORD: PASSWORD, BROKER_PASSWORD: PASSWORD }) => {
    const { program = '', environment = {} } = services.broker.control ?? {};
    const own = { STORE_ADMIN_URL: admin, RABBITMQCTL: program, ...passwords };
    const env = { ...process.env, ...environment, ...own };
    return run(process.execPath, [SCRIPT, 'city', 'skolnav'], { env });
  };
  const trust = async (caFile: string) => {
    for (const name of ['STORE', 'BROKER']) {
      const url = `url: "$\{env:${name}_URL}"`;
      await world.reconfigure(`${url}`, `${url}, caFile: ${caFile}`);
    }
  };

  it('does a night, and a dry run beside it', async function () {
    this.timeout(120_000);
    const { folder, environment } = world;
    const report = await world.sync();
    assert.deepEqual(new Set(report.flows.map(({ outcome }) => outcome)), new Set(['done']));
    assert.equal(world.accounts().length > 0, true);
    const hub = await openRehearsal({ folder, environment, log: silentLog, now: () => world.now });
    await hub.close();
  });

  it('lets the hub see no other database, and make no users', async () => {
    const url = world.environment['STORE_URL'] ?? '';
    const client = new MongoClient(url, { tlsCAFile: certificates.caFile });
    await assert.rejects(client.db('other').collection('value').findOne({}), { code: 13 });
    await assert.rejects(client.db('city').command({ createUser: 'x', pwd: 'x', roles: [] }), {
      code: 13,
    });
    await client.close();
  });

  it('is made the same again, and says what is missing', async function () {
    this.timeout(60_000);
    await makeUsers();
    await world.withHub(async () => undefined);
    const short = makeUsers({ STORE_PASSWORD: 'short', BROKER_PASSWORD: PASSWORD });
    await assert.rejects(short, { code: 2, stderr: /STORE_PASSWORD has fewer than 16/ });
  });

  it('says in a sentence what is wrong with its login, its rights or the name of the set', async function () {
    this.timeout(60_000);
    const { STORE_URL = '' } = world.environment;
    const client = new MongoClient(admin);
    await client.db('city').command({ createUser: 'nobody', pwd: PASSWORD, roles: [] });
    await client.close();
    const said = async (from: string, to: string) => {
      world.environment['STORE_URL'] = STORE_URL.replace(from, to);
      try {
        await world.withHub(async () => undefined);
        return 'opened';
      } catch (failure) {
        assert.ok(failure instanceof Failure, String(failure));
        assert.ok(failure.hint.includes('`store`'), failure.hint);
        return `${failure.code} ${failure.message}`;
      } finally {
        world.environment['STORE_URL'] = STORE_URL;
      }
    };
    assert.deepEqual(
      [
        await said(PASSWORD, 'another'),
        await said('skolnav:', 'nobody:'),
        await said('/city?', '/town?'),
        await said('replicaSet=rs0', 'replicaSet=rs1'),
      ],
      [
        'STORE_UNUSABLE the store refuses us: AuthenticationFailed',
        'STORE_UNUSABLE the store refuses us: Unauthorized',
        'STORE_UNUSABLE the store refuses us: Unauthorized',
        'STORE_OUT the store: no member of the replica set rs1 answers at the address; its name or the address is another',
      ],
    );
  });

  it('trusts no server whose certificate another authority has signed', async function () {
    this.timeout(120_000);
    const { caFile, strangerFile } = certificates;
    await world.reconfigure(
      `STORE_URL}", caFile: ${caFile}`,
      `STORE_URL}", caFile: ${strangerFile}`,
    );
    await assert.rejects(world.sync(), { code: 'STORE_OUT' });
    await world.reconfigure(strangerFile, caFile);
    await world.reconfigure(
      `BROKER_URL}", caFile: ${caFile}`,
      `BROKER_URL}", caFile: ${strangerFile}`,
    );
    const report = await world.night(2, 12).then(() => world.sync());
    const codes = report.flows.map(({ problem }) => problem?.code ?? 'done');
    assert.ok(codes.includes('BROKER_OUT'), `${codes}`);
  });
});
