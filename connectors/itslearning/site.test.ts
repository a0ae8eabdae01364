import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import type { Operation } from '../../core/plugin.ts';
import { testContext } from '../../test/contract/context.ts';
import { connector } from './connector.ts';
import { type ItslearningSimulator, startItslearning } from './simulator.ts';

describe('a school that has nothing above it', () => {
  let lms: ItslearningSimulator;

  beforeEach(async () => {
    lms = await startItslearning({ user: 'hub', password: 'right' });
    lms.site.groups.set('main', { title: 'Teststad', type: 'Site', parent: null });
  });
  afterEach(() => lms.stop());

  /** Creates a school and another below it; gives what is above each. */
  async function create(options: { readonly site?: string }) {
    const sink = await connector.openSink?.(
      {
        ...{ url: lms.url, user: 'hub', password: 'right', removeSchools: false },
        ...{ requestsPerSecond: 1000, timeoutMs: 2000, ...options },
      },
      testContext(tmpdir()),
    );
    if (sink?.mode !== 'operations') throw new Error('an object sink');
    const top = { syncId: 's1', title: 'Almskolan', type: 'Unspecified' };
    const below = { syncId: 'u1', title: 'Almskolan 1', type: 'School', parent: 's1' };
    for (const object of [top, below]) {
      const outcomes = await sink.apply([creation(object)], new AbortController().signal);
      assert.deepEqual(outcomes, [{ kind: 'done' }]);
    }
    return ['s1', 'u1'].map((id) => lms.site.groups.get(id)?.parent);
  }

  it('stands below the main organisation that the option names', async () => {
    assert.deepEqual(await create({ site: 'main' }), ['main', 's1']);
  });

  it('is sent without a parent where no option names one', async () => {
    assert.deepEqual(await create({}), [null, 's1']);
  });
});

function creation(object: { readonly syncId: string }): Operation {
  const about = { action: 'create', objectKind: 'school', key: object.syncId } as const;
  const nothing = { formerKey: null, suspends: false, previous: null, remoteId: null };
  return { ...about, ...nothing, object: { ...object }, references: {} };
}
