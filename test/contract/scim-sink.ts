import { tmpdir } from 'node:os';
import { connector, type Options } from '../../connectors/scim/connector.ts';
import type { ObjectSink } from '../../core/plugin.ts';
import { testContext } from './context.ts';

/** A sink for the SCIM service at `url`, with options of its own laid over the usual ones. */
export async function openScim(url: string, own: Partial<Options>): Promise<ObjectSink> {
  const limits = { requestsPerSecond: 1000, timeoutMs: 2000, memberChunk: 100 };
  const options = { url, lookup: 'externalId', ...limits, ...own } as const;
  const sink = await connector.openSink?.(options, testContext(tmpdir()));
  if (sink?.mode !== 'operations') throw new Error('an object sink');
  return sink;
}

/** A SCIM User; each version has another name. */
export const scimUser = (key: string, version: number) => ({
  ...{ externalId: key, userName: `${key}@skola.example`, active: true },
  name: { givenName: `Kim${version}`, familyName: 'Ek' },
});
