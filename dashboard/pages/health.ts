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
    // A store that does not answer is told by its failure.
    answer: async (_ask, { control }) => {
      await control.runs(1);
      return { kind: 'text', status: 200, text: 'ready\n' };
    },
  },
];
