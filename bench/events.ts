import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyOf, signatureOf } from '../connectors/events/signature.ts';
import { AbsenceApp, newSecret } from '../connectors/events/simulator.ts';
import { BUILT_IN_FOLDER } from '../core/hub.ts';
import { bodyOf, serveOnLoopback } from '../core/plugin.ts';
import { AbsenceWorld } from '../test/e2e/absence-world.ts';
import { type Figure, shares } from './figures.ts';

/** One in a hundred of them is more than one, so that a single hiccup is not p99. */
const EVENTS = 200;
const PATIENCE_MS = 120_000;

/**
 * From the moment at which an absence app calls until a file with the absence lies at the target;
 * beside it a receiver by hand that checks the signature, syncs the body to disk and writes the
 * file with its marker.
 */
export async function benchEvents(): Promise<readonly Figure[]> {
  const hand = await byHand();
  const town = await AbsenceWorld.open();
  const stop = await serveApart(town);
  try {
    const folder = join(town.world.folder, 'data', 'attendance');
    const { answered, there } = await timed(town, town.app, folder);
    return [
      ...shares('by hand: signature, sync, a file with its marker', hand.there, null),
      ...shares('an event, from the call to 202', answered, hand.answered),
      ...shares('an event, from the call to the file at the target', there, hand.there),
    ];
  } finally {
    await stop();
    await town.close();
  }
}

interface Times {
  /** Milliseconds until 202. */
  readonly answered: readonly number[];
  /** Milliseconds until the target's file and its marker are there. */
  readonly there: readonly number[];
}

/** One event after another; the first, when nothing is compiled yet, does not count. */
async function timed(town: AbsenceWorld, app: AbsenceApp, folder: string): Promise<Times> {
  const answered: number[] = [];
  const there: number[] = [];
  for (let number = 0; number <= EVENTS; number++) {
    const before = await newest(folder);
    const startedAt = performance.now();
    const { status } = await app.send(town.absence(`b${number}`));
    assert.equal(status, 202);
    const answeredAt = performance.now();
    while ((await newest(folder)) === before) {
      assert.ok(performance.now() - startedAt < PATIENCE_MS, `event ${number} did not come`);
      await sleep(1);
    }
    if (number > 0) there.push(performance.now() - startedAt);
    if (number > 0) answered.push(answeredAt - startedAt);
    // What follows the delivery is not part of the next event.
    await sleep(30);
  }
  return { answered, there };
}

async function newest(folder: string): Promise<string> {
  return (
    (await readdir(folder))
      .filter((name) => name.endsWith('.klar'))
      .sort()
      .at(-1) ?? ''
  );
}

/** The hub in a process of its own. */
async function serveApart({ world, port }: AbsenceWorld): Promise<() => Promise<void>> {
  const script = join(BUILT_IN_FOLDER, 'scripts', 'skolnav.ts');
  // The world's clock is of another day: here it is the machine's.
  world.now = Date.now();
  const env = { ...process.env, ...world.environment };
  const args = [script, '-C', world.folder, 'serve'];
  const hub = spawn(process.execPath, args, { env, stdio: 'ignore' });
  const exited = once(hub, 'exit');
  const isThere = () => fetch(`http://127.0.0.1:${port}/`).catch(() => null);
  while ((await isThere()) === null) await sleep(50);
  await sleep(1000);
  return async () => {
    hub.kill('SIGTERM');
    await exited;
  };
}

async function byHand(): Promise<Times> {
  const folder = await mkdtemp(join(tmpdir(), 'skolnav-by-hand-'));
  const secret = newSecret();
  await mkdir(join(folder, 'out'));
  const log = await open(join(folder, 'inbox'), 'a');
  let number = 0;
  const service = await serveOnLoopback(async (request, response) => {
    const body = await bodyOf(request);
    const [id, time, signature] = ['id', 'timestamp', 'signature'].map((name) => {
      return String(request.headers[`webhook-${name}`]);
    });
    const expected = signatureOf(keyOf(secret), id ?? '', time ?? '', Buffer.from(body));
    assert.equal(signature, expected);
    await log.write(`${body}\n`);
    await log.sync();
    response.writeHead(202).end();
    number += 1;
    const { id: key, elev, fran, till } = JSON.parse(body);
    await place(`${number}`.padStart(6, '0'), `N;${key};${elev};${fran};${till}\r\n`);
  });
  const place = async (name: string, text: string) => {
    await writeFile(join(folder, 'new'), text);
    await rename(join(folder, 'new'), join(folder, 'out', `${name}.csv`));
    await writeFile(join(folder, 'new'), '');
    await rename(join(folder, 'new'), join(folder, 'out', `${name}.klar`));
  };
  const town = await AbsenceWorld.open();
  try {
    town.world.now = Date.now();
    const app = new AbsenceApp({ url: service.origin, secret });
    const times = await timed(town, app, join(folder, 'out'));
    const kept = await readFile(join(folder, 'inbox'), 'utf8');
    assert.equal(kept.trim().split('\n').length, EVENTS + 1);
    return times;
  } finally {
    await Promise.all([town.close(), service.stop(), log.close()]);
    await rm(folder, { recursive: true });
  }
}
