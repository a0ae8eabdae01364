import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import type { JsonObject, Operation } from '../../core/plugin.ts';
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

describe('a guardian whose last child is told of no more', () => {
  it('is no guardian there, whether the list is empty or gone', async () => {
    const lms = await startItslearning({ user: 'hub', password: 'right' });
    try {
      const sink = await connector.openSink?.(
        {
          ...{ url: lms.url, user: 'hub', password: 'right', removeSchools: false },
          ...{ requestsPerSecond: 1000, timeoutMs: 2000 },
        },
        testContext(tmpdir()),
      );
      if (sink?.mode !== 'operations') throw new Error('an object sink');
      const bo = { syncId: 'g', givenName: 'Bo', familyName: 'Ek', role: 'Carer' };
      const before = { ...bo, children: ['c'] };
      const tell = (action: Operation['action'], object: JsonObject, previous: JsonObject | null) =>
        sink.apply(
          [{ ...creation(bo), objectKind: 'person', action, object, previous }],
          new AbortController().signal,
        );
      for (const after of [{ ...bo, children: [] }, bo]) {
        await tell('create', before, null);
        assert.deepEqual(lms.site.persons.get('g')?.children, ['c']);
        await tell('update', after, before);
        assert.deepEqual(lms.site.persons.get('g')?.children, []);
      }
    } finally {
      await lms.stop();
    }
  });
});

function creation(object: { readonly syncId: string }): Operation {
  const about = { action: 'create', objectKind: 'school', key: object.syncId } as const;
  const nothing = { formerKey: null, suspends: false, previous: null, remoteId: null };
  return { ...about, ...nothing, object: { ...object }, references: {} };
}
