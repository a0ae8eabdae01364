import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceMissing } from '../services.ts';
import { freePort } from './free-port.ts';
import { folderOf, installPython } from './python-packages.ts';
import { listOf, type ScimService } from './scimmy.ts';

/** With the models that it was tried with: both have one maker, and move together. */
const PACKAGES = ['scim2-server==0.8.3', 'scim2-models==0.12.3'];
const FOLDER = folderOf(PACKAGES);
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
  const isThere = await installPython(PACKAGES, ['--only-binary', ':all:']);
  if (!isThere) return { missing: 'scim2-server needs Python 3.11 with pip, and a package index' };
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

async function answers(url: string): Promise<boolean> {
  for (let asked = 0; asked < ASKED; asked++) {
    const answer = await fetch(url).catch(() => null);
    await answer?.text();
    if (answer !== null) return true;
    await sleep(100);
  }
  return false;
}
