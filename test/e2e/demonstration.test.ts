import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { recordOfProcessing } from '../../core/control/processing.ts';
import { type Hub, openHub, openLog } from '../../core/hub.ts';
import { runMorning } from '../../scripts/demo/absence-app.ts';
import { DEMO_CITY } from '../../scripts/demo/demo-workspace.ts';
import { type DemoVendors, startVendors } from '../../scripts/demo/simulators.ts';
import { generateSituations, SITUATIONS } from '../../scripts/situations/generate-situations.ts';
import type { ClusterEnvironment } from '../services/cluster.ts';
import { storedText } from '../services/stored.ts';
import { approveOne, demonstrate, rebind, unarchive } from './demonstrated-city.ts';
import { placesOfIndependents, pupilsOfIndependents } from './demonstrated-independents.ts';
import { targetsIn, toldOfEach, toldTo } from './held-everywhere.ts';
import { type Canary, holds, isRead, plantInto } from './planted-canaries.ts';
import { type RecordingProxy, startRecordingProxy } from './recording-proxy.ts';

/** The addresses of the simulated vendors, by the modules that are bound to them. */
const VENDORS: Readonly<Record<string, string>> = {
  lms: 'itslearning.url',
  fronter: 'fronter.url',
  identity: 'scim.url',
  'national-tests': 'egil.url',
  schedule: 'reports.url',
  teams: 'graph.url',
};
/** Of few pupils: every system of the city has something to say all the same. */
const CITY = { ...DEMO_CITY, pupils: 60 };

const NOTHING = { create: 0, update: 0, delete: 0 };

