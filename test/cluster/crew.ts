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
const HOOK = join(import.meta.dirname, 'stop-at-step.mjs');
/** Longer than a lease lasts, and than a turn is put off. */
const JUMP_MS = 700_000;

/** Processes of the real command line that serve one workspace. */
export class Crew {
  readonly #world: World;
  readonly #imports: readonly string[];
  #clock: number;
  readonly #running = new Map<number, ChildProcess>();
  readonly #said: string[] = [];
  readonly #failed: string[] = [];
  readonly #roles = new Map<number, Role>();
  readonly #ready = new Set<number>();
  /** Whose clocks jump as soon as they are ready. */
  readonly #late = new Set<number>();
  readonly #stopped = Promise.withResolvers<number>();
  readonly #atStep = new Set<number>();

  /** Stoppable: its processes stop at the step that their environment names. */
  constructor(world: World, isStoppable = false) {
    this.#world = world;
    this.#imports = (isStoppable ? [CLOCK, HOOK] : [CLOCK]).flatMap((file) => ['--import', file]);
    this.#clock = world.now - Date.now();
  }

  /** The process that first comes to the step at which it stops. */
  get stopped(): Promise<number> {
    return this.#stopped.promise;
  }

  /** Processes that have ended by themselves, and how. */
  get failed(): readonly string[] {
    return this.#failed;
  }

  /** The roles of the processes that there are, but for one. */
  roles(but?: number): ReadonlySet<Role> {
    return new Set(
      this.running.flatMap((pid) => (pid === but ? [] : (this.#roles.get(pid) ?? []))),
    );
  }

  /** The processes that there are. */
  get running(): readonly number[] {
    return [...this.#running.keys()];
  }

  /**
   * The clocks of all jump, so that who is silent is thought dead at once; but for one, which
   * believes that it has what it had.
   */
  jump(but?: number): number {
    this.#clock += JUMP_MS;
    for (const [pid, child] of this.#running) {
      if (pid === but) continue;
      // Who has just been started would die of a signal that it does not know yet.
      if (this.#ready.has(pid)) child.kill('SIGUSR2');
      else this.#late.add(pid);
    }
    return JUMP_MS;
  }

  /** Starts one, of this program or another; it goes to the servers where the environment says. */
  start(role: Role, environment: Readonly<Record<string, string>> = {}, program = SKOLNAV): number {
    const args = [...this.#imports, program, '-C', this.#world.folder, 'serve', '--role', role];
    const compiled = { NODE_COMPILE_CACHE: join(tmpdir(), 'skolnav-compiled') };
    const clock = { CLUSTER_CLOCK: String(this.#clock), CLUSTER_JUMP: String(JUMP_MS) };
    const own = { ...this.#world.environment, ...environment, ...clock };
    const env = { ...process.env, ...compiled, ...own };
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const { pid = 0 } = child;
    this.#running.set(pid, child);
    this.#roles.set(pid, role);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#said.push(`${pid} ${text}`);
        if (/^stopped /m.test(text)) {
          this.#atStep.add(pid);
          this.#stopped.resolve(pid);
        }
        if (/^Waiting/m.test(text)) this.#isReady(pid);
      });
    }
    child.once('exit', (code) => {
      this.#running.delete(pid);
      // Null: by a signal. Whoever is asked to stop ends with 0.
      if (code !== null && code !== 0) this.#failed.push(`${pid} ended with ${code}`);
    });
    return pid;
  }

  #isReady(pid: number): void {
    this.#ready.add(pid);
    if (this.#late.delete(pid)) this.#running.get(pid)?.kill('SIGUSR2');
  }

  /** All that they have said. */
  get said(): string {
    return this.#said.join('');
  }

  /** Whether it has stopped at its step, so that it says nothing more. */
  isAtStep(pid: number): boolean {
    return this.#atStep.has(pid);
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
