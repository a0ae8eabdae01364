import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Role } from '../../core/control/control-bus.ts';
import type { Worker } from '../../core/store/run-store.ts';
import type { Store } from '../../core/store/store.ts';
import type { World } from '../e2e/world.ts';

const SKOLNAV = join(import.meta.dirname, '..', '..', 'scripts', 'skolnav.ts');
const CLOCK = join(import.meta.dirname, 'process-clock.mjs');

/** Processes of the real command line that serve one workspace. */
export class Crew {
  readonly #world: World;
  readonly #clock: string;
  readonly #running = new Map<number, ChildProcess>();
  readonly #said: string[] = [];

  constructor(world: World) {
    this.#world = world;
    this.#clock = String(world.now - Date.now());
  }

  /** Starts one; it goes to the servers where the environment says. */
  start(role: Role, environment: Readonly<Record<string, string>> = {}): number {
    const args = ['--import', CLOCK, SKOLNAV, '-C', this.#world.folder, 'serve', '--role', role];
    const compiled = { NODE_COMPILE_CACHE: join(tmpdir(), 'skolnav-compiled') };
    const own = { ...this.#world.environment, ...environment, CLUSTER_CLOCK: this.#clock };
    const env = { ...process.env, ...compiled, ...own };
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const { pid = 0 } = child;
    this.#running.set(pid, child);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => this.#said.push(`${pid} ${text}`));
    }
    child.once('exit', () => this.#running.delete(pid));
    return pid;
  }

  /** All that they have said. */
  get said(): string {
    return this.#said.join('');
  }

  isRunning(pid: number): boolean {
    return this.#running.has(pid);
  }

  async signal(pid: number, signal: NodeJS.Signals): Promise<void> {
    const child = this.#running.get(pid);
    if (child === undefined) throw new Error(`${pid} has ended: ${this.said}`);
    const gone = once(child, 'exit');
    child.kill(signal);
    if (signal === 'SIGKILL' || signal === 'SIGTERM') await gone;
  }

  /** Asks all to stop, and waits until they have. */
  async stop(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((pid) => this.signal(pid, 'SIGTERM')));
  }

  /** Ends all, whatever they do. */
  async kill(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((pid) => this.signal(pid, 'SIGKILL')));
  }
}

/** The process that says it is at a step, and has come so far. */
export async function whoIsAt(store: Store, step: string, done: number): Promise<number> {
  return until(`somebody is at ${step}`, async () => {
    const isAt = ({ steps }: Worker) => steps.some((one) => one.step === step && one.done >= done);
    const at = (await store.runs.workers()).find(isAt);
    return at === undefined ? null : Number(at.owner.split('/')[1]);
  });
}

/** Waits until it is found, and throws where it takes too long. */
export async function until<T>(
  what: string,
  find: () => Promise<T | null>,
  limitMs = 150_000,
): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const found = await find();
    if (found !== null) return found;
    if (performance.now() > end) throw new Error(`it took too long until ${what}`);
    await sleep(100);
  }
}
