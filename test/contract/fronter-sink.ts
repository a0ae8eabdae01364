import { tmpdir } from 'node:os';
import { connector } from '../../connectors/ims-enterprise/connector.ts';
import type { FronterSimulator } from '../../connectors/ims-enterprise/simulator.ts';
import type { ObjectSink } from '../../core/plugin.ts';
import { testContext } from './context.ts';
import { shippedLayout } from './shipped-layout.ts';

const PROFILE = 'ims-enterprise-fronter';

/** A sink of the shipped profile, with a simulated Fronter behind it. */
export async function openFronter(
  fronter: FronterSimulator,
  authKey = 'right',
  timeoutMs = 2000,
): Promise<ObjectSink> {
  const limits = { requestsPerSecond: 10_000, timeoutMs, pollMs: 3, importMs: 400 };
  const options = { layout: PROFILE, url: fronter.url, authKey, ...limits };
  const layout = await shippedLayout(PROFILE);
  const context = { ...testContext(tmpdir()), layout: async () => layout };
  const sink = await connector.openSink?.(options, context);
  if (sink?.mode !== 'operations') throw new Error('an object sink');
  return sink;
}
