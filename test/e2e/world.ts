import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import {
  type ItslearningSimulator,
  startItslearning,
} from '../../connectors/itslearning/simulator.ts';
import { type ScimSimulator, startScim } from '../../connectors/scim/simulator.ts';
import type { SyncReport } from '../../core/control/control-bus.ts';
import type { PlanReport } from '../../core/control/preview/plan-report.ts';
import { type Hub, openHub } from '../../core/hub.ts';
import { type Log, openLog } from '../../core/log/log.ts';
import type { Run } from '../../core/store/run-store.ts';
import { generateCity, type NightSummary } from '../../scripts/generate/generate-city.ts';
import { backendOfTests, type ClusterEnvironment, onCluster } from '../services/cluster.ts';
import { storedText } from '../services/stored.ts';

const SECRET = 'a-secret-of-the-test';
const FIRST_NIGHT = '2026-09-01';

const CONFIG = `backend: embedded
data: data/hub
modules:
  register: { connector: barn-och-elevregister, options: { files: { folder: data/register } } }
  collaboration: { connector: microsoft-sds, options: { files: { folder: data/collaboration } } }
  lms: { connector: itslearning, options: { url: "\${env:LMS_URL}", user: hub, password: "\${env:SECRET}", requestsPerSecond: 5000, timeoutMs: 5000 } }
  identity: { connector: scim, options: { url: "\${env:IDENTITY_URL}", token: "\${env:SECRET}", requestsPerSecond: 5000, timeoutMs: 5000 } }
`;

const MISSING = 'cuts: pass, missing: { "*": delete }';
const AT_ONCE = `sources: { register: { ${MISSING} } }\n`;

/** A workspace in a folder of its own, with simulated vendors and a clock that the test sets. */
export class World {
  readonly folder: string;
  readonly lms: ItslearningSimulator;
  readonly identity: ScimSimulator;
  readonly environment: Record<string, string>;
  #startsAt = Date.parse(`${FIRST_NIGHT}T03:00:00+02:00`);
  #setAt = Date.now();
  #goesAtOnce = true;
  /** Where its store and broker are; null: on this machine alone. */
  readonly cluster: ClusterEnvironment | null;

  private constructor(
    folder: string,
    lms: ItslearningSimulator,
    identity: ScimSimulator,
    cluster: ClusterEnvironment | null,
  ) {
    this.folder = folder;
    this.lms = lms;
    this.identity = identity;
    this.cluster = cluster;
    this.environment = { SECRET, LMS_URL: lms.url, IDENTITY_URL: identity.url, ...cluster };
  }

  /** Epoch milliseconds; the clock goes on from where the test has set it. */
  get now(): number {
    return this.#startsAt + Date.now() - this.#setAt;
  }

  set now(at: number) {
    this.#startsAt = at;
    this.#setAt = Date.now();
  }

  /** With the usual three targets; or with the files of an example's folder. */
  static async open(example?: string): Promise<World> {
    return World.openOn(await backendOfTests(), example);
  }

