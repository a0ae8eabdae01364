import type { Route } from '../route.ts';

/** For whoever watches the process: nothing that needs to be kept from anybody. */
export const HEALTH: readonly Route[] = [
  {
    method: 'get',
    path: '/healthz',
    needs: 'anyone',
    answer: async () => ({ kind: 'text', status: 200, text: 'alive\n' }),
  },
  {
    method: 'get',
    path: '/readyz',
    needs: 'anyone',
    // Which part is missing, since when, and what goes on: why it is so may name an address.
    answer: async (_ask, { control }) => {
      const unreached = await control.unreached();
      const lines = unreached.map(({ part, problem, since }) => {
        const when = new Date(since).toISOString();
        return `${part} ${problem.code} since ${when}: ${problem.hint}\n`;
      });
      if (lines.length > 0) return { kind: 'text', status: 503, text: lines.join('') };
      return { kind: 'text', status: 200, text: 'ready\n' };
    },
  },
];
