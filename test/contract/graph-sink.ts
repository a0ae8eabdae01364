import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connector } from '../../connectors/microsoft-graph/connector.ts';
import type { Graph } from '../../connectors/microsoft-graph/simulator.ts';
import type { ObjectSink } from '../../core/connector/sink.ts';
import type { JsonObject } from '../../core/message/message.ts';
import { testContext } from './context.ts';

const SCHEMAS = join(import.meta.dirname, '../../connectors/microsoft-graph/schemas');

/** What a binding may say otherwise. */
export interface GraphBinding {
  readonly secret?: string;
  readonly timeoutMs?: number;
  readonly writesPerSecond?: number;
  readonly owner?: string;
}

/** The sink of a simulated tenant. */
export async function openGraph(graph: Graph, binding: GraphBinding = {}): Promise<ObjectSink> {
  const { secret = 'right', ...others } = binding;
  const login: { readonly oauth: JsonObject } = Object(graph.logins.oauth);
  const options = {
    ...{ url: graph.url, oauth: { ...login.oauth, clientSecret: secret } },
    ...{ requestsPerSecond: 1000, writesPerSecond: 5000, teamsPerSecond: 1000, timeoutMs: 2000 },
    ...others,
  };
  const objectSchema = (kind: string) =>
    JSON.parse(readFileSync(join(SCHEMAS, `${kind}.json`), 'utf8'));
  const sink = await connector.openSink?.(Object(options), {
    ...testContext(tmpdir()),
    objectSchema,
  });
  if (sink?.mode !== 'operations') throw new Error('an object sink');
  return sink;
}

export const graphUser = (key: string, version = 0): JsonObject => ({
  ...{ externalId: key, userPrincipalName: `${key}@skola.example` },
  primaryRole: version % 2 === 0 ? 'student' : 'teacher',
});

export const graphClass = (key: string, version = 0): JsonObject => ({
  ...{ externalId: key, mailNickname: `class-${key}`, displayName: `7A ${version}` },
});

export const graphAudience = (key: string, version = 0): JsonObject => ({
  ...{ mailNickname: key, displayName: `Pupils ${version}` },
});
