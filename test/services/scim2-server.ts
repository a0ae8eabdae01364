import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ServiceMissing } from '../services.ts';
import { freePort } from './free-port.ts';
import { listOf, type ScimService } from './scimmy.ts';

const run = promisify(execFile);

/** With the models that it was tried with: both have one maker, and move together. */
const PACKAGES = ['scim2-server==0.8.3', 'scim2-models==0.12.3'];
const CACHE = join(import.meta.dirname, '..', '..', 'node_modules', '.cache');
const FOLDER = join(CACHE, PACKAGES.join('-').replaceAll('==', '-'));
/** It ends with its standard input, so that it does not outlive a run that is killed. */
const MAIN = `
import os, sys, threading
from scim2_server.testserver.cli import main
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
main()
`;
/** So often it is asked whether it serves, a tenth of a second after another. */
const ASKED = 100;

/** By token: one process serves all tests of a run, each in a tenant of its own. */
const servers = new Map<string, Promise<string | ServiceMissing>>();

/** A real SCIM service of another language (scim2-server, Python), empty at first. */
export async function startScim2Server(token: string): Promise<ScimService | ServiceMissing> {
  const server = servers.get(token) ?? serve(token);
  servers.set(token, server);
  const origin = await server;
  if (typeof origin !== 'string') return origin;
  const url = `${origin}/${randomUUID()}/v2`;
  return { url, list: (endpoint) => listOf(url, token, endpoint), stop: async () => {} };
}

/** Starts a process that ends with ours; answers where it serves. */
async function serve(token: string): Promise<string | ServiceMissing> {
  const reason = await install();
  if (reason !== null) return { missing: reason };
  const port = await freePort();
  const options = ['--port', String(port), '--bearer-token', token, '--dynamic-tenants'];
  const child = spawn('python3', ['-c', MAIN, ...options], {
    env: { ...process.env, PYTHONPATH: FOLDER },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  const origin = `http://127.0.0.1:${port}`;
  if (!(await answers(origin))) throw new Error('scim2-server was installed and does not serve');
  return origin;
}

/** Installs it once, into a folder of its own; what stands in the way of that, or null. */
async function install(): Promise<string | null> {
  const isThere = await access(FOLDER).then(
    () => true,
    () => false,
  );
  if (isThere) return null;
  await mkdir(CACHE, { recursive: true });
  const part = await mkdtemp(join(CACHE, 'part-'));
  const flags = ['--quiet', '--only-binary', ':all:', '--target', part];
  try {
    await run('python3', ['-m', 'pip', 'install', ...flags, ...PACKAGES], { timeout: 60_000 });
    // Where another process was faster, its folder is as good.
    await rename(part, FOLDER).catch(() => access(FOLDER));
    return null;
  } catch {
    return 'scim2-server needs Python 3.11 with pip, and a package index';
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

async function answers(url: string): Promise<boolean> {
  for (let asked = 0; asked < ASKED; asked++) {
    const answer = await fetch(url).catch(() => null);
    await answer?.text();
    if (answer !== null) return true;
    await sleep(100);
  }
  return false;
}
