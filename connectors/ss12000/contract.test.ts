import { tmpdir } from 'node:os';
import { describeSource, streamSchemas, testContext } from '../../test/contract/testing.ts';
import { connector } from './connector.ts';
import { type Ss12000Simulator, startSs12000 } from './simulator.ts';

const NOW = Date.parse('2026-09-01T03:00:00Z');

describeSource('ss12000', async () => {
  const simulator = await startSs12000(() => NOW);
  town(simulator, 3);
  const options = {
    ...{ url: simulator.url, token: 'right', requestsPerSecond: 1000, timeoutMs: 2000 },
    ...{ pageSize: 1000, overlapMinutes: 10, wholeAfterHours: 20, without: [] },
  };
  return {
    schemas: await streamSchemas(import.meta.dirname),
    open: async () => {
      const context = { ...testContext(tmpdir()), now: () => NOW };
      const source = await connector.openSource?.(options, context);
      if (source === undefined) throw new Error('the connector has a source');
      return source;
    },
    damage: async () => simulator.show('web-page'),
    damaged: 'retry' as const,
    enlarge: async (records: number) => town(simulator, records),
    close: () => simulator.stop(),
  };
});

function town({ provider }: Ss12000Simulator, persons: number): void {
  provider.put('organisations', 'u1', {
    displayName: 'Testskolan',
    organisationType: 'Skolenhet',
  });
  for (let number = 1; number <= persons; number++) {
    provider.put('persons', `p${number}`, { givenName: 'Kim', familyName: 'Ek' });
  }
}