describe('the night of the demonstration', function () {
  this.timeout(120_000);
  let folder: string;
  let vendors: DemoVendors;
  let hub: Hub;
  let closeHub = async () => {};
  /** Null on this machine alone. */
  let place: ClusterEnvironment | null;
  const logged: string[] = [];
  const proxies = new Map<string, RecordingProxy>();
  const signal = new AbortController().signal;
  const onProgress = () => undefined;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-demonstration-'));
    place = await demonstrate(folder, CITY);
    vendors = await startVendors(folder);
    for (const [module, name] of Object.entries(VENDORS)) {
      const file = join(folder, 'simulators', name);
      const proxy = await startRecordingProxy((await readFile(file, 'utf8')).trim());
      proxies.set(module, proxy);
      await writeFile(file, proxy.url);
    }
    await open();
  });
  after(async () => {
    await closeHub();
    for (const proxy of proxies.values()) await proxy.stop();
    await vendors.stop();
    await rm(folder, { recursive: true });
  });

  async function open(): Promise<void> {
    const sink = new Writable({
      write: (chunk, _encoding, done) => {
        logged.push(String(chunk));
        done();
      },
    });
    const environment = { ...process.env, ...place };
    hub = await openHub({ folder, environment, log: openLog(sink, 'info') });
    closeHub = () => hub.close();
  }

  const sync = (flow: string | null) =>
    hub.control.sync({ flow, deliver: true, onProgress, signal, patienceMs: 60_000 });
  const night = async (flow: string | null = null) => {
    const { intakes, flows } = await sync(flow);
    for (const { subject, outcome, problem, counts } of [...intakes, ...flows]) {
      assert.deepEqual([subject, outcome, problem?.code], [subject, 'done', undefined]);
      assert.equal(counts['failed'] ?? 0, 0, subject);
    }
    return flows;
  };
  const bind = async (module: string, connector: string) => {
    await closeHub();
    await rebind(folder, module, connector);
    await open();
  };
  /** The flows of which a night has counted something. */
  const counted = (flows: Awaited<ReturnType<typeof night>>, what: string) =>
    flows.flatMap(({ subject, counts }) => ((counts[what] ?? 0) > 0 ? [subject] : []));

  const plans = (details: number, flow: string | null = null) => {
    const common = { flow, reveal: false, who: 'test', onProgress, signal };
    return hub.control.plan({ ...common, details });
  };

  it('carries every system of the city, and planned again it does nothing', async () => {
    assert.deepEqual(counted(await night(), 'parked'), []);
    assert.deepEqual(
      (await plans(0)).filter(({ counts }) => counts.create + counts.update + counts.delete > 0),
      [],
    );
  });

  it('carries absences of the morning to where they are followed up, and gives those who fetch what is theirs', async () => {
    const morning = await runMorning(hub, folder, CITY, signal);
    // To whoever follows them up, to the teachers, and to the register.
    assert.deepEqual([morning?.reported, morning?.delivered], [6, 18]);
    const { ledger } = hub.engine.store;
    assert.deepEqual(morning?.fetched, {
      users: await ledger.count('library:oneroster', 'users'),
      persons: await ledger.count('timetable:ss12000', 'persons'),
    });
    assert.ok(morning.fetched.users > 0 && morning.fetched.persons > 0);
  });

  it('gives the register back what schools report, each pupil’s in numbered files of changes', async () => {
    const at = join(folder, 'register-back');
    const rows = async (name: string) => {
      const text = await readFile(join(at, `${name}-000001.csv`), 'utf8');
      return text.trim().split('\r\n').slice(1);
    };
    const [attendances, grades, results] = await Promise.all(
      ['narvaro', 'betyg', 'resultat'].map(rows),
    );
    const late = attendances?.filter((row) => row.endsWith(';50;;10')) ?? [];
    assert.ok(late.length > 0 && late.length < (attendances?.length ?? 0));
    for (const row of grades ?? []) assert.match(row, /^N;[^;]+;[^;]+;[A-Z0-9]+;2026-06-13;[A-F]$/);
    for (const row of results ?? [])
      assert.match(row, /;(Bråkräkning|Inledande prov|Läsförståelse);2026-09-01;\d+;$/);
    assert.ok((grades?.length ?? 0) > 0 && (results?.length ?? 0) > 0);
    // Of a platform that speaks OneRoster, and of itslearning.
    for (const test of ['Bråkräkning', 'Läsförståelse'])
      assert.ok(
        results?.some((row) => row.includes(`;${test};`)),
        test,
      );
    // What keeps a pupil away, and what support is for, is never even read.
    const stored = await storedText(join(folder, 'hub'), place);
    for (const secret of ['missade bussen', 'skriva', 'läste med hjälp', 'ta med boken'])
      assert.ok(!stored.includes(secret), secret);
  });

  it('gives each independent school what the register has of its own pupils, with the classes that it has told of', async () => {
    await assertToldOfOthersAlone(await pupilsOfIndependents(folder));
  });

  it('gives each independent preschool its places and its own queue, and hears from each when its children are there', async () => {
    await assertToldOfOthersAlone(await placesOfIndependents(folder));
  });

  it('tells of action programmes whoever follows them up, and nobody else', async () => {
    const programmes = (
      await Array.fromAsync(hub.engine.store.entities.scan('action-programme'))
    ).flat();
    const ids = programmes.map(({ entity }) => entity.id);
    assert.ok(ids.length > 0);
    for (const { to } of hub.workspace.flows) {
      const told = await toldTo({ hub, folder, proxies }, to);
      const isTold = ids.filter((id) => told.includes(id)).length;
      assert.deepEqual([to, isTold], [to, to === 'special-support' ? ids.length : 0]);
    }
    const { flows, keptByHub } = recordOfProcessing(hub.workspace);
    const { register, schedule, absence } = keptByHub.sources;
    assert.deepEqual(
      { register, schedule, absence },
      { register: null, schedule: 400, absence: 90 },
    );
    const named = flows.filter(({ data }) => data.some(({ kind }) => kind === 'action-programme'));
    assert.deepEqual(
      named.map(({ flow, legalBasis }) => [flow, legalBasis]),
      [['special-support', 'legal-obligation']],
    );
  });

  it('does nothing in a second night, in which the portal’s own words come back', async () => {
    assert.deepEqual(counted(await night(), 'delivered'), []);
    const [person] = await Array.fromAsync(hub.engine.store.entities.scan('person'));
    assert.ok(person?.some(({ entity }) => 'externalIdentifiers' in entity));
  });

  it('swaps the register’s files for SS 12000 and back, by one line of its own file: only who needs native languages is told, for which it has no word', async () => {
    const told = async () => {
      const flows = await night();
      return ['delivered', 'removed'].map((what) => counted(flows, what));
    };
    await bind('register', 'ss12000');
    const { intakes } = await sync(null);
    const intake = intakes.find(({ subject }) => subject === 'register');
    assert.deepEqual([intake?.outcome, intake?.problem?.code], ['held', 'SOURCE_UNREAD']);
    await approveOne(hub);
    assert.deepEqual(await told(), [[], ['sprakcentrum-requests']]);
    const aside = { target: 'register', type: ['inbound'] } as const;
    assert.equal(await hub.engine.store.messages.count(aside), 0, 'no record of files');
    await unarchive(join(folder, 'register'));
    await bind('register', 'barn-och-elevregister');
    assert.deepEqual(await told(), [['sprakcentrum-requests'], []]);
    for (const { counts } of await plans(0)) assert.deepEqual(counts, NOTHING);
  });

  it('shows in every target the same night what happens: custody, a number, a class that ends, protection on and off', async () => {
    const names = ['custody', 'number', 'protected', 'released', 'rollover'];
    const situations = SITUATIONS.filter(({ name }) => names.includes(name));
    const out = join(folder, 'register');
    const happen = async (scene: number) => {
      const city = { ...CITY, out, situations, night: scene, today: '2026-09-04' };
      const { staged } = await generateSituations(city);
      const who = Object.fromEntries(staged.map((one) => [one.situation.name, one.who]));
      const idOf = (name: string, role: string, kind = 'person') =>
        hub.engine.identity.idOf('register', kind, who[name]?.[role] ?? '');
      return {
        ...{ guardian: idOf('custody', 'loses'), newcomer: idOf('number', 'pupil') },
        ...{ hidden: idOf('protected', 'pupil'), released: idOf('released', 'pupil') },
        ...{ ends: idOf('rollover', 'ends', 'group'), begins: idOf('rollover', 'begins', 'group') },
      };
    };
    const told = (cast: Readonly<Record<string, string>>) => toldOfEach(hub, cast);
    const cast = await happen(1);
    const first = await told(cast);
    await night();
    const before = await told(cast);
    assert.deepEqual([before['released'], before['begins']], [[], []], 'protected from today');
    await happen(2);
    await night();
    const { guardian, hidden, newcomer, released, begins } = await told(cast);
    assert.deepEqual([guardian, hidden, released], [[], [], []], 'they are gone from each');
    assert.deepEqual(newcomer, before['newcomer'], 'the same objects by the same keys, no second');
    const targets = (of: string) => targetsIn(before[of] ?? []);
    // A guardian is in fewer systems than a pupil.
    assert.deepEqual(['guardian', 'newcomer', 'hidden'].map(targets), [2, 9, 8]);
    assert.equal(
      targetsIn(begins ?? []),
      targets('ends'),
      'the next class is where the old one is',
    );
    assert.equal(await approveOne(hub), 'PROTECTION_RELEASE');
    await night();
    assert.deepEqual((await told(cast))['released'], first['released'], 'the very same accounts');
  });

  it('swaps itslearning for Fronter, for files of OneRoster and back, by one line of its own file', async () => {
    const swap = async (connector: string) => {
      await bind('lms', connector);
      const [plan] = await plans(0, 'lms');
      return { target: plan?.target, ...plan?.counts };
    };
    const told = async () => {
      assert.deepEqual(counted(await night('lms'), 'parked'), []);
      return (await plans(0, 'lms')).map(({ counts }) => counts);
    };
    for (const connector of ['ims-enterprise', 'oneroster-csv']) {
      const { target, create, ...others } = await swap(connector);
      assert.deepEqual([target, others], [`lms:${connector}`, { update: 0, delete: 0 }]);
      assert.ok((create ?? 0) > 200, `${create} objects for ${connector}`);
      assert.deepEqual(await told(), [NOTHING]);
    }
    assert.match(await readFile(join(folder, 'lms', 'users.csv'), 'utf8'), /^sourcedId,/);
    assert.deepEqual(await swap('itslearning'), { target: 'lms:itslearning', ...NOTHING });
  });

  it('tells each target nothing of any field that no mapping of its flow names', async () => {
    const canaries = await plantInto(hub);
    const shown = JSON.stringify(await plans(5));
    await night();
    const said = `${logged.join('')}${shown}${(await readdir(folder, { recursive: true })).join()}`;
    const spoken = canaries.filter((one) => holds(said.toLowerCase(), one));
    assert.deepEqual(spoken, [], 'in no log, plan or name of a file');
    for (const flow of hub.workspace.flows) {
      const { name, to } = flow;
      const told = (await toldTo({ hub, folder, proxies }, to)).toLowerCase();
      const isNamed = ({ kind, path }: Canary) => isRead(hub, flow, kind, path);
      const leaks = canaries.filter((one) => !isNamed(one) && holds(told, one));
      const places = new Set(leaks.map(({ kind, path }) => `${kind}.${path.join('.')}`));
      assert.deepEqual([name, ...places], [name]);
      // Canaries that it may be told of prove that the search would find one.
      const sought = canaries.filter(isNamed);
      const isSeen = sought.length === 0 || sought.some((one) => holds(told, one));
      assert.ok(told !== '' && isSeen, `${name} was told of no canary at all`);
    }
    const planted = new Set(canaries.map(({ kind }) => kind));
    const without = hub.workspace.canonical.kinds.filter((kind) => !planted.has(kind));
    // Of these nothing is written that no flow needs.
    assert.deepEqual(without, ['absence', 'action-programme', 'queue-application']);
  });

  /** No flow that is about the city's own schools has told of any of these. */
  async function assertToldOfOthersAlone(ids: readonly string[]): Promise<void> {
    for (const { to } of hub.workspace.flows.filter(({ schools }) => schools === 'ours')) {
      const all = await toldTo({ hub, folder, proxies }, to);
      assert.deepEqual([to, ids.filter((id) => all.includes(id))], [to, []]);
    }
  }
});