  /** On a cluster that the test has; null: on this machine alone. */
  static async openOn(cluster: ClusterEnvironment | null, example?: string): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), 'skolnav-world-'));
    const lms = await startItslearning({ user: 'hub', password: SECRET });
    const identity = await startScim({ token: SECRET, etag: false });
    const world = new World(folder, lms, identity, cluster);
    for (const name of ['config', 'data/register', 'data/collaboration']) {
      await mkdir(join(folder, name), { recursive: true });
    }
    if (example === undefined) await world.configure(CONFIG);
    else await cp(example, folder, { recursive: true });
    return world;
  }

  /**
   * What the register no longer holds goes the same night, also where it stood side by side, unless
   * the text says otherwise: most tests are about what follows from it.
   */
  async configure(text: string): Promise<void> {
    const plain = text.replace(AT_ONCE, '');
    const isSaid = plain.includes('missing:') || !this.#goesAtOnce;
    const rules = plain.replace('sources: { register: { ', `sources: { register: { ${MISSING}, `);
    const all = rules === plain ? plain + AT_ONCE : rules;
    const said = isSaid ? plain : all;
    const file = join(this.folder, 'config', 'hub.yaml');
    await writeFile(file, this.cluster !== null ? onCluster(said) : said);
  }

  /** What is missing waits as it does in life. */
  async waitForMissing(): Promise<void> {
    const text = await readFile(join(this.folder, 'config', 'hub.yaml'), 'utf8');
    this.#goesAtOnce = false;
    await this.configure(text);
  }

  /** Puts a file of its own into the workspace. */
  async write(name: string, text: string): Promise<void> {
    const file = join(this.folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  /** Changes the text of the configuration; fails if it does not hold what is to be replaced. */
  async reconfigure(from: string, to: string): Promise<void> {
    const file = join(this.folder, 'config', 'hub.yaml');
    const before = await readFile(file, 'utf8');
    if (!before.includes(from)) throw new Error(`no "${from}" in the configuration`);
    await this.configure(before.replace(from, to));
  }

  /** A target that does not answer within half a second is given up; other tests wait longer. */
  async impatient(): Promise<void> {
    for (const _target of ['lms', 'identity']) {
      await this.reconfigure('timeoutMs: 5000', 'timeoutMs: 500');
    }
  }

  /** The built-in flows with short delays between attempts, as the workspace's own. */
  async quicken(): Promise<void> {
    const from = join(import.meta.dirname, '..', '..', 'flows');
    await mkdir(join(this.folder, 'flows'), { recursive: true });
    for (const name of await readdir(from)) {
      const text = await readFile(join(from, name), 'utf8');
      const quick = text.replace(
        /firstDelay: \w+, maxDelay: \w+/,
        'firstDelay: 50ms, maxDelay: 200ms',
      );
      await writeFile(join(this.folder, 'flows', name), quick);
    }
  }

  /** The built-in flows with other guards, as the workspace's own. */
  async guard(guards: string): Promise<void> {
    await this.quicken();
    const folder = join(this.folder, 'flows');
    for (const name of await readdir(folder)) {
      const text = await readFile(join(folder, name), 'utf8');
      await writeFile(join(folder, name), text.replace(/^guards: .*$/m, `guards: ${guards}`));
    }
  }

  /** The built-in flow, with these kinds selected as well, as the workspace's own. */
  async select(flow: string, kinds: readonly string[]): Promise<void> {
    await this.quicken();
    const file = join(this.folder, 'flows', `${flow}.yaml`);
    const more = kinds.map((kind) => `  ${kind}: {}\n`).join('');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('entities:\n', `entities:\n${more}`));
  }

  /** The built-in flows again, with the delays that they have in life. */
  async unhurried(): Promise<void> {
    await rm(join(this.folder, 'flows'), { recursive: true, force: true });
  }

  /** The line of the configuration that binds a module. */
  async binding(module: string): Promise<string> {
    const text = await readFile(join(this.folder, 'config', 'hub.yaml'), 'utf8');
    return text.split('\n').find((line) => line.startsWith(`  ${module}:`)) ?? '';
  }

  /** Puts the register's batch of one night into its folder, and the clock to that night. */
  async night(night: number, pupils = 300, faults = false): Promise<NightSummary> {
    const out = join(this.folder, 'data', 'register');
    const options = { pupils, seed: 'world', date: FIRST_NIGHT, out, faults };
    const [summary] = await generateCity({ ...options, nights: night, from: night });
    if (summary === undefined) throw new Error('no night was written');
    this.now = Date.parse(`${FIRST_NIGHT}T03:00:00+02:00`) + (night - 1) * 86_400_000;
    return summary;
  }

  /** Everything that its store holds, as text. */
  storedText(): Promise<string> {
    return storedText(join(this.folder, 'data', 'hub'), this.cluster);
  }

  /** Does something with an open hub; each call opens and closes it, as the command line does. */
  async withHub<T>(work: (hub: Hub) => Promise<T>, log: Log = openLog(nowhere(), 'silent')) {
    const { folder, environment } = this;
    const hub = await openHub({ folder, log, environment, now: () => this.now });
    try {
      return await work(hub);
    } finally {
      await hub.close();
    }
  }

  sync(flow: string | null = null): Promise<SyncReport> {
    const signal = new AbortController().signal;
    const request = {
      ...{ flow, deliver: true, onProgress: () => undefined, signal, patienceMs: 2000 },
    };
    return this.withHub((hub) => hub.control.sync(request));
  }

  plan(flow: string | null = null): Promise<readonly PlanReport[]> {
    const signal = new AbortController().signal;
    const common = { details: 20, reveal: false, who: 'test', onProgress: () => undefined };
    return this.withHub((hub) => hub.control.plan({ flow, ...common, signal }));
  }

  /** The portal's open accounts; one that is shut may be deleted later. */
  accounts() {
    const users = [...this.identity.directory.of('Users').values()];
    return users.filter(({ active }) => active === true);
  }

  /** A file that the collaboration platform was given. */
  async delivered(name: string): Promise<string> {
    return readFile(join(this.folder, 'data', 'collaboration', name), 'utf8');
  }

  /** What all targets hold, as text: two pictures are the same if their targets agree. */
  async picture(): Promise<Readonly<Record<string, string>>> {
    const folder = join(this.folder, 'data', 'collaboration');
    const names = (await readdir(folder)).filter((name) => name.endsWith('.csv')).sort();
    const files = await Promise.all(names.map((name) => this.delivered(name)));
    return {
      lms: this.lms.site.dump(),
      identity: this.identity.directory.dump(),
      collaboration: files.join('\n'),
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.lms.stop(), this.identity.stop()]);
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The run of one flow or source. */
export function runOf(report: SyncReport, subject: string): Run {
  const run = [...report.intakes, ...report.flows].find((one) => one.subject === subject);
  if (run === undefined) throw new Error(`no run of ${subject}`);
  return run;
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
