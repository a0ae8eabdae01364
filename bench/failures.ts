import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Hub, openHub } from '../core/hub.ts';
import { silentLog } from '../core/log/log.ts';
import type { Message } from '../core/message/message.ts';
import { type Figure, fastest } from './figures.ts';
import { benchPages, pagesOfFailures } from './pages.ts';

const MESSAGES = 100_000;
const UNITS = 777;
const TARGET = 'identity:scim';
/** Two fifths of them. */
const GROUP = new URLSearchParams({
  ...{ target: TARGET, type: 'deliver', state: 'failed', code: 'TARGET_REFUSED', kind: 'User' },
});
const SKOLNAV = join(import.meta.dirname, '..', 'scripts', 'skolnav.ts');

const CONFIG = `backend: embedded
data: hub
modules:
  register: { connector: barn-och-elevregister, options: { files: { folder: register } } }
  collaboration: { connector: microsoft-sds, options: { files: { folder: collaboration } } }
  lms: { connector: itslearning, options: { url: "\${env:LMS_URL}", user: hub, password: "\${env:SECRET}" } }
  identity: { connector: scim, options: { url: "\${env:IDENTITY_URL}", token: "\${env:SECRET}" } }
`;
const ENVIRONMENT = {
  SECRET: 'secret',
  LMS_URL: 'http://127.0.0.1:9',
  IDENTITY_URL: 'http://127.0.0.1:9',
};

/** Lists of 100,000 failures, as a person asks for them; and how long a command takes at all. */
export async function benchFailures(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'skolnav-bench-'));
  try {
    for (const name of ['config', 'register', 'collaboration']) await mkdir(join(folder, name));
    await writeFile(join(folder, 'config', 'hub.yaml'), CONFIG);
    const started = await fastest(() => runCommand(folder, 'runs'), 3);
    const hub = await openHub({ folder, log: silentLog, environment: ENVIRONMENT });
    await fill(hub);
    const figures = [
      ...(await figuresOf(hub)),
      ...(await benchPages(hub, pagesOfFailures(GROUP, 'm0'))),
    ];
    await hub.close();
    const listed = await fastest(() => runCommand(folder, 'failed'), 3);
    return [
      ...figures,
      { what: 'skolnav runs, from start to end', value: started, unit: 's', against: null },
      {
        what: `skolnav failed, with ${MESSAGES} failures`,
        value: listed,
        unit: 's',
        against: null,
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function figuresOf({ control }: Hub): Promise<readonly Figure[]> {
  const [first] = await control.failures({ limit: 1 });
  const looks: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['failures in groups', () => control.failureGroups()],
    ['the first 50 failures', () => control.failures({ limit: 50 })],
    ['50 failures of one code', () => control.failures({ code: 'TARGET_REFUSED', limit: 50 })],
    ['one failure', () => control.failure(first?.id ?? '')],
    ['what waits for what', () => control.blockages()],
    ['whom they concern, by school unit', () => control.impacts()],
    ['findings', () => control.findings()],
  ];
  const figures: Figure[] = [];
  for (const [what, look] of looks) {
    const value = await fastest(async () => {
      await look();
    });
    figures.push({ what, value: value * 1000, unit: 'ms', against: null });
  }
  return figures;
}

/** Three of five have failed, one of five waits for one of them, the last is tried again later. */
async function fill({ engine }: Hub): Promise<void> {
  for (let from = 0; from < MESSAGES; from += 5000) {
    const batch = Array.from({ length: 5000 }, (_, at) => messageOf(from + at));
    await engine.store.messages.put(batch);
  }
}

function messageOf(number: number): Message {
  const codes = ['TARGET_REFUSED', 'KEY_TAKEN', 'TIMEOUT'];
  const kind = number % 5;
  const code = kind === 3 ? 'PREREQUISITE_MISSING' : (codes[kind % codes.length] ?? '');
  const state = kind === 3 ? 'blocked' : kind === 4 ? 'retrying' : 'failed';
  const waitsFor = kind === 3 ? { waitsFor: `m${number - 3}` } : {};
  const problem = { code, text: 'the target has refused it', hint: '', place: null, ...waitsFor };
  return {
    ...{ id: `m${number}`, type: 'deliver', target: TARGET, objectKind: 'User', key: `k${number}` },
    ...{ origin: { kind: 'person', id: `p${number}` }, unit: `u${number % UNITS}` },
    ...{ action: 'create', rank: 0, state, problem },
    ...{
      attempts: 1,
      inDoubt: false,
      notBefore: 0,
      run: 'run',
      createdAt: number,
      updatedAt: number,
    },
  };
}

async function runCommand(folder: string, command: string): Promise<void> {
  const env = { ...process.env, ...ENVIRONMENT };
  await promisify(execFile)(process.execPath, [SKOLNAV, '-C', folder, command], { env });
}
