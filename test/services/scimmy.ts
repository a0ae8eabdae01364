import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A real SCIM service in a process of its own. */
export interface ScimService {
  readonly url: string;
  /** The resources of an endpoint, as the service itself lists them. */
  list(endpoint: string): Promise<readonly Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/** A real SCIM service of JavaScript (scimmy-routers), empty at first. */
export async function startScimmy(token: string): Promise<ScimService> {
  const script = join(import.meta.dirname, 'scimmy-server.mjs');
  const child = spawn(process.execPath, [script, token], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [port] = await once(createInterface({ input: child.stdout }), 'line');
  const url = `http://127.0.0.1:${port}/scim/v2`;
  return {
    url,
    list: (endpoint) => listOf(url, token, endpoint),
    stop: async () => {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}

/** The resources of an endpoint, as the service at `url` lists them. */
export async function listOf(
  url: string,
  token: string,
  endpoint: string,
): Promise<readonly Record<string, unknown>[]> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${url}/${endpoint}?count=1000`, { headers });
  const { Resources: resources = [] }: { Resources?: Record<string, unknown>[] } = JSON.parse(
    await answer.text(),
  );
  return resources;
}
